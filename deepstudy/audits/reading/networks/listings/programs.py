"""Networks in code: PyTorch modules, Keras models, MATLAB's arrays of layers, Caffe's prototxt.

Code is parsed and never run. A network is read only where every argument is a literal, or a name that the document sets
to one literal; everything else is not complete.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from deepstudy.audits.reading.document import ReportDocument
from deepstudy.audits.reading.networks.layers import Framework, ListedLayer, ListedNetwork, Pair, Size, kind_of
from deepstudy.audits.reading.networks.listings.trees import torch_layer

_MOST_LINES = 400  # of one class or call
_CLASS = re.compile(r"^(\s*)class\s+(\w{1,60})\s*\([^)]{0,80}Module\s*\)\s*:")
_CALL = re.compile(r"^\s*(?:(?P<name>[\w.]{1,60})\s*=\s*|return\s+)?(?:[\w.]{1,40}\.)?Sequential\s*\(")
_ADDED = re.compile(r"^\s*(?P<name>\w{1,60})\.add\s*\(")
_APPLIED = re.compile(r"^\s*(?P<name>\w{1,60})\s*=\s*(?:[\w.]{1,40}\.)?(?P<type>Input|[A-Z]\w{2,40})\s*\(")
_MATLAB = re.compile(r"^\s*(?:\w{1,40}\s*=\s*\[)?[\s.]*imageInputLayer\s*\(")
_PROTOTXT = re.compile(r"^\s*layers?\s*\{")
_BEGINS = re.compile(r"^\s{0,80}(?:\w{1,60}\.add\s*\(|[\w.]{1,60}\s+=\s+[\w.]{1,60}\()")
_CONSTANT = re.compile(
    r"^\s*([A-Za-z_]\w{0,40})\s*=\s*(\d{1,6}|\(\s*\d{1,5}(?:\s*,\s*\d{1,5}){0,3}\s*,?\s*\))\s*(?:#.*)?$"
)
_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?")

_OMITTED = re.compile(
    r"\.{3}|…|⋯|\betc\b|omit|skipp?ed|left out|abbreviat|shorten|(?:other|more|further|remaining|middle) layers|"
    r"rest of|similar(?:ly)?|and so on|ausgelassen|gekürzt|weitere schichten|usw|übrige|omis|autres couches|"
    r"abrégé|reste d|otras capas|resto d|outras camadas|생략|나머지|省略|其余|其他层|中间层|略|以下同|同様",
    re.IGNORECASE,
)

Literals = Mapping[str, object]
Value = object


def read_programs(document: ReportDocument) -> Iterator[ListedNetwork]:
    """Find the networks that code builds.

    Arguments:
        document: the report.

    Returns:
        The networks, in their order.
    """
    lines = [_PROMPT.sub("", line.text) for line in document.lines]
    literals = _constants(lines)
    at = 0
    while at < len(lines):
        read = None
        if len(lines[at]) < 300:
            read = (
                _torch_class(lines, at, literals)
                or _sequential(lines, at, literals)
                or _keras_adds(lines, at, literals)
                or _keras_calls(lines, at, literals)
                or _matlab(lines, at)
                or _prototxt(lines, at)
            )
        if read is None:
            at += 1
            continue
        if _leaves_out(lines[read.first - 1 : read.last], read.framework):
            read = replace(read, is_chain=False, is_complete=False)
        if len(read.layers) > 1:
            yield replace(read, where=document.where(read.first))
        at = max(read.last, at + 1)


def _leaves_out(lines: Sequence[str], framework: Framework) -> bool:
    """Whether code says that it is not all of a network: a line of points, or a comment that something is omitted."""
    for line in lines:
        code, _, comment = line.partition("%" if framework == "matlab" else "#")
        if _OMITTED.search(comment):
            return True
        if framework != "matlab" and re.match(r"^\s*(?:\.{3}|…|⋯)\s*,?\s*$", code):
            return True
    return False


def _constants(lines: Sequence[str]) -> Literals:
    """The names that are set to one literal in the whole document."""
    values: dict[str, set[str]] = {}
    for line in lines:
        if len(line) < 120 and (match := _CONSTANT.match(line)):
            values.setdefault(match[1], set()).add(match[2])
    return {name: ast.literal_eval(texts.pop()) for name, texts in values.items() if len(texts) == 1}


def _statement(lines: Sequence[str], at: int) -> tuple[str, int] | None:
    """The statement that begins on a line, up to where its brackets close, and the number of lines it takes."""
    depth = 0
    for taken, line in enumerate(lines[at : at + _MOST_LINES], 1):
        if taken > 1 and (_BEGINS.match(line[:200]) or _CLASS.match(line[:200])):
            return None  # its brackets never close
        code = line.partition("#")[0]
        depth += sum(code.count(sign) for sign in "([{") - sum(code.count(sign) for sign in ")]}")
        if depth <= 0:
            return textwrap.dedent("\n".join(lines[at : at + taken])).strip(), taken
    return None


def _parsed(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # no Python, or cut off: then nothing is known about it


# Values --------------------------------------------------------------------------------------------------------------


def _value(node: ast.expr | None, literals: Literals) -> Value:
    """The value of a literal, of a product or sum of literals, or of a name that is one; None otherwise."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Tuple | ast.List):
        parts = [_value(each, literals) for each in node.elts]
        return None if None in parts else tuple(parts)
    if isinstance(node, ast.Name):
        return literals.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Add | ast.FloorDiv):
        left, right = _value(node.left, literals), _value(node.right, literals)
        if isinstance(left, int) and isinstance(right, int) and 0 <= left < 10**7 and 0 <= right < 10**7:
            if isinstance(node.op, ast.Mult):
                return left * right
            return left + right if isinstance(node.op, ast.Add) else left // right if right else None
    return None


