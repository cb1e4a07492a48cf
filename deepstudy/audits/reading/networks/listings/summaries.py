"""Summaries that programs print: torchsummary, torchinfo, Keras, PyTorch Lightning, MATLAB's analyzeNetwork."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import (
    Framework,
    ListedLayer,
    ListedNetwork,
    ListedTotal,
    PrintedCount,
    Quantity,
    Size,
    kind_of,
    read_count,
)

_LONGEST = 400  # characters of a line; summaries are narrower
_GAP = 6  # lines without a row, after which a summary has ended

_HEADER = re.compile(r"Layer\s*\(\s*type|Layer type|Output Shape|\bParam\s?#", re.IGNORECASE)
_COLUMN = re.compile(
    r"(?P<layer>Layer\s*\([^)]{0,40}\)(?::depth-idx\))?|Layer type)|"
    r"(?P<input>Input Shape|In sizes)|(?P<output>Output Shape|Out sizes)|"
    r"(?P<kernel>Kernel Shape)|(?P<count>Params?\s?#|# ?Params?)|(?P<share>Params? ?%)|(?P<adds>Mult-Adds)|"
    r"(?P<connected>Connected to)|(?P<trainable>Trainable?)",
    re.IGNORECASE,
)
_SHAPE = r"[\[(]{1,2}\s*(?:None|-?\d{1,9}|\?)(?:\s*,\s*(?:None|-?\d{1,9}|\?)){0,5}\s*,?\s*[\])]{1,2}"
_TOKEN = re.compile(
    rf"(?P<shape>{_SHAPE})|(?P<again>\(recursive\))|(?<![\w.-])(?P<number>\d[\d,]{{0,17}}(?:\.\d+)?)(?![\w.:-])|"
    r"(?<=\s)(?P<none>--|\?|multiple)(?=\s|$)"
)
_PLAIN_COLUMNS = frozenset(("layer", "output", "count", "connected", "trainable"))
_FRAME = "│┃|├└─━═╭╰┡┢┠ \t#>"
_RULE = re.compile(r"^[\s_=\-+─━═│┃┏┓┗┛┡╇┩├┼┤└┴┘┌┬┐╭╮╯╰|:]*$")
_ELIDED = re.compile(r"^[\s|│]*(?:\.{2,}|…|⋮|\[\.\.\.\])")
_NAME = re.compile(r"^(?P<name>[\w./-]{1,80})\s*\(\s*(?P<type>[A-Za-z]\w{0,50})")
_INDEXED = re.compile(r"^(?P<type>[A-Za-z]\w{0,60}?)-(?P<name>\d{1,5})$")
_DEPTH = re.compile(
    r"^(?P<type>[A-Za-z]\w{0,60})(?:\s*\([\w.]{1,60}\))?\s*:\s*(?P<depth>\d{1,2})-\d{1,5}$|^(?P<root>[A-Za-z]\w{0,60})$"
)
_MODEL = re.compile(r"^\W{0,4}Model\s*:\s*[\"'“](?P<name>[^\"'”]{1,80})")

_NUMBER = r"(?P<number>\d[\d,.]{0,20}(?:\s?[KMB](?![A-Za-z]))?)"
_TOTALS: tuple[tuple[Quantity, str], ...] = (
    ("non_trainable", r"non-? ?trainable params?"),
    ("trainable", r"(?<!non-)(?<!non)(?<!non )trainable params?"),
    ("optimizer", r"optimizer params?"),
    ("params_size", r"(?:total )?(?:estimated )?(?:model )?params? size"),
    ("total_size", r"estimated total size"),
    ("input_size", r"input size"),
    ("pass_size", r"forward/backward pass size"),
    ("total", r"total params?(?: ?#)?"),
)
_TOTAL_LINES = tuple(
    (
        quantity,
        re.compile(
            rf"^[\s|│*#]{{0,12}}{words}\s*(?:\((?P<unit>[KMG]i?B)\))?\s*[:|]\s*(?:\|\s*)?{_NUMBER}", re.IGNORECASE
        ),
    )
    for quantity, words in _TOTALS
)
#: Lightning prints the number first.
_LIGHTNING_WORDS: tuple[tuple[Quantity, str], ...] = (
    ("non_trainable", "non-trainable params"),
    ("trainable", "trainable params"),
    ("total", "total params"),
    ("params_size", "total estimated model params size"),
)
_LIGHTNING_TOTALS: tuple[tuple[Quantity, re.Pattern[str]], ...] = tuple(
    (quantity, re.compile(rf"^\s{{0,8}}{_NUMBER}\s{{1,12}}{words}\s*(?:\((?P<unit>[KMG]i?B)\))?\s*$", re.IGNORECASE))
    for quantity, words in _LIGHTNING_WORDS
)
_IN_UNITS = re.compile(r"\((?P<size>\d[\d,.]{0,15})\s?(?P<unit>[KMG]?i?B|Byte)\)")


def read_summaries(document: ReportDocument) -> Iterator[ListedNetwork]:
    """Find the summaries of networks.

    Arguments:
        document: the report.

    Returns:
        The networks, in their order.
    """
    lines = _unwrapped([line.text[:_LONGEST] for line in document.lines])
    at = 0
    while at < len(lines):
        read = _summary(lines, at) or _lightning(lines, at) or _analysis(lines, at)
        if read is None:
            at += 1
        else:
            yield replace(read, where=document.where(read.first))
            at = max(read.last, at + 1)


def _summary(lines: Sequence[str], at: int) -> ListedNetwork | None:
    """The summary of Keras, torchsummary or torchinfo whose header is this line."""
    columns = _columns(lines[at])
    if "count" not in columns or columns[0] != "layer":
        return None
    layers: list[ListedLayer] = []
    totals: list[ListedTotal] = []
    depths: list[int] = []
    is_complete, is_understood, empty, here = True, True, 0, at + 1
    strange = 0  # lines that are not understood, since the last row
    wraps, is_nested = "connected" in columns, "depth-idx" in lines[at]
    while here < len(lines) and empty < _GAP:
        line = lines[here]
        here += 1
        if _RULE.match(line):
            continue
        if (total := total_line(line, here)) is not None:
            totals += total
            is_understood = is_understood and not strange
            empty = 0
            continue
        if totals and not re.match(r"^\W{0,6}Total mult-adds", line):
            empty = _GAP  # below the totals is other text
            here -= 1
            break
        if _ELIDED.match(line):
            is_complete = False
        elif (row := _row(line, here, columns)) is not None:
            if is_nested and layers and row[1] < 1:
                continue  # the weights of a layer, below it
            layers.append(row[0])
            depths.append(row[1])
            is_understood = is_understood and not strange
            empty = strange = 0
        elif _is_rest_of_name(line, layers):
            continue
        elif _HEADER.search(line) and "count" in _columns(line):
            here -= 1
            break
        else:
            empty += 1
            strange += 1
    if not layers:
        return None
    last = max([layer.line for layer in layers] + [total.line for total in totals])
    framework: Framework = "keras" if _is_keras(lines[at : at + 12], layers) else "torch"
    name = next((match["name"] for line in lines[max(at - 4, 0) : at] if (match := _MODEL.match(line))), "")
    is_complete = is_complete and is_understood
    understood = all(layer.count is not None or layer.is_counted_elsewhere for layer in layers)
    return ListedNetwork(
        "summary",
        framework,
        name or (layers[0].type_name if depths[0] == 0 and layers[0].kind == "container" else ""),
        "",
        at + 1,
        last,
        tuple(_flag_parents(layers, depths)),
        tuple(totals),
        is_chain=framework == "keras"
        and is_complete
        and not wraps
        and all(layer.kind not in ("other", "add", "container") for layer in layers),
        is_complete=is_complete and understood,
    )


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """Lines whose boxed cells were too narrow for their text (`│ name     │ (None, 9, │` over `│ (Type)   │ 4) │`)."""
    joined = list(lines)
    at = 0
    while at < len(joined):
        cells, below = _boxed(joined[at]), at + 1
        while cells and below < len(joined) and (rest := _boxed(joined[below])):
            if len(rest) != len(cells) or rest[0].endswith(":") or not _is_rest(rest, cells):
                break
            cells = [
                f"{cell}{' ' if more.startswith('(') or column else ''}{more}".strip() if more else cell
                for column, (cell, more) in enumerate(zip(cells, rest, strict=True))
            ]
            joined[at] = "│ " + "  │ ".join(cells) + " │"
            joined[below] = ""
            below += 1
        at = below
    return joined


def _boxed(line: str) -> list[str]:
    """The cells of a line in a box; none of a rule."""
    if not re.match(r"\s*[│┃].*[│┃]\s*$", line) or _RULE.match(line):
        return []
    return [cell.strip() for cell in re.split("[│┃]", line.strip()[1:-1])]


def _is_rest(rest: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a line only goes on with the cells above it: no number of its own, and no shape that begins."""
    if not cells[0] or not any(rest):
        return False
    begins = any(re.match(r"[\[(]{1,2}\s*(?:None|-?\d)", cell) for cell in rest[1:])
    return not begins and not any(rest[2:3])


