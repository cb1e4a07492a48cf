"""The command of a verb that applies rules. Its help ends with their names, and what each of them finds."""

from importlib import import_module
from typing import Any

import click


class CommandWithRules(click.Command):
    """A command whose help lists rules; `package` is imported only for that.

    The package holds them in `RULES`, or in `ALL_RULES` if some of them are of another kind.
    """

    def __init__(self, *arguments: Any, package: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.package = package

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the rules below the options.

        Arguments:
            ctx: the context of the command.
            formatter: what the help is written to.
        """
        super().format_epilog(ctx, formatter)
        package = import_module(self.package)
        rules = getattr(package, "ALL_RULES", package.RULES).values()
        formatter.width = min(formatter.width, 78)
        with formatter.section("Rules"):
            formatter.write_dl([(rule.name, rule.says) for rule in rules])
