"""`deepstudy new`: a study of one's own to start from."""

import json
import os
import shlex
import tempfile
from importlib import resources
from pathlib import Path

import click

from deepstudy.errors import InputError

# Each file and its purpose. Templates of code end in .txt, so that no tool takes them for modules of DeepStudy.
_FILES = {
    "study.yaml": "what the report says: networks, recipe, printed figures, claims",
    "model.py": "the network, to replace with yours",
    "test_model.py": "its layer table, and whether it is sound; for pytest",
    "README.md": "the four steps",
    "schema.json": "lets editors complete study.yaml",
}
_NAME_IN_TEMPLATES = "my-paper"


@click.command(short_help="Make the files of a new study.")
@click.argument("name", metavar="NAME")
def new(name: str) -> None:
    """Make a folder NAME with a working study: study.yaml, model.py, a test and a README.

    NAME can be a path. Its last part becomes the name of the study.
    """
    folder = Path(name)
    _check_name(folder)
    _write(folder)
    click.echo(f"{folder}{os.sep}")
    for file, purpose in _FILES.items():
        click.echo(f"  {file:<{max(map(len, _FILES))}}  {purpose}")
    click.echo(f"Next: deepstudy audit {shlex.quote(str(folder))}", err=True)


def _check_name(folder: Path) -> None:
    """Refuse a name that no study can have, and a folder that exists. Raises InputError."""
    from deepstudy.catalog import MODELS
    from deepstudy.study import built_in_studies, check_folder_name

    name = folder.name
    folded = name.casefold()
    if not name:
        raise InputError("NAME: this path gives the study no name; write one such as my-paper")
    check_folder_name(name, folder)
    if folded.endswith((".yaml", ".yml")):
        raise InputError(f"{folder}: a study name cannot end in {folder.suffix}; choose another")
    for kind, names in (("model", MODELS), ("study", built_in_studies())):
        if folded in map(str.casefold, names):
            raise InputError(f"{folder}: {name} is a built-in {kind}; choose another name")
    if os.path.lexists(folder) and not (folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())):
        raise InputError(f"{folder}: already exists; choose another name or move it away")


def _write(folder: Path) -> None:
    """The folder, made beside its place and moved there whole."""
    texts = {file: _text(file, folder.name) for file in _FILES}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as temporary:
            made = Path(temporary, "study")  # within it, because only its owner may enter a temporary folder
            made.mkdir()
            for file, text in texts.items():
                (made / file).write_text(text, encoding="utf-8")
            if folder.is_dir():
                folder.rmdir()  # is empty; Windows renames over nothing
            made.rename(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be created: {error.strerror or error}; choose another folder") from None


def _text(file: str, name: str) -> str:
    from deepstudy import study

    if file == "schema.json":
        return json.dumps(study.schema(), indent=2) + "\n"
    template = f"{file}.txt" if file.endswith(".py") else file
    text = (resources.files("deepstudy") / "templates" / template).read_text(encoding="utf-8")
    return text.replace(_NAME_IN_TEMPLATES, shlex.quote(name))  # it stands only in commands