def _columns(line: str) -> list[str]:
    """What the columns below a header hold; `other` for a column that is not known."""
    found = [match.lastgroup or "" for match in _COLUMN.finditer(line)]
    cells = [cell for cell in re.split(r"\s{2,}|[|│┃]", line.strip(_FRAME)) if cell.strip()]
    return found + ["other"] * (len(cells) - len(found))


def _cells(line: str, columns: Sequence[str]) -> dict[str, str]:
    """The cells of a row by their column, if it has one for each."""
    cells = [cell.strip() for cell in re.split(r"\s{2,}|[|│┃]", line.strip(_FRAME)) if cell.strip()]
    return dict(zip(columns, cells, strict=True)) if len(cells) == len(columns) and "other" not in columns else {}


def _is_keras(lines: Sequence[str], layers: Sequence[ListedLayer]) -> bool:
    return any("(None" in line for line in lines) or any(layer.type_name.endswith("2D") for layer in layers)


def _row(line: str, number: int, columns: Sequence[str]) -> tuple[ListedLayer, int] | None:
    """A row of a summary, and how deep it is nested (-1 if it is not)."""
    tokens = list(_TOKEN.finditer(line))
    if not tokens:
        return None
    label = line[: tokens[0].start()].strip(_FRAME + "-+")
    if not label or len(label) > 90:
        return None
    shapes = [match["shape"] for match in tokens if match["shape"]]
    cells = _cells(line, columns)
    is_plain = set(columns) <= _PLAIN_COLUMNS
    if cells:
        counted = _TOKEN.fullmatch(cells["count"]) or _TOKEN.search(f" {cells['count']} ")
        size, taken = _size(cells.get("output", "")), _size(cells.get("input", ""))
    elif is_plain:
        counted = next((match for match in tokens if match["number"] or match["again"] or match["none"]), None)
        size, taken = _size(shapes[0] if shapes else ""), None
    else:
        counted, size, taken = None, None, None
    if not shapes and (counted is None or len(tokens) < 2):
        return None
    count = read_count(counted["number"]) if counted is not None and counted["number"] else None
    if counted is not None and counted["none"] == "--":
        count = read_count("0")
    depth = -1
    if match := _INDEXED.match(label):
        type_name, name = match["type"], label
    elif match := _DEPTH.match(label):
        type_name, name = match["type"] or match["root"], label
        depth = int(match["depth"] or 0)
    elif match := _NAME.match(label):
        type_name, name = match["type"], match["name"]
    elif shapes and count is not None and re.fullmatch(r"[\w./-]{1,80}", label):
        type_name, name = "", label  # its type stands on the next line
    else:
        return None
    layer = ListedLayer(
        kind_of(type_name),
        name,
        number,
        type_name,
        size=size,
        taken=taken,
        count=count,
        is_counted_elsewhere=counted is not None and bool(counted["again"]),
    )
    return layer, depth