def _called(node: ast.expr) -> str:
    """The last part of the name that a call calls: `nn.Conv2d(...)` → Conv2d."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
        if isinstance(node.func, ast.Name):
            return node.func.id
    return ""


def _pair(value: Value) -> Pair | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if isinstance(value, tuple) and len(value) in (1, 2) and all(isinstance(each, int) for each in value):
        return int(value[0]), int(value[-1])
    return None


# PyTorch -------------------------------------------------------------------------------------------------------------


def _torch_call(node: ast.Call, name: str, first: int, literals: Literals) -> list[ListedLayer]:
    """The layers that a call makes; a single `other` where it is not understood."""
    line, called = first + node.lineno, _called(node)
    if called == "Sequential":
        inside = node.args
        if len(inside) == 1 and _called(inside[0]) == "OrderedDict" and isinstance(inside[0], ast.Call):
            pairs = inside[0].args[0] if inside[0].args else None
            elements = pairs.elts if isinstance(pairs, ast.List) else []
            inside = [each.elts[1] for each in elements if isinstance(each, ast.Tuple) and len(each.elts) == 2]
        layers = []
        for index, each in enumerate(inside):
            if not isinstance(each, ast.Call):
                return [ListedLayer("other", name, line, called)]
            layers += _torch_call(each, f"{name}.{index}", first, literals)
        return layers or [ListedLayer("other", name, line, called)]
    plain, options = [], {}
    for argument in node.args:
        value = _value(argument, literals)
        plain.append("?" if value is None else str(value))
    for keyword in node.keywords:
        value = _value(keyword.value, literals)
        options[keyword.arg or "?"] = str(value)
        if value is None and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None):
            options[keyword.arg or "?"] = "?"
    layer = torch_layer(called, plain, options, name, line)
    if layer.kind == "container" or called in ("Identity",):
        layer = replace(layer, kind="dropout" if called == "Identity" else "other")
    if kind_of(called) == "container":
        layer = replace(layer, kind="other")
    return [layer]


def _torch_class(lines: Sequence[str], at: int, literals: Literals) -> ListedNetwork | None:
    """A class of PyTorch: the layers of `__init__`, in the order in which `forward` uses them."""
    match = _CLASS.match(lines[at])
    if match is None:
        return None
    indent, last = len(match[1]), at + 1
    while last < min(len(lines), at + _MOST_LINES):
        line = lines[last]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        last += 1
    tree = _parsed(textwrap.dedent("\n".join(lines[at:last])))
    if tree is None or not isinstance(tree.body[0], ast.ClassDef):
        return None
    body = {each.name: each for each in tree.body[0].body if isinstance(each, ast.FunctionDef)}
    if "__init__" not in body:
        return None
    layers: dict[str, list[ListedLayer]] = {}
    is_known = True
    defaults = _defaults(body["__init__"], literals)
    for statement in body["__init__"].body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.Expr | ast.Pass):
            continue
        target = targets[0] if len(targets) == 1 else None
        if (
            isinstance(target, ast.Attribute)
            and isinstance(target.value, ast.Name)
            and isinstance(statement, ast.Assign)
        ):
            if isinstance(statement.value, ast.Call):
                layers[target.attr] = _torch_call(statement.value, target.attr, at, defaults)
            elif _value(statement.value, defaults) is None:
                is_known = False
        else:
            is_known = False
    listed = [layer for parts in layers.values() for layer in parts]
    order = _forward(body["forward"], layers, at) if "forward" in body and is_known else None
    order = _once(order, listed) if order else None
    is_known = is_known and all(layer.kind != "other" for layer in listed)
    return ListedNetwork(
        "program", "torch", match[2], "", at + 1, last, tuple(order or listed), is_chain=order is not None and is_known,
        is_complete=is_known,
    )  # fmt: skip


def _once(order: Sequence[ListedLayer], listed: Sequence[ListedLayer]) -> list[ListedLayer] | None:
    """The layers in order, each counted once; None if a layer with weights is not used."""
    seen: set[int] = set()
    once = []
    for layer in order:
        once.append(replace(layer, is_counted_elsewhere=id(layer) in seen))
        seen.add(id(layer))
    weighted = {id(layer) for layer in listed if layer.kind in ("conv", "linear", "norm")}
    return once if weighted <= seen else None


def _defaults(function: ast.FunctionDef, literals: Literals) -> Literals:
    """The literals of a function: its arguments are not known, not even where they have a default."""
    arguments = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
    return {name: value for name, value in literals.items() if name not in arguments}


_FUNCTIONS = {
    "relu": "ReLU",
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "dropout": "Dropout",
    "tanh": "Tanh",
}
_FUNCTIONS |= {"sigmoid": "Sigmoid", "softmax": "Softmax", "log_softmax": "LogSoftmax", "flatten": "Flatten"}
_FUNCTIONS |= {"leaky_relu": "LeakyReLU", "elu": "ELU", "gelu": "GELU", "view": "Flatten", "reshape": "Flatten"}
_FUNCTIONS |= {"adaptive_avg_pool2d": "AdaptiveAvgPool2d", "dropout2d": "Dropout"}


def _forward(
    function: ast.FunctionDef, layers: Mapping[str, list[ListedLayer]], first: int
) -> list[ListedLayer] | None:
    """The layers in the order of use; None where `forward` is no straight way."""
    if len(function.args.args) != 2:
        return None
    name = function.args.args[1].arg
    order: list[ListedLayer] = []
    for statement in function.body:
        if isinstance(statement, ast.Return) and statement.value is not None:
            value: ast.expr = statement.value
        elif (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
        ):
            value = statement.value
        elif isinstance(statement, ast.Expr) and not _uses(statement, name):
            continue
        else:
            return None
        steps = _steps(value, name, layers, first)
        if steps is None:
            return None
        order += steps
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
    return order


def _uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _steps(node: ast.expr, name: str, layers: Mapping[str, list[ListedLayer]], first: int) -> list[ListedLayer] | None:
    """What an expression does to the variable, the innermost first."""
    if isinstance(node, ast.Name):
        return [] if node.id == name else None
    if not isinstance(node, ast.Call):
        return None
    function, called, line = node.func, _called(node), first + node.lineno
    of_self = (
        isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "self"
    )
    if of_self and called in layers and len(node.args) == 1:
        inner = _steps(node.args[0], name, layers, first)
        return None if inner is None else [*inner, *layers[called]]
    if isinstance(function, ast.Attribute) and called in ("view", "reshape", "flatten", "squeeze") and not of_self:
        base = function.value
        if isinstance(base, ast.Name) and base.id in ("torch", "F"):
            inner, rest = (_steps(node.args[0], name, layers, first) if node.args else None), node.args[1:]
        else:
            inner, rest = _steps(base, name, layers, first), node.args
        if called in ("view", "reshape") and len(rest) != 2:
            return None
        return None if inner is None or called == "squeeze" else [*inner, ListedLayer("flatten", called, line)]
    if called in _FUNCTIONS and node.args:
        inner = _steps(node.args[0], name, layers, first)
        plain = [str(_value(each, {})) for each in node.args[1:]]
        options = {keyword.arg or "?": str(_value(keyword.value, {})) for keyword in node.keywords}
        kind = kind_of(_FUNCTIONS[called])
        layer = torch_layer(_FUNCTIONS[called], plain if kind in ("pool", "global_pool") else [], options, called, line)
        return None if inner is None or layer.kind == "other" else [*inner, layer]
    return None


# Sequential ----------------------------------------------------------------------------------------------------------


def _sequential(lines: Sequence[str], at: int, literals: Literals) -> ListedNetwork | None:
    """`nn.Sequential(...)` of PyTorch, or `Sequential([...])` of Keras."""
    match = _CALL.match(lines[at])
    statement = _statement(lines, at) if match else None
    if match is None or statement is None:
        return None
    code, taken = statement
    tree = _parsed(code.removeprefix("return "))
    call = next((node for node in ast.walk(tree) if _called(node) == "Sequential"), None) if tree else None  # type: ignore[arg-type]
    if not isinstance(call, ast.Call) or not call.args:
        return None
    name = (match["name"] or "").rpartition(".")[2]
    elements = call.args[0].elts if isinstance(call.args[0], ast.List) else None
    if elements is None:
        layers = _torch_call(call, name, at, literals)
        framework: Framework = "torch"
    else:
        framework = "keras"
        layers = [layer for each in elements for layer in _keras_call(each, at, literals)]
    return _network(framework, name, at, at + taken, layers)


def _network(
    framework: Framework, name: str, first: int, last: int, layers: Sequence[ListedLayer], image: Size | None = None
) -> ListedNetwork:
    is_known = all(layer.kind not in ("other", "container", "add") for layer in layers)
    image = image or next((layer.taken for layer in layers if layer.taken), None)
    return ListedNetwork(
        "program",
        framework,
        name,
        "",
        first + 1,
        last,
        tuple(layers),
        input=image,
        is_chain=is_known,
        is_complete=is_known,
    )


# Keras ---------------------------------------------------------------------------------------------------------------

_KERAS_NAMES = {"conv": ("filters", "kernel_size", "strides", "padding"), "pool": ("pool_size", "strides", "padding")}
_KERAS_NAMES |= {"linear": ("units", "activation"), "input": ("shape",)}


def _keras_call(node: ast.expr, first: int, literals: Literals) -> list[ListedLayer]:
    """The layer that a call of Keras makes."""
    called = _called(node)
    line = first + node.lineno
    if not isinstance(node, ast.Call) or not called:
        return [ListedLayer("other", "", line)]
    kind = kind_of(called)
    other = ListedLayer("other", called, line, called)
    given = dict(zip(_KERAS_NAMES.get(kind, ()), (_value(each, literals) for each in node.args), strict=False))
    given |= {keyword.arg or "?": _value(keyword.value, literals) for keyword in node.keywords}
    taken = given.get("input_shape", given.get("shape") if kind == "input" else None)
    image = _keras_size(taken)
    if isinstance(given.get("input_dim"), int):
        image = (int(str(given["input_dim"])),)
    if "1D" in called or "3D" in called or kind in ("other", "container", "depthwise", "separable", "transposed"):
        return [other]
    if kind == "input":
        return [ListedLayer("input", called, line, called, size=image, taken=image)] if image else [other]
    padding = str(given.get("padding", "valid")).lower()
    if padding not in ("same", "valid"):
        return [other]
    if kind == "conv":
        kernel, stride, out = _pair(given.get("kernel_size")), _pair(given.get("strides", 1)), given.get("filters")
        dilation, groups = _pair(given.get("dilation_rate", 1)), given.get("groups", 1)
        if (
            kernel is None
            or stride is None
            or not isinstance(out, int)
            or dilation is None
            or not isinstance(groups, int)
        ):
            return [other]
        return [
            ListedLayer(
                kind, called, line, called, None, out, kernel, stride, "same" if padding == "same" else "valid",
                dilation, groups, given.get("use_bias", True) is not False, taken=image,
            )
        ]  # fmt: skip
    if kind == "pool":
        kernel = _pair(given.get("pool_size", 2))
        stride = _pair(given["strides"]) if given.get("strides") is not None else kernel
        if kernel is None or stride is None or given.get("pool_size", 2) is None:
            return [other]
        rule = "same" if padding == "same" else "valid"
        return [ListedLayer(kind, called, line, called, kernel=kernel, stride=stride, padding=rule, taken=image)]  # type: ignore[arg-type]
    if kind == "linear":
        out = given.get("units")
        if not isinstance(out, int):
            return [other]
        return [
            ListedLayer(
                kind, called, line, called, None, out, bias=given.get("use_bias", True) is not False, taken=image
            )
        ]
    return [ListedLayer(kind, called, line, called, taken=image)]


def _keras_size(value: Value) -> Size | None:
    """`(28, 28, 1)` → (1, 28, 28)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if not isinstance(value, tuple) or not value or not all(isinstance(each, int) for each in value):
        return None
    return tuple(value) if len(value) == 1 else (value[-1], *value[:-1])


