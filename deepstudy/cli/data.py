"""`deepstudy data`: fetch a data set and verify it."""

import click

from deepstudy.cli import options
from deepstudy.errors import InputError


@click.command(short_help="Fetch a data set and verify it.")
@click.argument("name")
@options.as_json
def data(name: str, as_json: bool) -> None:
    """Fetch the data set NAME if it is missing, read it whole, and say whether it is the published copy."""
    from deepstudy import catalog

    if name not in catalog.DATASETS:
        raise InputError(f"no data set is called {name}{catalog.did_you_mean(name, catalog.DATASETS)}")
    from deepstudy import datasets

    loaded = datasets.load(name)
    sizes = {split: len(images) for split, images in loaded.splits.items()}
    where = catalog.DATASETS[name].package or str(catalog.data_folder() / name)
    if as_json:
        options.print_json(
            {
                "name": name,
                "where": where,
                "images": sizes,
                "classes": list(loaded.classes),
                "fingerprint": loaded.fingerprint,
                "published": loaded.published,
            }
        )
        return
    copy = "the published copy" if loaded.published else "NOT the published copy: results on it are not comparable"
    click.echo(f"{name}: {', '.join(f'{count:,} {split}' for split, count in sizes.items())} images in {where}")
    click.echo(f"fingerprint {loaded.fingerprint}: {copy}")