def _size(text: str) -> Size | None:
    """`(None, 30, 30, 32)` → (32, 30, 30); `[-1, 6, 28, 28]` → (6, 28, 28)."""
    if text.count("(") + text.count("[") != text.count(")") + text.count("]"):
        return None
    parts = re.findall(r"None|-?\d+|\?", text)
    if len(parts) < 2 or any(not part.isdecimal() for part in parts[1:]):
        return None
    numbers = tuple(int(part) for part in parts[1:])
    if parts[0] == "None" and len(numbers) > 1:
        return (numbers[-1], *numbers[:-1])
    return numbers


def _is_rest_of_name(line: str, layers: list[ListedLayer]) -> bool:
    """Whether a line only ends the name of the row above it, which was too long for its column."""
    rest = line.strip(_FRAME)
    if not layers or not rest or len(rest) > 60 or ":" in rest:
        return False
    row = layers[-1]
    if match := re.match(r"^\(?([A-Za-z]\w{0,50})\)?(?:\s|[│|]|$)", rest):
        if rest.startswith("(") and row.kind in ("other", "container"):
            layers[-1] = replace(row, kind=kind_of(match[1]), type_name=match[1])
            return True
        if rest.split()[0].endswith(")"):
            kind = kind_of(row.type_name + match[1])
            layers[-1] = replace(row, kind=row.kind if kind == "other" else kind, type_name=row.type_name + match[1])
            return True
    return rest.startswith(")") or bool(
        re.fullmatch(r"[\w\[\]./(), …]{1,40}\)?|\([\w)…., ]{0,30}", rest) and " " not in rest
    )


