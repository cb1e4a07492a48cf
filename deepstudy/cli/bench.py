"""`deepstudy bench`: how fast training is here, beside stock PyTorch."""

from pathlib import Path

import click

from deepstudy.cli import options


@click.command(short_help="Time training here, beside stock PyTorch.")
@click.argument("networks", nargs=-1)
@click.option("--turns", type=click.IntRange(1), default=5, show_default=True, help="How often each takes its steps.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the figures as JSON, too.")
@options.as_json
def bench(networks: tuple[str, ...], turns: int, output: Path | None, as_json: bool) -> None:
    """Train NETWORKS (all by default) by their studies' recipes, ours and stock PyTorch in turn, and print the ratios.

    Stock is a DataLoader over per-image transforms, float32, torch's layers: benchmarks/stock.py. Takes minutes, and
    wants the machine to itself.
    """
    from deepstudy import bench as benches
    from deepstudy.errors import InputError
    from deepstudy.record import write_json

    known = {case.name: case for case in benches.CASES}
    if unknown := [name for name in networks if name not in known]:
        raise InputError(f"{unknown[0]}: is not among the networks that are timed: {', '.join(known)}")
    rates = benches.matmul_rates()
    timings: list[benches.Timing] = []
    for name in networks or known:
        timings.append(benches.measure(known[name], turns, rates.__getitem__, lambda text: click.echo(text, err=True)))
        document = benches.document(timings, rates)
        if output is not None:  # after each network: a bench that is stopped leaves what it has
            try:
                output.parent.mkdir(parents=True, exist_ok=True)
                write_json(output, document)
            except OSError as error:
                raise InputError(f"-o {output}: cannot be written: {error.strerror}") from None
    if as_json:
        options.print_json(document)
    else:
        click.echo(benches.write(document), nl=False)
