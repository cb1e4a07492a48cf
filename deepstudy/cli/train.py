"""`deepstudy train`: one run without a study file."""

from pathlib import Path
from typing import Any

import click

from deepstudy.cli import options
from deepstudy.cli.run import run_and_print


@click.command(short_help="Train one network, without a study file.")
@click.argument("model")
@click.option(
    "--data", required=True, metavar="NAME", help="A data set, or a folder of images such as ./photos/ (with a slash)."
)
@options.overrides
@options.folder("--out", "out", "Folder for the run directory.")
@options.device
@options.precision
@options.deterministic
@options.as_json
def train(model: str, data: str, overrides: tuple[str, ...], out: Path, as_json: bool, **choices: Any) -> int:
    """Train MODEL once. MODEL is a built-in name or file.py:Name. The study that this makes is saved beside the run.

    By default: 10 epochs, Adam with learning rate 0.001, batches of 64, a tenth of the training images held out. Change
    this with --set, such as --set epochs=30 --set optimizer.lr=0.01 --set model.dropout=0.3. The same command continues
    an interrupted run.
    """
    from deepstudy.runs.plan import RunOptions
    from deepstudy.study.single import single

    study = single(model, data, overrides, out)
    click.echo(f"study: {study.path}", err=True)
    return run_and_print(study, RunOptions(out=out, **choices), as_json)
