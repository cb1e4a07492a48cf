"""`deepstudy data`: fetch a data set and verify it."""

import click

from deepstudy.cli import options
from deepstudy.errors import InputError


@click.command(short_help="Fetch a data set and verify it.")
@click.argument("name")
@click.option("--size", type=click.IntRange(8, 512), metavar="PIXELS", help="Scale a folder's images to this side.")
@options.as_json
def data(name: str, size: int | None, as_json: bool) -> None:
    """Fetch the data set NAME if it is missing, read it whole, and say whether it is the published copy.

    NAME may be a folder of images, train/CLASS/*.png and test/CLASS/*.png, written with a slash.
    """
    from deepstudy import catalog

    if name not in catalog.DATASETS and not catalog.is_folder(name):
        raise InputError(f"no data set is called {name}{catalog.did_you_mean(name, catalog.DATASETS)}")
    if not catalog.is_folder(name):
        options.refuse(("size",), f"is for a folder of images; those of {name} have their size")
    from deepstudy import datasets

    loaded = datasets.load(name, size=size)
    sizes = {split: len(images) for split, images in loaded.splits.items()}
    entry = catalog.DATASETS.get(name)
    where = name if entry is None else entry.package or str(entry.paths[0].parent)
    if as_json:
        options.print_json(
            {
                "name": name,
                "where": where,
                "images": sizes,
                "classes": list(loaded.classes),
                "fingerprint": loaded.fingerprint,
                "published": loaded.published,
                "copy": loaded.copy,
            }
        )
        return
    warning = "" if loaded.published else "; not the published one, so results on it are not comparable"
    click.echo(f"{name}: {', '.join(f'{count:,} {split}' for split, count in sizes.items())} images in {where}")
    click.echo(f"fingerprint {loaded.fingerprint}: {loaded.copy}{warning}")
