"""Printed module trees: what `print(model)` shows in PyTorch, also where lines were wrapped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import ListedLayer, ListedNetwork, Pair, kind_of

_LONGEST = 1500  # letters of one module's arguments
_LARGEST = 4000  # lines of one tree
_ROOT = re.compile(r"^\W{0,6}([A-Za-z]\w{0,60})\(\s*$")
_MODULE = re.compile(
    r"\((?P<name>[\w.]{1,60}|\d{1,4}-\d{1,4})\):\s*(?:(?P<times>\d{1,4}) x )?(?P<type>[A-Za-z_][\w.]{0,60}) ?\("
)
_CHILD = re.compile(r"\s*\([\w.-]{1,60}\):\s*(?:\d{1,4} x )?[A-Za-z_]")
_PART_OF_TREE = re.compile(r"[()=,]")
_FILLER = re.compile(r"[\s,>#]+")
_PAIR = re.compile(r"\(\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,?\s*\)|\(\s*(\d{1,5})\s*,?\s*\)|(\d{1,5})")


def read_trees(document: ReportDocument) -> Iterator[ListedNetwork]:
    """Find the printed module trees.

    Arguments:
        document: the report.

    Returns:
        The networks, in their order.
    """
    lines = [line.text[:_LONGEST] for line in document.lines]
    at = 0
    while at < len(lines):
        root = _ROOT.match(lines[at])
        begins = _MODULE.search(lines[at][:200]) if root is None else None
        if begins is not None and _CHILD.match(lines[at].lstrip(" >#")) is None:
            begins = None
        if root is not None and not _CHILD.match(_next_text(lines, at)):
            root = None
        if root is None and begins is None:
            at += 1
            continue
        scan = _TreeScan(lines, at, root[1] if root else "")
        if scan.layers:
            layers = tuple(scan.layers)
            yield ListedNetwork(
                "tree",
                "torch",
                scan.name,
                document.where(at + 1),
                at + 1,
                scan.last + 1,
                layers,
                is_complete=all(layer.kind != "other" for layer in layers) and scan.is_closed,
            )
        at = max(scan.last, scan.reached - 1, at) + 1


def _next_text(lines: Sequence[str], at: int) -> str:
    return next((line for line in lines[at + 1 : at + 4] if line.strip()), "").lstrip(" >#")


class _TreeScan:
    """Reads one tree, letter by letter, so that it does not matter where its lines end."""

    def __init__(self, lines: Sequence[str], first: int, name: str) -> None:
        self.name, self.layers, self.last = name, list[ListedLayer](), first
        self.is_closed, self.reached = True, first
        text = "\n".join(_extent(lines, first))
        self._text, self._first = text, first
        self._line_at, self._line = 0, first  # where the number of the line was counted last
        at = text.index("(") + 1 if name else 0
        repeats = [1]  # for each open container, how often it stands there
        rooted = bool(name)
        while True:
            filler = _FILLER.match(text, at)
            at = filler.end() if filler else at
            if module := _MODULE.match(text, at):
                line = self._number(at)
                times = repeats[-1] * int(module["times"] or 1)
                if _CHILD.match(text, module.end()):
                    repeats.append(times)
                    at = module.end()
                    continue
                end = _closing(text, module.end())
                if end is None:
                    self.is_closed = False
                    break
                self.layers.append(_layer(module, text[module.end() : end], line, times))
                self.last, at = self._number(end) - 1, end + 1
            elif text.startswith(")", at) and (len(repeats) > 1 or rooted):
                self.last, at = self._number(at) - 1, at + 1
                self.reached = self.last
                if len(repeats) == 1:
                    return
                repeats.pop()
            else:
                break
        self.reached = self._number(at) - 1
        self.is_closed = self.is_closed and not rooted and len(repeats) == 1

    def _number(self, at: int) -> int:
        """The number of the line in the document, from 1; positions only grow."""
        self._line += self._text.count("\n", self._line_at, at)
        self._line_at = max(at, self._line_at)
        return self._line + 1


def _extent(lines: Sequence[str], first: int) -> Iterator[str]:
    """The lines that a tree can take: up to the next one that begins, or to words without any bracket or option."""
    for number, line in enumerate(lines[first : first + _LARGEST]):
        if number and (_ROOT.match(line) or (line.strip() and not _PART_OF_TREE.search(line))):
            return
        yield line


def _closing(text: str, at: int) -> int | None:
    depth = 1
    for position in range(at, min(at + _LONGEST, len(text))):
        if text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth -= 1
            if depth == 0:
                return position
    return None


def _layer(module: re.Match[str], inside: str, line: int, times: int) -> ListedLayer:
    type_name = module["type"].rpartition(".")[2]
    arguments = re.split(r",\s*(?![^()]*\))", " ".join(inside.split())) if inside.strip() else []
    plain = [argument.strip() for argument in arguments if "=" not in argument]
    options = {
        key.strip(): value.strip() for key, _, value in (each.partition("=") for each in arguments if "=" in each)
    }
    return torch_layer(type_name, plain, options, module["name"], line, times)


def torch_layer(
    type_name: str, plain: Sequence[str], options: Mapping[str, str], name: str, line: int, times: int = 1
) -> ListedLayer:
    """Make a layer of PyTorch out of its printed arguments.

    Arguments:
        type_name: its type, `Conv2d`.
        plain: the arguments without a name, as printed.
        options: the arguments with a name, as printed.
        name: its name in the network.
        line: the number of its line in the document, from 1.
        times: how often it stands there.

    Returns:
        The layer; its kind is `other` where an argument is not understood.
    """
    kind = kind_of(type_name)
    names = _POSITIONAL.get(kind, ())
    given = {**dict(zip(names, plain, strict=False)), **options}
    if kind == "linear" and len(plain) == 1 and (arrow := re.fullmatch(r"(\d{1,7}) -> (\d{1,7})", plain[0])):
        given = {**options, "in_features": arrow[1], "out_features": arrow[2]}
    into, out = (_whole(given.get(key)) for key in ("in", "out"))
    into = into if into is not None else _whole(given.get("in_channels") or given.get("in_features"))
    out = out if out is not None else _whole(given.get("out_channels") or given.get("out_features"))
    other = ListedLayer("other", name, line, type_name, times=times)
    bias = {"True": True, "False": False, None: True}.get(given.get("bias"))
    dims = 1 if type_name.endswith("1d") else 3 if type_name.endswith("3d") else 2
    if kind == "linear":
        return (
            other
            if into is None or out is None or bias is None
            else ListedLayer(kind, name, line, type_name, into, out, bias=bias, times=times)
        )
    if kind == "norm":
        flag = given.get(
            "affine", given.get("elementwise_affine", "False" if type_name.startswith("Instance") else "True")
        )
        features = _whole(given.get("num_channels") or given.get("num_features") or (plain[-1] if plain else None))
        if type_name.startswith("LayerNorm"):
            shape = re.fullmatch(r"\((\d{1,7}),\)", plain[0]) if plain else None
            features = int(shape[1]) if shape and "bias" not in given else None
        if features is None or flag not in ("True", "False") or "_" in type_name:
            return other
        return ListedLayer(kind, name, line, type_name, features, features, bias=flag == "True", times=times)
    if kind == "global_pool":
        pixels = _pair(given.get("output_size", ""))
        return ListedLayer(kind, name, line, type_name, pixels=pixels) if pixels and dims == 2 else other
    if kind in ("conv", "transposed", "pool"):
        if dims != 2:
            return other
        kernel = _pair(given.get("kernel_size") or given.get("size"))
        default = kernel if kind == "pool" else (1, 1)
        stride = _pair(given["stride"]) if given.get("stride", "None") != "None" else default
        padding: Pair | Literal["same", "valid"] | None = _pair(given.get("padding", "0"))
        if given.get("padding", "").strip("'\"") in ("same", "valid"):
            padding = "same" if "same" in given["padding"] else "valid"
        dilation, groups = _pair(given.get("dilation", "1")), _whole(given.get("groups", "1"))
        ceil = given.get("ceil_mode", "False")
        if kernel is None or stride is None or padding is None or dilation is None or not groups or 0 in stride:
            return other
        if kind != "pool" and (into is None or out is None or bias is None or into % groups):
            return other
        return ListedLayer(
            kind, name, line, type_name, into if kind != "pool" else None, out if kind != "pool" else None, kernel,
            stride, padding, dilation, groups, bias if kind != "pool" else None, times=times, is_ceil=ceil == "True",
        )  # fmt: skip
    if kind == "container" and (plain or options):
        return other
    return ListedLayer("dropout" if kind == "container" else kind, name, line, type_name, times=times)


#: The names of arguments by their position; `in` and `out` stand for channels and features alike.
_POSITIONAL: dict[str, tuple[str, ...]] = {
    "conv": ("in", "out", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
    "transposed": ("in", "out", "kernel_size", "stride", "padding"),
    "linear": ("in", "out", "bias"),
    "pool": ("kernel_size", "stride", "padding"),
    "global_pool": ("output_size",),
}


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _pair(text: str | None) -> Pair | None:
    match = _PAIR.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    numbers = [int(number) for number in match.groups() if number is not None]
    return numbers[0], numbers[-1]
