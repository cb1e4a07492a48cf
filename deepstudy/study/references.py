"""Checks of the names in a study: each must exist, and some must be possible as a folder name."""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.experiment import Experiment, Recipe
from deepstudy.study.file import BELONGS, Study
from deepstudy.study.mistakes import refuse_unknown_keys
from deepstudy.study.places import Map, SourcePlace, has_key, place_of
from deepstudy.study.reported import FORMS

_FOLDER_NAME = re.compile(r"\w(?:[\w .,=+()-]{0,98}[\w=+()])?")
_WINDOWS_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
}


#: Keys of an experiment that a recipe does not have, and where they belong.
_NOT_OF_RECIPES = dict.fromkeys(("model", "says", "start_from"), "in an experiment") | {
    "data": "at the top level of the study file, or in an experiment"
}


def check_references(study: Study) -> None:
    """Check the names in a study's file.

    Arguments:
        study: the study.

    Raises:
        InputError: for the first mistake. It names file, line and key.
    """
    document = study.document
    for name, matrix in study.matrix.items():
        _check_known(matrix.of, list(document["experiments"]), place_of(document, ("matrix", name, "of")))
    names = study.names()
    _check_folder_names({name: study.experiment_place(name) for name in names})
    for budget, parts in study.budgets.items():
        for name in parts.experiments:
            _check_known(name, names, place_of(document, ("budgets", budget, "experiments", name)))
    _check_folder_names({name: place_of(document, ("budgets", name)) for name in study.budgets}, {"full", "timing"})
    _check_recipe_keys(study)
    _check_starts(study)
    for section in ("reported", "logs", "shapes"):
        for index, item in enumerate(getattr(study, section)):
            _check_known(item.experiment, names, place_of(document, (section, index, "experiment")))
    _check_claims(study)
    for section in ("assumed", "from_code"):
        for index, dotted in enumerate(getattr(study, section)):
            if not has_key(document, dotted.split(".")):
                place = place_of(document, (section, index))
                keys = list(_dotted_keys(document))
                near = [key for key in keys if key.endswith(f".{dotted}")] or get_close_matches(dotted, keys, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise InputError(f"{place}: the file has no key {dotted}{hint}")


def order_by_start(study: Study, experiments: Mapping[str, Experiment]) -> list[str]:
    """Order experiments so that each comes after the one that it starts from.

    Arguments:
        study: the study.
        experiments: experiments by name, and all that they start from.

    Returns:
        Their names, in the order of `experiments` where possible.

    Raises:
        InputError: with file and line, if `start_from` goes in a circle.
    """
    ordered: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            place = place_of(study.document, ("experiments", path[0], "start_from"))
            raise InputError(f"{place}: start_from goes in a circle: {' -> '.join([*path, name])}; remove one")
        start = experiments[name].start_from
        if start and start.experiment:
            visit(start.experiment, (*path, name))
        if name not in ordered:
            ordered.append(name)

    for name in experiments:
        visit(name, ())
    return ordered


def check_folder_name(name: str, place: SourcePlace | Path) -> None:
    """Check that a folder can have a name on every system.

    Arguments:
        name: the name of an experiment, a budget or a study.
        place: where it was written, for the message.

    Raises:
        InputError: if a folder cannot have the name.
    """
    if not _FOLDER_NAME.fullmatch(name) or name.casefold().partition(".")[0] in _WINDOWS_DEVICES:
        rules = "use up to 100 letters, digits, spaces and . , = + ( ) - _"
        raise InputError(f"{place}: the name {name} cannot be a folder name; {rules}")


def _dotted_keys(part: Map, prefix: str = "") -> Iterator[str]:
    """All keys of a file, and those below them."""
    for key, value in part.items():
        yield f"{prefix}{key}"
        if isinstance(value, Map):
            yield from _dotted_keys(value, f"{prefix}{key}.")


def _check_folder_names(places: Mapping[str, SourcePlace], reserved: Collection[str] = ()) -> None:
    """Check that experiments or budgets can have folders beside each other."""
    seen: set[str] = set()
    for name, place in places.items():
        check_folder_name(name, place)
        folded = name.casefold()
        if folded in reserved:
            raise InputError(f"{place}: the name {name} cannot be a folder name, as runs use it already; rename it")
        if folded in seen:
            raise InputError(f"{place}: the name {name} is used twice (capitals do not count); rename one")
        seen.add(folded)


def _check_known(name: str, names: list[str], place: SourcePlace) -> None:
    if name not in names:
        raise InputError(f"{place}: no experiment is called {name}{did_you_mean(name, names)}")


def _check_recipe_keys(study: Study) -> None:
    budgets = study.document.get("budgets", {}).values()
    for recipe in (study.document["recipe"], *(budget["recipe"] for budget in budgets if "recipe" in budget)):
        refuse_unknown_keys(Recipe, recipe, BELONGS | _NOT_OF_RECIPES)


def _check_starts(study: Study) -> None:
    """Check that each `start_from` names an experiment, and that they do not go in a circle."""
    experiments = {name: study.resolve(name) for name in study.names()}
    for name, experiment in experiments.items():
        if experiment.start_from and experiment.start_from.experiment:
            place = place_of(study.document, ("experiments", name, "start_from"))
            _check_known(experiment.start_from.experiment, list(experiments), place)
    order_by_start(study, experiments)


def _check_claims(study: Study) -> None:
    ids: set[str] = set()
    for index, claim in enumerate(study.claims):
        if claim.id in ids:
            place = place_of(study.document, ("claims", index, "id"))
            raise InputError(f"{place}: the id {claim.id} is used twice; rename one")
        ids.add(claim.id)
        form = next(form for form in FORMS if getattr(claim, form) is not None)
        written = study.document["claims"][index][form]
        for key in ("of", "with"):
            if key in written:
                _check_known(written[key], study.names(), place_of(study.document, ("claims", index, form, key)))
