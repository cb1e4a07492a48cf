"""Which choices the score of a round makes: a comparison with the best so far, or the largest of several scores.

A score is a plain number, which carries no tag. So it is followed in the program's text: from the running calls of a
round's first pass, through what is assigned, appended, passed on and returned. What is not followed is not accused.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deepstudy.watching.observer.places import Call, Places, is_inside
from deepstudy.watching.recording import ChoiceByScore

_ADDING = frozenset({"append", "extend", "add", "update", "setdefault", "insert", "put"})
_NO_SCORES = frozenset("len print type isinstance range id str repr format zip_longest time perf_counter".split())
_LARGEST = frozenset({"max", "min", "sorted"})
_PLACES_OF = frozenset({"argmax", "argmin", "nanargmax", "nanargmin"})
_DEEPEST = 3  # own functions that a score is passed on to
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class _ScoreNames:
    """What holds the score in one scope.

    Attributes:
        source: the call that computes it.
        names: variables, attributes and items with a fixed key, as texts.
    """

    source: Call | None
    names: set[str] = field(default_factory=set)

    def is_in(self, node: ast.AST | None) -> bool:
        """Say whether an expression depends on the score.

        Arguments:
            node: the expression.
        """
        if node is None or isinstance(node, ast.Lambda):
            return False
        if isinstance(node, ast.Call):
            if self.source is not None and self.source.is_at(node):
                return True
            if _name(node.func) in _NO_SCORES:
                return False
        if (path := _path(node)) and any(_begins(path, name) for name in self.names):
            return True
        return any(self.is_in(child) for child in ast.iter_child_nodes(node))

    def assign(self, target: ast.expr, value: ast.expr | None, is_sure: bool) -> None:
        """Follow an assignment.

        Arguments:
            target: what is assigned to.
            value: the value; None if it is known to hold the score.
            is_sure: whether it happens whenever the lines before it do.
        """
        if isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else ()
            if len(parts) == len(target.elts):
                for one, part in zip(target.elts, parts, strict=True):
                    self.assign(one, part, is_sure)
                return
            for one in target.elts:
                self.assign(one, value, is_sure)
            return
        text = _path(target.value if isinstance(target, ast.Starred) else target)
        if not text:
            return
        if value is None or self.is_in(value):
            self.names.add(text)
        elif is_sure and not isinstance(target, ast.Subscript):
            self.names = {name for name in self.names if not _begins(name, text)}


class Choices:
    """Finds choices.

    Arguments:
        places: knows the program's text.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self._found: dict[tuple[Call, ...], list[ChoiceByScore]] = {}

    def of(self, calls: tuple[Call, ...]) -> list[ChoiceByScore]:
        """Find the choices that follow the score of a round.

        Arguments:
            calls: the running calls of its first pass, the innermost first.

        Returns:
            The choices, each once.
        """
        if calls not in self._found:
            found = list(dict.fromkeys(self._follow(calls)))
            self._found[calls] = found
        return self._found[calls]

    def _follow(self, calls: Sequence[Call]) -> Iterator[ChoiceByScore]:
        attributes: set[str] = set()  # of `self`, which outlive a method
        for level, call in enumerate(calls):
            tree = self.places.tree(call.file)
            scope = _scope(tree, call) if tree is not None else None
            if tree is None or scope is None:
                return
            walk = _ScopeWalk(self.places, call.file, tree, _ScoreNames(call, set(attributes)))
            yield from walk.follow(scope, call, is_batch=level == 0)
            if isinstance(scope, ast.Module):
                yield from self._later_cells(call.file, walk)
            if not walk.is_returned and not isinstance(scope, ast.Module):
                attributes = {name for name in walk.score.names if name.startswith("self.")}
                if not attributes:
                    return

    def _later_cells(self, file: str, walk: "_ScopeWalk") -> Iterator[ChoiceByScore]:
        """Follow names of a notebook's cell into the cells after it."""
        cells = list(self.places.labels)
        for later in cells[cells.index(file) + 1 :] if file in cells else ():
            tree = self.places.tree(later)
            if tree is not None:
                walk.file = later
                yield from walk.through(tree.body)


