"""`deepstudy explain`: the page of a rule of `audit` or `check`."""

import sys

import click

from deepstudy.cli import options
from deepstudy.errors import InputError, did_you_mean


@click.command(short_help="Explain a rule of audit or check, with examples.")
@click.argument("name", metavar="RULE")
@options.as_json
def explain(name: str, as_json: bool) -> None:
    """Explain a RULE: why it matters, an example, what only looks like it, and how to fix it.

    `deepstudy audit --help` and `deepstudy check --help` list the rules.
    """
    from deepstudy import audits, checks

    owners = {"audit": audits.ALL_RULES, "check": checks.RULES}
    verb = next((verb for verb, rules in owners.items() if name in rules), None)
    if verb is None:
        names = [rule for rules in owners.values() for rule in rules]
        hint = did_you_mean(name, names) or "; `deepstudy audit --help` and `deepstudy check --help` list the rules"
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