def _flag_parents(layers: Sequence[ListedLayer], depths: Sequence[int]) -> Iterator[ListedLayer]:
    for index, layer in enumerate(layers):
        below = depths[index + 1] if index + 1 < len(depths) else -1
        yield replace(layer, is_parent=0 <= depths[index] < below)


def total_line(line: str, number: int) -> list[ListedTotal] | None:
    """Read a total below a summary.

    Arguments:
        line: a line.
        number: its number in the document, from 1.

    Returns:
        What it says: a count, and its size in bytes if that stands behind it; None if it is no total.
    """
    for quantity, pattern in _TOTAL_LINES:
        if match := pattern.match(line):
            count = _amount(match["number"].rstrip(".,"), quantity)
            if count is None:
                return []
            found = [ListedTotal(quantity, count, number, line.strip(), (match["unit"] or "").upper())]
            size = _IN_UNITS.search(line, match.end())
            if quantity == "total" and size and (bytes_ := _amount(size["size"], "params_size")):
                found.append(ListedTotal("params_size", bytes_, number, line.strip(), size["unit"].upper()))
            return found
    return None


def _amount(text: str, quantity: Quantity, is_cut: bool = False) -> PrintedCount | None:
    """A count; or a size, whose point is always a decimal point."""
    if not quantity.endswith("_size"):
        return read_count(text, is_cut)
    plain = text.replace(",", "").strip()
    return PrintedCount(plain, float(plain), float(plain)) if re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", plain) else None


# PyTorch Lightning ---------------------------------------------------------------------------------------------------

_LIGHTNING_HEADER = re.compile(r"^[\s|│┃]*Name\s*[|│┃]\s*Type\s*[|│┃]\s*Params", re.IGNORECASE)


