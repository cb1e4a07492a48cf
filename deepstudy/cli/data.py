"""`deepstudy data`: fetch a data set and verify it."""

import click

from deepstudy.cli import options
from deepstudy.errors import InputError, did_you_mean


@click.command(short_help="Download a data set and verify it.")
@click.argument("name")
@click.option(
    "--size", type=click.IntRange(8, 512), metavar="PIXELS", help="Scale the images of a folder to this size."
)
@options.as_json
def data(name: str, size: int | None, as_json: bool) -> None:
    """Download the data set NAME if it is missing, read it, and compare it with the published copy.

    NAME can also be a folder with train/CLASS/*.png and test/CLASS/*.png, written with a slash.
    """
    from deepstudy.datasets import DATASETS, is_folder

    if name not in DATASETS and not is_folder(name):
        raise InputError(f"no data set is called {name}{did_you_mean(name, DATASETS)}")
    if not is_folder(name):
        options.refuse(("size",), "applies only to folders of images; remove it")
    from deepstudy.loading import load

    loaded = load(name, size=size)
    sizes = {split: len(images) for split, images in loaded.splits.items()}
    info = DATASETS.get(name)
    where = name if info is None else info.package or str(info.paths[0].parent)
    if as_json:
        options.print_json(
            {
                "name": name,
                "where": where,
                "images": sizes,
                "classes": list(loaded.classes),
                "fingerprint": loaded.fingerprint,
                "published": loaded.published,
                "copy": loaded.provenance,
            }
        )
        return
    warning = "" if loaded.published else "; not the published one, so results on it are not comparable"
    click.echo(f"{name}: {', '.join(f'{count:,} {split}' for split, count in sizes.items())} images in {where}")
    click.echo(f"fingerprint {loaded.fingerprint}: {loaded.provenance}{warning}")
