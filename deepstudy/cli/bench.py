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
    from deepstudy.page.tables import Table
    from deepstudy.record import write_json

    known = {case.name: case for case in benches.CASES}
    if unknown := [name for name in networks if name not in known]:
        raise InputError(f"{unknown[0]}: is not among the networks that are timed: {', '.join(known)}")
    rates = benches.matmul_rates()
    timings = [
        benches.measure(known[name], turns, rates.__getitem__, lambda text: click.echo(text, err=True))
        for name in networks or known
    ]
    document = benches.document(timings, rates)
    if output is not None:
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            write_json(output, document)
        except OSError as error:
            raise InputError(f"-o {output}: cannot be written: {error.strerror}") from None
    if as_json:
        options.print_json(document)
        return
    rows = [
        [
            each["network"],
            _spread(each["stock_images_per_second"]),
            _spread(each["ours_images_per_second"]),
            f"{each['ratio']:.2f}x",
            each["precision"],
            each["layout"],
            f"{100 * each['share_of_matmul_rate']:.0f} %",
        ]
        for each in document["networks"]
    ]
    columns = ["network", "stock images/s", "ours images/s", "ratio", "precision", "layout", "of matmul"]
    click.echo(Table(columns, rows, frozenset(range(1, 7))).write("markdown"), nl=False)
    machine, flops, names = document["machine"], document["matmul_gflops"], {"32": "float32", "bf16": "bfloat16"}
    click.echo(
        f"{machine['cpu']}, {machine['threads']} threads; median (lowest - highest) of {turns} turns; "
        f"matrix multiplication {', '.join(f'{rate:,.0f} GFLOP/s in {names[key]}' for key, rate in flops.items())}"
    )


def _spread(values: list[float]) -> str:
    import statistics

    return f"{statistics.median(values):,.0f} ({min(values):,.0f} - {max(values):,.0f})"