def _lightning(lines: Sequence[str], at: int) -> ListedNetwork | None:
    """The table of PyTorch Lightning whose header is this line."""
    if not _LIGHTNING_HEADER.match(lines[at]):
        return None
    layers: list[ListedLayer] = []
    totals: list[ListedTotal] = []
    is_complete, here = True, at + 1
    while here < len(lines):
        line = lines[here]
        cells = [cell.strip() for cell in re.split(r"[|│┃]", line)]
        if _RULE.match(line):
            here += 1
            continue
        if (total := _lightning_total(line, here + 1)) is not None:
            totals.append(total)
        elif not totals and len(cells) >= 4 and (cells[0].isdecimal() or cells[0] == "n/a"):
            count = read_count(cells[3], is_cut=True)
            layers.append(ListedLayer(kind_of(cells[2].split(" ")[0]), cells[1], here + 1, cells[2], count=count))
            is_complete = is_complete and count is not None
        else:
            break
        here += 1
    if not layers:
        return None
    names = [layer.name for layer in layers]
    flagged = [
        replace(layer, is_parent=any(name.startswith(f"{layer.name}.") for name in names[index + 1 : index + 2]))
        for index, layer in enumerate(layers)
    ]
    tops = [layer for layer in flagged if "." not in layer.name]
    return ListedNetwork("summary", "torch", "", "", at + 1, here, tuple(tops), tuple(totals), is_complete=is_complete)


def _lightning_total(line: str, number: int) -> ListedTotal | None:
    for quantity, pattern in _LIGHTNING_TOTALS:
        if match := pattern.match(line):
            count = _amount(match["number"], quantity, is_cut=True)
            unit = (match["unit"] or "").upper()
            return None if count is None else ListedTotal(quantity, count, number, line.strip(), unit)
    return None


# MATLAB --------------------------------------------------------------------------------------------------------------

_ANALYSED = re.compile(
    r"^\s{0,12}\d{1,3}\s+[\"'](?P<name>[^\"']{0,60})[\"']\s+(?P<type>[A-Za-z0-9][\w -]{1,40}?)\s{2,}"
    r"(?P<says>\S.{0,200})$"
)
_BY = r"(\d{1,4})\s?[x×*]\s?(\d{1,4})"


def _analysis(lines: Sequence[str], at: int) -> ListedNetwork | None:
    """MATLAB's list of layers that begins at this line."""
    layers: list[ListedLayer] = []
    here = at
    while here < len(lines) and (match := _ANALYSED.match(lines[here])):
        layers.append(_analysed(match, here + 1))
        here += 1
    if len(layers) < 3:
        return None
    taken = next((layer.size for layer in layers if layer.kind == "input"), None)
    known = all(layer.kind not in ("other", "add") for layer in layers)
    return ListedNetwork(
        "summary", "matlab", "", "", at + 1, here, tuple(layers), input=taken, is_chain=known, is_complete=known
    )


def _analysed(match: re.Match[str], number: int) -> ListedLayer:
    says, type_name = match["says"], re.sub(r"\W", "", match["type"])
    window, stride = re.search(_BY, says), re.search(r"stride \[(\d+)\s+(\d+)\]", says)
    padding = re.search(r"padding (?:'(same)'|\[(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\])", says)
    sides = tuple(int(side) for side in padding.groups()[1:]) if padding and not padding[1] else None
    layer = ListedLayer(
        kind_of(type_name.removeprefix("2D")),
        match["name"],
        number,
        type_name,
        kernel=(int(window[1]), int(window[2])) if window else None,
        stride=(int(stride[1]), int(stride[2])) if stride else (1, 1),
        padding="same" if padding and padding[1] else (sides[0], sides[2]) if sides else (0, 0),
        bias=True,
    )
    if layer.kind == "input":
        size = re.search(_BY + r"\s?[x×*]\s?(\d{1,4})", says)
        return replace(layer, size=(int(size[3]), int(size[1]), int(size[2])) if size else None)
    if layer.kind == "conv":
        whole = re.match(rf"(\d{{1,5}})\s+{_BY}(?:\s?[x×*]\s?(\d{{1,5}}))?", says)
        if whole is None or (sides and (sides[0] != sides[1] or sides[2] != sides[3])):
            return replace(layer, kind="other")
        window_size = (int(whole[2]), int(whole[3]))
        return replace(layer, out=int(whole[1]), kernel=window_size, into=int(whole[4]) if whole[4] else None)
    if layer.kind == "linear":
        out = re.match(r"(\d{1,6})\s", says)
        return replace(layer, out=int(out[1])) if out else replace(layer, kind="other")
    return layer