class _ScopeWalk:
    """One scope, statement by statement."""

    def __init__(self, places: Places, file: str, tree: ast.Module, score: _ScoreNames, depth: int = 0) -> None:
        self.places, self.file, self.tree, self.score, self.depth = places, file, tree, score, depth
        self.is_returned = False

    def follow(self, scope: ast.Module | Function, call: Call, is_batch: bool) -> Iterator[ChoiceByScore]:
        """Follow a score from the call that computes it.

        Arguments:
            scope: the function or file of the call.
            call: the call.
            is_batch: whether the call is one batch's forward pass, so that no score is there before its loop ends.

        Returns:
            The choices.
        """
        steps = list(_statements(scope.body))
        here = max((at for at, step in enumerate(steps) if is_inside(call.span, step.node)), default=None)
        if here is None:
            return
        loops = [step.node for step in steps[: here + 1] if _is_loop(step.node) and is_inside(call.span, step.node)]
        batches = loops[-1] if is_batch and loops else None
        outer = next((loop for loop in loops if loop is not batches), None)
        end = here
        while outer is not None and end + 1 < len(steps) and _within(steps[end + 1].node, outer):
            end += 1
        begin = next((at for at, step in enumerate(steps) if step.node is outer), here)
        order = steps[here:]
        if outer is not None:  # once more from the loop's begin: names live on in the next turn
            order = [*steps[here : end + 1], *steps[begin : end + 1], *steps[end + 1 :]]
        for step in order:
            is_early = batches is not None and (step.node is batches or _within(step.node, batches))
            yield from self._step(step, is_early)

    def within(self, function: Function, names: set[str]) -> Iterator[ChoiceByScore]:
        """Follow a score into a function that gets it.

        Arguments:
            function: the function.
            names: those of its parameters that hold the score.

        Returns:
            The choices.
        """
        self.score.names |= names
        yield from self.through(function.body)

    def through(self, body: Sequence[ast.stmt]) -> Iterator[ChoiceByScore]:
        """Follow a score through statements from their begin.

        Arguments:
            body: the statements of a scope.

        Returns:
            The choices.
        """
        for step in _statements(body):
            yield from self._step(step, False)

    def _step(self, step: "_ScopeStatement", is_early: bool) -> Iterator[ChoiceByScore]:
        node, score = step.node, self.score
        if not is_early:
            yield from self._choices(node)
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    score.assign(target, value, step.is_sure)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                score.assign(target, value, step.is_sure)
            case ast.AugAssign(target=target, value=value) if score.is_in(value):
                score.assign(target, None, False)
            case ast.For(target=target, iter=iterated):
                score.assign(target, iterated, False)
            case ast.Return(value=value) if score.is_in(value):
                self.is_returned = True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=holder, attr=name), args=args)):
                if name in _ADDING and any(map(score.is_in, args)):
                    score.assign(holder, None, False)

    def _choices(self, node: ast.stmt) -> Iterator[ChoiceByScore]:
        if isinstance(node, ast.If) and self._keeps_the_best(node):
            yield self._choice(node.test)
        for part in _own_expressions(node):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Call):
                    if self._takes_the_best(inner, node):
                        yield self._choice(inner)
                    yield from self._passed_on(inner)

    def _choice(self, node: ast.expr) -> ChoiceByScore:
        text = " ".join(ast.unparse(node).split())
        return ChoiceByScore(self.places.label(self.file, node.lineno), text[:120])

    def _keeps_the_best(self, node: ast.If) -> bool:
        """Whether `if acc > best:` sets the best, and does more than that."""
        stored = {_path(each) for part in (*node.body, *node.orelse) for each in _stored_in(part)}
        for compare in ast.walk(node.test):
            if not isinstance(compare, ast.Compare) or len(compare.ops) != 1:
                continue
            if not isinstance(compare.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
                continue
            sides = (compare.left, compare.comparators[0])
            for mine, best in (sides, sides[::-1]):
                name = _path(best)
                if not self.score.is_in(mine) or not name:
                    continue
                if name in stored and self._does_more(node, name):
                    return True
                if self.score.is_in(best) and any(isinstance(each, ast.Break) for each in ast.walk(node)):
                    return True
        return False

    def _does_more(self, node: ast.If, best: str) -> bool:
        """Whether a branch does more than to keep the best score and its epoch, so that something follows from it."""
        for part in (*node.body, *node.orelse):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Break | ast.Raise | ast.Return):
                    return True
                if isinstance(inner, ast.Call) and _name(inner.func) not in {"print", "round", "float", "max", "min"}:
                    return True
            for target in _stored_in(part):
                name = _path(target) or ""
                value = getattr(part, "value", None)
                if name != best and "epoch" not in name.lower() and not isinstance(value, ast.Constant):
                    return True
        return False

    def _takes_the_best(self, call: ast.Call, around: ast.stmt) -> bool:
        """Whether a call chooses one of several scores: `max(results, key=results.get)`, `np.argmax(scores)`."""
        name = _name(call.func)
        given = [*call.args, *(each.value for each in call.keywords)]
        if not call.args or not any(self.score.is_in(each) for each in given):
            return False
        if isinstance(call.func, ast.Attribute):
            if name == "index" and any(isinstance(each, ast.Call) and _name(each.func) in _LARGEST for each in given):
                return True
            return name in _PLACES_OF and _root(call.func) in ("np", "numpy") and len(given) == 1
        has_key = any(each.arg == "key" for each in call.keywords)
        if name == "sorted":
            return any(
                isinstance(each, ast.Subscript)
                and each.value is call
                and isinstance(each.slice, ast.Constant | ast.UnaryOp)
                for each in ast.walk(around)
            )
        return name in ("max", "min") and len(call.args) == 1 and has_key

    def _passed_on(self, call: ast.Call) -> Iterator[ChoiceByScore]:
        """Follow the score into one of the program's own functions: `stopper.step(test_loss)`."""
        if self.depth >= _DEEPEST or (self.score.source is not None and self.score.source.is_at(call)):
            return
        given = [(at, None) for at, each in enumerate(call.args) if self.score.is_in(each)]
        named = [(-1, each.arg) for each in call.keywords if self.score.is_in(each.value)]
        function = self._function(call) if given or named else None
        if function is None:
            return
        parameters = [each.arg for each in function.args.args]
        is_method = bool(parameters) and parameters[0] in ("self", "cls")
        names = {
            parameters[at + is_method] if name is None else name
            for at, name in (*given, *named)
            if name is not None or at + is_method < len(parameters)
        }
        inner = _ScopeWalk(self.places, self.file, self.tree, _ScoreNames(None), self.depth + 1)
        yield from inner.within(function, names)

    def _function(self, call: ast.Call) -> Function | None:
        """The program's own function that a call runs: by its name, or the `__call__` of a class."""
        wanted = _name(call.func)
        functions: dict[str, list[Function]] = {}
        made = ""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                is_it = any(_path(each) == _path(call.func) for each in node.targets)
                made = _name(node.value.func) if is_it else made
        if not made:
            found = functions.get(wanted, [])
            return found[0] if len(found) == 1 else None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and node.name == made:
                return next(
                    (each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__call__"), None
                )
        return None


@dataclass(frozen=True)
class _ScopeStatement:
    """A statement of a scope, and whether it runs whenever the ones before it do."""

    node: ast.stmt
    is_sure: bool


def _statements(body: Sequence[ast.stmt], is_sure: bool = True) -> Iterator[_ScopeStatement]:
    """The statements of a scope in order, those within loops and branches too, but not those of inner functions."""
    for node in body:
        yield _ScopeStatement(node, is_sure)
        if isinstance(node, _SCOPES):
            continue
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(node, name, [])
            yield from _statements(inner, is_sure and not isinstance(node, ast.If | ast.Try))
        for handler in getattr(node, "handlers", ()):
            yield from _statements(handler.body, False)


def _own_expressions(node: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, without those of the statements in it."""
    if isinstance(node, _SCOPES):
        return
    for _, value in ast.iter_fields(node):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.expr):
                yield each


def _stored_in(node: ast.AST) -> Iterator[ast.expr]:
    """What is assigned to in a statement."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute | ast.Subscript) and isinstance(inner.ctx, ast.Store):
            yield inner


def _scope(tree: ast.Module, call: Call) -> ast.Module | Function | None:
    """The innermost function around a call; the file if there is none."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(is_inside(call.span, part) for part in node.body)
    ]
    return max(around, key=lambda node: node.lineno, default=tree)


def _is_loop(node: ast.stmt) -> bool:
    return isinstance(node, ast.For | ast.AsyncFor | ast.While)


def _within(node: ast.stmt, outer: ast.stmt) -> bool:
    first, last = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    begin, end = (outer.lineno, outer.col_offset), (outer.end_lineno or 0, outer.end_col_offset or 0)
    return node is not outer and begin <= first and last <= end


def _path(node: ast.AST | None) -> str:
    """The text of a variable, of an attribute, or of an item; an item without a fixed key is its container."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        holder = _path(node.value)
        return f"{holder}.{node.attr}" if holder else ""
    if isinstance(node, ast.Subscript):
        holder = _path(node.value)
        fixed = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return f"{holder}[{node.slice.value!r}]" if holder and fixed else holder  # type: ignore[attr-defined]
    return ""


def _begins(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
