"""The study of a single run: one network and one recipe, written to a file that can be extended."""

import contextlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from deepstudy.catalog import MODELS, is_built_in
from deepstudy.datasets import DATASETS, image_files, is_folder
from deepstudy.errors import InputError, did_you_mean
from deepstudy.study.experiment import Recipe
from deepstudy.study.file import Study
from deepstudy.study.load import load_study
from deepstudy.study.merging import overrides_map
from deepstudy.study.places import Map, merge, read_yaml

_RECIPE = "{epochs: 10, batch_size: 64, optimizer: {name: adam, lr: 0.001}}"


def single(model: str, data: str, overrides: Sequence[str], out: Path) -> Study:
    """Write the study of one network on one data set.

    The recipe is Adam 0.001 for 10 epochs in batches of 64. A tenth of the training images are held out for validation,
    but none of a folder of images. The study gets a new folder. If a folder has the same study already, the run
    continues there. A folder with another study is left alone, and the next number is taken.

    Arguments:
        model: a built-in name, `file.py:Name` or `package.module:Name`.
        data: the name of a data set, or the path of a folder of images.
        overrides: changes of the recipe, such as `optimizer.lr=0.1`.
        out: where the folder of the study is made.

    Returns:
        The study, read from its file.

    Raises:
        InputError: if there is no such network or data set, the study does not validate, or it cannot be written.
    """
    if not is_built_in(model) and not re.fullmatch(r".+:\w+", model):
        if model.endswith(".py"):
            raise InputError(f"{model}: name one network of the file, such as {model}:Net")
        raise InputError(f"no model is called {model}{did_you_mean(model, MODELS)}")
    own = is_folder(data)
    if own:
        image_files(Path(data))  # raises an error if there are none
    elif data not in DATASETS:
        raise InputError(
            f"no data set is called {data}{did_you_mean(data, DATASETS)} (the path of a folder of images has a slash)"
        )
    name = _word(model.rpartition(":")[2])
    stem = f"{name}-{_word(Path(data).resolve().name if own else data)}"
    settings = overrides_map(overrides)
    for key, how in (("model", "as MODEL"), ("data", "with --data")):
        part = settings.get(key, {})
        if not isinstance(part, Mapping):
            raise InputError(f"--set {key}: give it {how}")
        if "name" in part:
            raise InputError(f"{settings[key].places['name']}: give it {how}")
    for number in range(1, 10_000):
        folder = out / (stem if number == 1 else f"{stem}-{number}")
        text = _text(name, model, data, settings, overrides, folder)
        path = folder / "study.yaml"
        if path.is_file() and path.read_text(encoding="utf-8") != text:
            continue
        new = not path.is_file()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            if new:
                path.unlink(missing_ok=True)
            raise InputError(f"{path}: cannot be written: {error.strerror}; choose another folder with --out") from None
        try:
            return load_study(path)
        except InputError as error:
            if new:
                path.unlink()
                with contextlib.suppress(OSError):  # runs of an earlier study may be in it
                    folder.rmdir()
            # The mistake is in the arguments, and the file is deleted again.
            raise InputError(re.sub(rf"^{re.escape(str(path))}(:\d+)?: ", "", str(error))) from None
    raise InputError(f"{out}: has 9,999 studies called {stem}; choose another folder with --out")


def _text(name: str, model: str, data: str, settings: Map, overrides: Sequence[str], folder: Path) -> str:
    base = read_yaml(f"{{recipe: {_RECIPE}, data: {{name: x}}, model: {{name: x}}}}", "")
    base["model"].put("name", _seen_from(folder, model), base.place)
    if is_folder(data):
        base["data"].put("name", f"{_relative(data, folder)}{os.sep}", base.place)
    else:
        base["data"].put("name", data, base.place)
        base["data"].put("validation", DATASETS[data].splits["train"] // 10, base.place)
    entry = MODELS.get(model)
    if entry and entry.outputs:
        outputs = Map(base.place)
        outputs.put("weights", list(entry.outputs), base.place)
        base["recipe"].put("outputs", outputs, base.place)
    parts = Map(base.place)
    for key in settings:
        if key in ("data", "model", "start_from"):
            parts.put(key, settings[key], settings.places[key])
        elif key in Recipe.model_fields:
            recipe = parts.get("recipe", Map(base.place))
            recipe.put(key, settings[key], settings.places[key])
            parts.put("recipe", recipe, base.place)
        else:
            known = [*Recipe.model_fields, "data", "model", "start_from"]
            raise InputError(f"{settings.places[key]}: unknown key{did_you_mean(key, known)}")
    whole = merge(base, parts)
    experiment = {"model": _plain(whole["model"])}
    if "start_from" in whole:
        experiment["start_from"] = start = _plain(whole["start_from"])
        if isinstance(start, dict) and isinstance(start.get("file"), str):
            start["file"] = _relative(start["file"], folder)
    document = {
        "title": f"{name} on {Path(data).name if is_folder(data) else data}",
        "data": _plain(whole["data"]),
        "seeds": 1,
        "recipe": _plain(whole["recipe"]),
        "experiments": {name: experiment},
    }
    sets = (word for pair in overrides for word in ("--set", pair))
    command = shlex.join(["deepstudy", "train", model, "--data", data, *sets])
    text = StringIO()
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 120
    yaml.dump(document, text)
    return (
        f"# Written by `{command}`.\n"
        "# Add experiments, budgets, figures and claims as you like, and run this folder with `deepstudy run`.\n"
        f"\n{text.getvalue()}"
    )


def _seen_from(folder: Path, model: str) -> str:
    """A network's name in a study in `folder`."""
    where, colon, name = model.rpartition(":")
    return f"{_relative(where, folder)}{colon}{name}" if where.endswith(".py") else model


def _relative(path: str, folder: Path) -> str:
    """`path` relative to `folder`, with symbolic links resolved."""
    return os.path.relpath(os.path.realpath(path), os.path.realpath(folder))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _word(text: str) -> str:
    """`text` as a part of a folder name."""
    return re.sub(r"\W+", "_", text).strip("_") or "run"
