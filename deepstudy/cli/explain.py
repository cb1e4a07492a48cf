"""`deepstudy explain`: the page of a rule of `audit`, `check` or `watch`."""

import sys

import click

from deepstudy.cli import options
from deepstudy.errors import InputError, did_you_mean


@click.command(short_help="Explain a rule of audit, check or watch.")
@click.argument("name", metavar="RULE")
@options.as_json
def explain(name: str, as_json: bool) -> None:
    """Explain a RULE: why it matters, an example, what only looks like it, and how to fix it.

    `deepstudy audit --help`, `deepstudy check --help` and `deepstudy watch --help` list the rules.
    """
    from deepstudy import audits, checks, watching

    owners = {"audit": audits.ALL_RULES, "check": checks.RULES, "watch": watching.RULES}
    verb = next((verb for verb, rules in owners.items() if name in rules), None)
    if verb is None:
        names = [rule for rules in owners.values() for rule in rules]
        hint = did_you_mean(name, names) or "; the --help of audit, check and watch lists the rules"
        raise InputError(f"no rule is called {name}{hint}")
    rule = owners[verb][name]
    if as_json:
        options.print_json({"rule": name, "verb": verb, "says": rule.says, "page": rule.page})
        return
    text = f"# {name} ({verb})\n\n{rule.page}"
    if not sys.stdout.isatty():
        click.echo(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    console.print(Markdown(text), width=min(console.width, 80))