def _keras_adds(lines: Sequence[str], at: int, literals: Literals) -> ListedNetwork | None:
    """`model.add(...)`, line by line; other lines may stand between them."""
    match = _ADDED.match(lines[at])
    if match is None:
        return None
    layers: list[ListedLayer] = []
    here, last, between = at, at, 0
    while here < len(lines) and between < 8 and last - at < _MOST_LINES:
        again = _ADDED.match(lines[here][:200])
        if again is None or again["name"] != match["name"]:
            if lines[here].strip() and not lines[here].lstrip().startswith("#"):
                if re.match(r"^\s*(?:for|if|while|else)\b", lines[here]):
                    return None
                between += 1
            if re.search(r"Sequential\s*\(|\.summary\s*\(|\.compile\s*\(", lines[here][:200]):
                break
            here += 1
            continue
        statement = _statement(lines, here)
        tree = _parsed(statement[0]) if statement else None
        call = tree.body[0].value if tree and tree.body and isinstance(tree.body[0], ast.Expr) else None
        if statement is None or not isinstance(call, ast.Call) or len(call.args) != 1:
            return None
        layers += _keras_call(call.args[0], here, literals)
        here += statement[1]
        last, between = here, 0
    return _network("keras", match["name"], at, last, layers) if layers else None


def _keras_calls(lines: Sequence[str], at: int, literals: Literals) -> ListedNetwork | None:
    """The functional way: `x = Conv2D(32, 3)(inputs)`; only where each line takes what the line above it made."""
    match = _APPLIED.match(lines[at])
    if match is None or match["type"] != "Input":
        return None
    layers: list[ListedLayer] = []
    name, here, last = "", at, at
    while here < min(len(lines), at + _MOST_LINES):
        if not lines[here].strip() or lines[here].lstrip().startswith("#"):
            here += 1
            continue
        statement = _statement(lines, here) if _APPLIED.match(lines[here][:200]) else None
        tree = _parsed(statement[0]) if statement else None
        assign = tree.body[0] if tree and len(tree.body) == 1 else None
        if statement is None or not isinstance(assign, ast.Assign) or not isinstance(assign.targets[0], ast.Name):
            break
        made = _applied(assign.value, name, here, literals)
        if made is None:
            break
        layers += made
        name, here = assign.targets[0].id, here + statement[1]
        last = here
    return _network("keras", "", at, last, layers) if len(layers) > 2 else None


