"""`deepstudy train`: one run without a study file."""

from pathlib import Path
from typing import Any

import click

from deepstudy.cli import options
from deepstudy.cli.run import run_and_print


@click.command(short_help="Train one network, without a study file.")
@click.argument("model")
@click.option("--data", required=True, metavar="NAME", help="A data set, or a folder of images (with a slash).")
@options.overrides
@options.folder("--out", "out", "Where the run is recorded.")
@options.device
@options.precision
@options.deterministic
@options.as_json
def train(model: str, data: str, overrides: tuple[str, ...], out: Path, as_json: bool, **choices: Any) -> int:
    """Train MODEL (a built-in name or file.py:Name) once, and leave the study it makes beside the run.

    10 epochs of Adam 0.001 in batches of 64, a tenth of a data set's training images held out, unless --set says else:
    --set epochs=30 --set optimizer.lr=0.01 --set model.dropout=0.3. The same command goes on where it was interrupted.
    """
    from deepstudy.runs.plan import RunOptions
    from deepstudy.study.single import single

    study = single(model, data, overrides, out)
    click.echo(f"the study: {study.path}", err=True)
    return run_and_print(study, RunOptions(out=out, **choices), as_json)
