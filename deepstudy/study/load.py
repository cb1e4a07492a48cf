"""From the name of a study, or the path of its file, to a `Study` whose every part is checked."""

from importlib import resources
from pathlib import Path

from deepstudy.catalog import is_built_in
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.file import Study
from deepstudy.study.places import read_yaml
from deepstudy.study.references import check_references

#: Values that keep their printed text, so that `72.30` does not lose its zero.
_AS_PRINTED = (("reported", "value"), ("reported", "elapsed"), ("claims", "value", "reported"))


def load_study(study: str | Path, text: str | None = None) -> Study:
    """Read a study, and check every experiment under every budget.

    So a mistake anywhere in the file shows at once.

    Arguments:
        study: the path of its file or folder, or the name of a built-in study.
        text: what is read instead of the file's own text, if anything.

    Returns:
        The study.

    Raises:
        InputError: if it cannot be read or does not validate. It names file, line and key.

    Example:
        >>> deepstudy.load_study("lenet-mnist").names()
        ['lenet5', 'regularised', 'custom', 'custom-1x1-first']
    """
    loaded = _read(study, text)
    check_references(loaded)
    for name in loaded.names():
        for budget in (None, *loaded.budgets):
            loaded.experiment(name, budget)
    return loaded


def built_in_studies() -> dict[str, Path]:
    """The studies that come with DeepStudy."""
    folder = Path(str(resources.files("deepstudy") / "studies"))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def outlines() -> dict[str, Study]:
    """The built-in studies, read faster: their experiments are not checked, since tests do that."""
    return {name: _read(name) for name in built_in_studies()}


def _read(study: str | Path, text: str | None = None) -> Study:
    """A study whose experiments and references are not checked yet."""
    path = _find(study)
    is_built_in_study = path in built_in_studies().values()
    is_ours = is_built_in_study and text is None
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start:,}); save it as UTF-8") from None
    document = read_yaml(text, str(study) if path == Path(study) else path.name, _AS_PRINTED, is_ours=is_ours)
    return Study.from_document(document, text, path, is_built_in_study)


def _find(study: str | Path) -> Path:
    path = Path(study)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        return path
    built_in = built_in_studies()
    if str(study) in built_in:
        return built_in[str(study)]
    if (path / "study.yaml").is_file():
        return path / "study.yaml"
    if is_built_in(str(study)):
        raise InputError(f"{study} is a model, not a study; did you mean `deepstudy show {study}`?")
    if path.exists():
        raise InputError(f"{path}: is not a study; the name of a study file ends in .yaml")
    if ":" in str(study) and "\\" not in str(study):
        raise InputError(f"{study} is a network, not a study; to train it: `deepstudy train {study} --data mnist`")
    if path.suffix or path.name != str(study):
        raise InputError(f"{study}: no such file")
    hint = did_you_mean(str(study), built_in)
    own = "" if hint.endswith("?") else "; for a study of your own, give its .yaml file"
    raise InputError(f"no study, file or folder is called {study}{hint}{own}")