def _applied(node: ast.expr, name: str, first: int, literals: Literals) -> list[ListedLayer] | None:
    if _called(node) == "Input" and not name:
        return _keras_call(node, first, literals)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Call) or len(node.args) != 1:
        return None
    if not isinstance(node.args[0], ast.Name) or node.args[0].id != name:
        return None
    return _keras_call(node.func, first, literals)


# MATLAB --------------------------------------------------------------------------------------------------------------

_MATLAB_LAYER = re.compile(r"(\w{1,40}Layer)\b\s*(\(?)")
_MATLAB_NUMBERS = re.compile(r"^\s*(?:\[\s*(\d{1,5}(?:[\s,]+\d{1,5}){0,3})\s*\]|(\d{1,6}))\s*$")


def _matlab(lines: Sequence[str], at: int) -> ListedNetwork | None:
    """An array of layers that begins with `imageInputLayer`."""
    if not _MATLAB.match(lines[at]) or lines[at].lstrip().startswith("%"):
        return None
    layers: list[ListedLayer] = []
    last = at
    for here in range(at, min(len(lines), at + _MOST_LINES)):
        code = lines[here].partition("%")[0].replace("...", " ")
        found = list(_MATLAB_LAYER.finditer(code[:300]))
        for match in found:
            inside = _inside(code, match.end()) if match[2] else ""
            layers.append(_matlab_layer(match[1], inside, here + 1))
        if found:
            last = here
        if "]" in re.sub(r"\([^()]*\)", "", code) or (code.strip() and not found and here > at and here - last > 3):
            break
    return _network("matlab", "", at, last + 1, layers, layers[0].size if layers else None)


