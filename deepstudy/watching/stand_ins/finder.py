"""The import hook: what happens when the script imports torchvision."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FrameType, ModuleType

from deepstudy.errors import one_line
from deepstudy.watching.stand_ins import copies, installed

#: The folder of the packages that stand in.
IMPORTABLE = Path(__file__).parent / "importable"


class StandInFinder(MetaPathFinder):
    """Finds torchvision: the installed one, with data sets that take what is here; else the one that stands in.

    It imports nothing by itself.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of torchvision.

        Arguments:
            fullname: the name of the module.
            path: where the package that it is in has its modules.
            target: the module, if it is loaded again.

        Returns:
            Where it is; None for modules that are not torchvision's.

        Raises:
            ModuleNotFoundError: if the stand-in is in use and does not have the module.
        """
        if str(IMPORTABLE) not in sys.path:  # it was hidden from a package
            sys.path.append(str(IMPORTABLE))
        if fullname == "torchvision":
            if _is_asked_by_package() and self._installed() is None:
                sys.path.remove(str(IMPORTABLE))  # packages ask whether torchvision is there, and can do without it
                return None
            spec = self._installed() or PathFinder.find_spec(fullname)
            if spec is not None and _is_ours(spec):
                _after_loading(spec, _say_absent)
            elif spec is not None:
                _after_loading(spec, lambda _: None, _load_stand_in)
            return spec
        if not fullname.startswith("torchvision."):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if path and Path(path[0]).is_relative_to(IMPORTABLE):
            if spec is None:  # without `name`, else Python replaces the message
                raise ModuleNotFoundError(
                    f"{fullname} is not part of the stand-in for torchvision; run pip install torchvision"
                )
        elif spec is not None and fullname in ("torchvision.datasets.mnist", "torchvision.datasets.cifar"):
            _after_loading(spec, installed.read_copies)
        return spec

    def _installed(self) -> ModuleSpec | None:
        """Where the installed torchvision is, also where a finder of its own knows that: an editable installation."""
        finders = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        specs = (finder.find_spec("torchvision", None) for finder in finders)
        return next((spec for spec in specs if spec is not None and not _is_ours(spec)), None)


def _is_asked_by_package() -> bool:
    """Whether an installed package imports, and not the program."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(("<frozen importlib", __file__)) and "importlib" not in Path(file).parts:
            return any(part.endswith("-packages") for part in Path(file).parts)
        frame = frame.f_back
    return False


def _is_ours(spec: ModuleSpec) -> bool:
    return spec.origin is not None and Path(spec.origin).is_relative_to(IMPORTABLE)


def _after_loading(
    spec: ModuleSpec,
    change: Callable[[ModuleType], None],
    rescue: Callable[[ModuleType, Exception], None] | None = None,
) -> None:
    """Have a module changed once it is loaded, or something else loaded where that fails."""
    loader = spec.loader
    if loader is None:
        return
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        try:
            load(module)
        except Exception as error:
            if rescue is None:
                raise
            rescue(module, error)
        change(module)

    loader.exec_module = exec_module  # type: ignore[method-assign]


def _say_absent(_: ModuleType) -> None:
    copies.note("torchvision: not installed; the stand-in of DeepStudy takes its place")


def _load_stand_in(module: ModuleType, error: Exception) -> None:
    """Fill the module of an installed torchvision that cannot be imported with the stand-in."""
    for name in [name for name in sys.modules if name.startswith("torchvision.")]:
        del sys.modules[name]
    spec = PathFinder.find_spec("torchvision", [str(IMPORTABLE)])
    assert spec is not None
    assert spec.loader is not None
    for name in [name for name in vars(module) if not name.startswith("__")]:
        delattr(module, name)
    vars(module).update(
        __spec__=spec, __loader__=spec.loader, __file__=spec.origin, __path__=spec.submodule_search_locations
    )
    copies.note(
        f"torchvision: the installed one cannot be imported ({one_line(error)}); "
        "the stand-in of DeepStudy takes its place"
    )
    spec.loader.exec_module(module)
