"""`deepstudy test`: the accuracy of trained weights."""

from pathlib import Path

import click

from deepstudy.cli import options


@click.command(short_help="Evaluate the weights of a run or checkpoint.")
@click.argument("path", metavar="RUN|CHECKPOINT", type=click.Path(path_type=Path))
@click.option(
    "--data", metavar="NAME", help="Another data set than the run's, or a folder of images such as ./photos/."
)
@click.option("--size", type=click.IntRange(8, 512), metavar="PIXELS", help="Scale that folder's images to this size.")
@click.option(
    "--split", type=click.Choice(["train", "validation", "test"]), default="test", show_default=True, help="Images."
)
@click.option("--model", metavar="NAME", help="The network, if the weights belong to no run.")
@click.option("--arg", "arguments", multiple=True, metavar="KEY=VALUE", help="An argument of that network.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True, help="Where."
)
@options.as_json
def test(
    path: Path,
    data: str | None,
    size: int | None,
    split: str,
    model: str | None,
    arguments: tuple[str, ...],
    device: str,
    as_json: bool,
) -> None:
    """Evaluate the newest checkpoint of a RUN, such as runs/lenet-mnist/full/lenet5/seed0, or one CHECKPOINT."""
    from deepstudy.study import model_choice
    from deepstudy.training.evaluate import evaluate

    if model is None:
        options.refuse(("arguments",), "is an argument of a network; give the network with --model")
    choice = model_choice(model, arguments) if model else None
    result = evaluate(path, data=data, split=split, size=size, model=choice, device=device)
    if as_json:
        options.print_json(result.as_json())
        return
    what = f"{result.experiment} (seed {result.seed})" if result.experiment else result.model
    when = f" after epoch {result.epoch}" if result.epoch is not None else ""
    if result.epoch is not None and result.step:
        when = f" in epoch {result.epoch + 1}, after {result.step} of its steps"
    click.echo(
        f"{what}{when}: accuracy on the {result.images:,} {result.split} images of {result.data}: "
        f"{result.accuracy:.2f} % ({result.correct:,} correct), loss {result.loss:.4f}"
    )
    if result.trained_on == result.split:
        click.echo("The network was trained on these images.")
    if result.provenance != "the published copy":
        click.echo(f"Data: {result.provenance}.")