def _inside(code: str, at: int) -> str:
    depth = 1
    for position in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[position], 0)
        if depth == 0:
            return code[at:position]
    return "?"


def _matlab_layer(called: str, inside: str, line: int) -> ListedLayer:
    parts = [part.strip() for part in re.split(r",(?![^\[]*\])", inside)] if inside.strip() else []
    position = next((index for index, part in enumerate(parts) if part.startswith(("'", '"'))), len(parts))
    numbers = [_matlab_numbers(part) for part in parts[:position]]
    named = [part.strip("'\" ") for part in parts[position:]]
    options = {key.lower(): value for key, value in zip(named[::2], parts[position + 1 :: 2], strict=False)}
    kind = kind_of(called)
    other = ListedLayer("other", called, line, called)
    if (
        kind in ("other", "transposed")
        or "3d" in called.lower()
        or "1d" in called.lower()
        or called.startswith("grouped")
    ):
        return other
    if kind == "input":
        sides = numbers[0] if numbers else None
        return (
            ListedLayer(kind, called, line, called, size=(sides[2], *sides[:2])) if sides and len(sides) == 3 else other
        )
    if kind in ("conv", "pool"):
        kernel = _two(numbers[0]) if numbers else None
        stride = _two(_matlab_numbers(options.get("stride", "1")))
        said = options.get("padding", "0").strip("'\"")
        padding = "same" if said == "same" else _two(_matlab_numbers(said))
        out = numbers[1][0] if kind == "conv" and len(numbers) > 1 and numbers[1] else None
        dilation = _two(_matlab_numbers(options.get("dilationfactor", "1")))
        if kernel is None or stride is None or padding is None or dilation is None or (kind == "conv" and out is None):
            return other
        return ListedLayer(kind, called, line, called, None, out, kernel, stride, padding, dilation)  # type: ignore[arg-type]
    if kind == "linear":
        return ListedLayer(kind, called, line, called, None, numbers[0][0]) if numbers and numbers[0] else other
    return ListedLayer(kind, called, line, called)


def _matlab_numbers(text: str) -> tuple[int, ...] | None:
    match = _MATLAB_NUMBERS.match(text)
    return tuple(int(part) for part in re.split(r"[\s,]+", match[1] or match[2])) if match else None


def _two(numbers: tuple[int, ...] | None) -> Pair | None:
    return (numbers[0], numbers[-1]) if numbers and len(numbers) in (1, 2) else None


# Caffe ---------------------------------------------------------------------------------------------------------------

_FIELD = re.compile(r"(\w{1,40})\s*:\s*(\"[^\"]{0,80}\"|[\w.+-]{1,40})")


def _prototxt(lines: Sequence[str], at: int) -> ListedNetwork | None:
    """Blocks `layer { ... }` one below the other, each taking what the one above it made."""
    layers: list[ListedLayer] = []
    here, top, is_chain = at, None, True
    while here < len(lines) and len(layers) < _MOST_LINES and _PROTOTXT.match(lines[here]):
        depth, end = 0, here
        while end < min(len(lines), here + 60):
            code = lines[end].partition("#")[0]
            depth += code.count("{") - code.count("}")
            end += 1
            if depth <= 0:
                break
        fields = _FIELD.findall("\n".join(line.partition("#")[0] for line in lines[here:end]))
        said = {key: value.strip('"') for key, value in fields}
        layer = _caffe_layer(said, here + 1)
        if layer.kind not in ("input", "other") or top is not None:
            is_chain = is_chain and (top is None or said.get("bottom") == top or layer.type_name in _CAFFE_ENDS)
        if layer.type_name not in _CAFFE_ENDS:
            layers.append(layer)
            top = said.get("top", top)
        here = end
        while here < len(lines) and not lines[here].strip():
            here += 1
    if len(layers) < 2:
        return None
    is_known = all(layer.kind not in ("other", "add") for layer in layers)
    return ListedNetwork(
        "program", "caffe", "", "", at + 1, here, tuple(layers), is_chain=is_chain and is_known, is_complete=is_known
    )  # fmt: skip


_CAFFE_ENDS = ("Accuracy", "SoftmaxWithLoss", "Data")


def _caffe_layer(said: Mapping[str, str], line: int) -> ListedLayer:
    type_name, name = said.get("type", ""), said.get("name", "")
    kind = kind_of(type_name.replace("_", ""))

    def number(key: str, default: int | None = None) -> int | None:
        text = said.get(key)
        return int(text) if text is not None and text.isdecimal() and len(text) < 8 else default

    out, kernel = number("num_output"), number("kernel_size")
    other = ListedLayer("other", name, line, type_name)
    bias = said.get("bias_term", "true") == "true"
    if kind == "linear":
        return ListedLayer(kind, name, line, type_name, out=out, bias=bias) if out else other
    if kind in ("conv", "pool"):
        if not kernel or (kind == "conv" and not out):
            return other
        stride, pad = number("stride", 1) or 1, number("pad", 0) or 0
        return ListedLayer(
            kind, name, line, type_name, None, out if kind == "conv" else None, (kernel, kernel), (stride, stride),
            (pad, pad), groups=number("group", 1) or 1, bias=bias, is_ceil=kind == "pool",
        )  # fmt: skip
    return ListedLayer(kind, name, line, type_name)
