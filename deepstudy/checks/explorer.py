"""Looks into what is not executed: which networks a file builds, with which arguments, and what it gives to them.

A function that trains is not called. Its statements are gone through one by one, with the arguments of its call, and
only the harmless ones are executed; likewise the body of a loop, once, with the first element. Nothing here trains.
"""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from deepstudy.checks.allow_list import Scope, is_module, is_module_class, is_wrapper, parameter_names
from deepstudy.checks.executed_file import BuildCall, ExecutedFile, GivenInput, Replaced, Variable
from deepstudy.checks.executor import FAILURES, Executor, Function
from deepstudy.checks.guards import guard
from deepstudy.checks.syntax import DEFINITIONS, bound_names, walk_scope
from deepstudy.checks.units import Unit, first_line

_DEEPEST, _MOST_VISITS = 6, 3  # functions within functions, and visits of one function
_SUMMARIES = ("summary", "print_summary", "get_model_complexity_info")  # functions that take a network and a shape
_TRANSFORMS = ("torchvision.transforms", "deepstudy.checks.stand_in_transforms")
_SELF = "self"
_NOTHING = object()


class _Instance:
    """An instance of a class of the file that is no module, such as a `Trainer`: its attributes, as far as known."""

    def __init__(self, cls: type) -> None:
        self.cls = cls


class Explorer(Executor):
    """Executes the harmless statements of a file, and looks into the others."""

    def __init__(self, file: ExecutedFile) -> None:
        """Begin with an empty module.

        Arguments:
            file: where the findings go.
        """
        super().__init__(file)
        self.path: tuple[str, ...] = ()  # the functions that are being looked into
        self.visits: dict[int, int] = {}
        self.result: Any = _NOTHING  # what the current function returns
        self._module_origins = self.scope.origins
        self.hidden = 0  # how many skipped statements surround the current one

    def execute_units(self, units: Iterable[Unit], whole: bool) -> None:
        """Execute a file or notebook, then look into its functions that nothing called.

        Arguments:
            units: the file or the cells.
            whole: whether to execute everything.

        Raises:
            InputError: `whole` is set, and the execution fails.
        """
        super().execute_units(units, whole)
        if whole:
            modules = [(name, value) for name, value in self.names.items() if is_module(value)]
            self.file.variables += [Variable(name, value, "", None) for name, value in modules]
            return
        for function in [*self.functions.values()]:
            if not self.visits.get(id(function.value)) and not self.allow.runs(function.value):
                self._look_into_function(function, None, {})
        for value in [*self.names.values()]:
            if isinstance(value, type) and value.__module__ == self.file.module.__name__ and not is_module_class(value):
                self._look_into_class(value)

    def run(self, node: ast.stmt, strict: bool = False) -> None:
        """Execute a statement, or skip it and look into it; what it builds is recorded.

        Arguments:
            node: the statement.
            strict: whether it stands in a `try`, so that its exceptions go to the handlers.
        """
        if isinstance(node, ast.Return):
            self._run_return(node)
            return
        is_compound = hasattr(node, "body")
        if not is_compound:
            self._note_calls(node)
        super().run(node, strict)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            self._note_targets(node)

    def _run_return(self, node: ast.Return) -> None:
        """Keep what a function returns; the first that is known counts."""
        self._note_calls(node)
        if self.result is _NOTHING and node.value is not None:
            self.result = self._evaluate(node.value)
        if self.result is _NOTHING:
            self._look_into(node)

    def _execute(self, node: ast.stmt) -> None:
        """Execute a harmless statement, and record what it binds.

        Arguments:
            node: the statement.
        """
        if isinstance(node, ast.ClassDef) and is_module_class(old := self.names.get(node.name)):
            before = self.file.definitions.get(node.name)
            if before is not None and ast.dump(before) != ast.dump(node):
                self.file.replaced.append(Replaced(node.name, old, before, self.file.places.get(id(before), "")))
        super()._execute(node)
        if isinstance(node, ast.ClassDef):
            self.file.places[id(node)] = self._place(node)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript):
            self._note_change(node.targets[0])

    def _skip(self, node: ast.stmt, why: str = "") -> None:
        """Record that a statement was not executed, and look into it.

        Arguments:
            node: the statement.
            why: the error; empty if it was skipped on purpose.
        """
        if not self.hidden:
            super()._skip(node, why)
        self.hidden += 1
        try:
            self._look_into(node)
        finally:
            self.hidden -= 1

    def _look_into(self, node: ast.stmt) -> None:
        """Go through a statement that is not executed as a whole.

        Arguments:
            node: the statement.
        """
        match node:
            case ast.For() | ast.AsyncFor():
                self._bind_first(node.target, self._evaluate(node.iter))
                self._run_all(node.body)
            case ast.While():
                self._run_all(node.body)
            case ast.With() | ast.AsyncWith():
                self._run_all(node.body)
            case ast.If():
                self._run_all([*node.body, *node.orelse])
            case ast.Try():
                self._run_all(node.body)
            case ast.Expr() | ast.Assign() | ast.AnnAssign() | ast.Return():
                self._look_into_calls(node)

    def _run_all(self, nodes: Iterable[ast.stmt]) -> None:
        """Go through statements."""
        for node in nodes:
            self.run(node)

    def _look_into_calls(self, node: ast.Expr | ast.Assign | ast.AnnAssign | ast.Return) -> None:
        """Look into the functions of the file that a statement calls; bind what it assigns, if that becomes known."""
        for call in self._calls_in(node):
            result = self._look_into_call(call)
            if result is _NOTHING or call is not node.value:
                continue
            if isinstance(node, ast.Return):
                self.result = result
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    self._bind(target, result)

    def _calls_in(self, node: ast.AST) -> Iterator[ast.Call]:
        """The calls of a statement, the inner ones first."""
        yield from reversed([each for each in walk_scope(node) if isinstance(each, ast.Call)])

    def _look_into_call(self, call: ast.Call) -> Any:
        """Look into the function that a call calls; what it returns, if that is known."""
        value = self._value(call.func)
        if isinstance(value, type) and value.__module__ == self.file.module.__name__ and not is_module_class(value):
            instance = _Instance(value)
            self._look_into_method(instance, "__init__", call)
            return instance
        if isinstance(call.func, ast.Attribute):
            owner = self._value(call.func.value)
            if isinstance(owner, _Instance):
                return self._look_into_method(owner, call.func.attr, call)
        function = self.functions.get(id(value))
        if function is None or self.allow.runs(value):
            return _NOTHING
        return self._look_into_function(function, call, {})

    def _look_into_method(self, instance: _Instance, name: str, call: ast.Call | None) -> Any:
        """Go through a method."""
        method = vars(instance.cls).get(name)
        node = next((each for each in self._body_of(instance.cls) if getattr(each, "name", "") == name), None)
        if method is None or not isinstance(node, ast.FunctionDef):
            return _NOTHING
        return self._look_into_function(Function(method, node, self.unit), call, {_SELF: instance})

    def _body_of(self, cls: type) -> list[ast.stmt]:
        """The statements of a class of the file."""
        node = self.file.definitions.get(cls.__name__)
        return node.body if isinstance(node, ast.ClassDef) else []

    def _look_into_class(self, cls: type) -> None:
        """Go through all methods of a class that is no module."""
        instance = _Instance(cls)
        for node in self._body_of(cls):
            if isinstance(node, ast.FunctionDef) and not self.visits.get(id(vars(cls).get(node.name))):
                self._look_into_method(instance, node.name, None)

    def _look_into_function(self, function: Function, call: ast.Call | None, known: dict[str, Any]) -> Any:
        """Go through a function with the arguments of a call, as far as they are known.

        Arguments:
            function: the function.
            call: its call; None without a call.
            known: further names that are known inside.

        Returns:
            What it returns; `_NOTHING` if this is not known.
        """
        seen = self.visits.get(id(function.value), 0)
        if len(self.path) >= _DEEPEST or seen >= _MOST_VISITS or function.node.name in self.path:
            return _NOTHING
        self.visits[id(function.value)] = seen + 1
        parameters = self._parameters(function, call, known)
        own = {*bound_names(*function.node.body), *parameter_names(function.node.args)}
        module = vars(self.file.module)
        names = {name: value for name, value in module.items() if name not in own} | parameters
        with self._inside(function, names):
            self._run_all(function.node.body)
            return self.result

    @contextmanager
    def _inside(self, function: Function, names: dict[str, Any]) -> Iterator[None]:
        """Be inside a function for a while."""
        before = self.scope, self.path, self.unit, self.result
        self.scope = Scope(names, {name: where for name, where in self.module_origins.items() if name in names})
        self.path, self.unit, self.result = (*self.path, function.node.name), function.unit, _NOTHING
        self.hidden += 1
        try:
            yield
        finally:
            self.hidden -= 1
            self.scope, self.path, self.unit, self.result = before

    @property
    def module_origins(self) -> dict[str, str]:
        """Where the imported names of the module come from."""
        if self.names is vars(self.file.module):
            self._module_origins = self.scope.origins
        return self._module_origins

    def _parameters(self, function: Function, call: ast.Call | None, known: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a function that are known: from its call, otherwise from its defaults."""
        arguments = function.node.args
        values = dict(known)
        named = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        defaults = getattr(function.value, "__defaults__", None) or ()
        values |= dict(zip(named[len(named) - len(defaults) :], defaults, strict=False))
        values |= getattr(function.value, "__kwdefaults__", None) or {}
        if call is not None:
            free = [name for name in named if name not in known]
            given = [*zip(free, call.args, strict=False), *((each.arg, each.value) for each in call.keywords)]
            for name, node in given:
                if name and (value := self._evaluate(node)) is not _NOTHING:
                    values[name] = value
        return values

    def _value(self, node: ast.expr) -> Any:
        """What a name or an attribute means, also of instances of the file's classes."""
        if isinstance(node, ast.Attribute):
            owner = self._value(node.value)
            if isinstance(owner, _Instance):
                return vars(owner).get(node.attr)
        return self.scope.value(node)

    def _evaluate(self, node: ast.expr) -> Any:
        """The value of a harmless expression; `_NOTHING` if it has none or is not harmless."""
        if not self.allow.is_harmless(node):
            if isinstance(node, ast.Call):
                return self._look_into_call(node)
            return _NOTHING
        try:
            with guard():
                return eval(self._code(ast.Expression(node)), self.names)
        except FAILURES:  # a name that is not known, or a mistake of the file
            return _NOTHING

    def _bind(self, target: ast.expr, value: Any) -> None:
        """Assign a value to a target."""
        self.names["__value"] = value
        try:
            exec(self._code(ast.Module([_assignment(target)], [])), self.names)
        except FAILURES:  # it does not fit, for example because only a part of it is known
            return
        finally:
            self.names.pop("__value", None)

    def _bind_first(self, target: ast.expr, values: Any) -> None:
        """Assign the first element of something to the target of a loop."""
        if values is not _NOTHING:
            try:
                with guard():
                    first = next(iter(values))
            except (*FAILURES, StopIteration):  # empty, or it cannot be made
                return
            self._bind(target, first)

    def _note_targets(self, node: ast.Assign | ast.AnnAssign) -> None:
        """Record the modules that a statement gave a name to."""
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            value = self._value(target) if isinstance(target, ast.Name | ast.Attribute) else None
            owner = self._value(target.value) if isinstance(target, ast.Attribute) else None
            if is_module(value) and not is_module(owner):
                name, where = ".".join((*self.path, ast.unparse(target))), self._place(node)
                others = [each for each in self.file.variables if (each.name, each.where) != (name, where)]
                made_by = self._maker_of(node.value)
                self.file.variables = [*others, Variable(name, value, where, made_by)]
            elif type(value).__module__.startswith(_TRANSFORMS):
                self.file.transforms.append((value, self._place(node)))

    def _maker_of(self, node: ast.expr | None) -> Any:
        """The class or function of the file whose call gives the value of an expression."""
        while isinstance(node, ast.Call | ast.Attribute):
            if isinstance(node, ast.Call):
                value = self._value(node.func)
                if id(value) in self.functions or getattr(value, "__module__", "") == self.file.module.__name__:
                    return value
            node = node.func if isinstance(node, ast.Call) else node.value
        value = self._value(node) if node is not None else None
        return next((each.made_by for each in self.file.variables if each.module is value), None)

    def _note_change(self, target: ast.expr) -> None:
        """Record that a module was changed: `model.fc = ...`."""
        while isinstance(target, ast.Attribute | ast.Subscript):
            target = target.value
            if is_module(value := self._value(target)):
                self.file.changed.add(id(value))

    def _note_calls(self, node: ast.AST) -> None:
        """Record the modules that a statement builds, and what it gives to modules."""
        if isinstance(node, DEFINITIONS):
            return
        for call in self._calls_in(node):
            callee = self._value(call.func)
            if is_module(callee):
                if call.args:
                    self._note_input(callee, self._evaluate(call.args[0]), call)
            elif isinstance(call.func, ast.Attribute) and call.func.attr == "forward" and call.args:
                if is_module(owner := self._value(call.func.value)):
                    self._note_input(owner, self._evaluate(call.args[0]), call)
            elif is_module_class(callee) or self.allow.runs(callee):
                self._note_build(callee, call)
            elif isinstance(call.func, ast.Attribute) and call.func.attr in ("parameters", "named_parameters"):
                self.file.trained.add(id(self._value(call.func.value)))
            elif (
                isinstance(call.func, ast.Name | ast.Attribute) and ast.unparse(call.func).split(".")[-1] in _SUMMARIES
            ):
                self._note_summary(call)

    def _note_build(self, callee: Any, call: ast.Call) -> None:
        """Record a call that builds something, with its arguments as far as they are known."""
        arguments: list[Any] = []
        options: dict[str, Any] = {}
        unknown: dict[int | str, str] = {}
        for node in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(node, ast.Call) and not is_wrapper(callee) and (part := self._value(node.func)) is not None:
                self.file.parts.add(id(part))
        for node in call.args:
            value = self._evaluate(node.value if isinstance(node, ast.Starred) else node)
            if value is _NOTHING:
                unknown[len(arguments)] = ast.unparse(node)
                arguments.append(None)
            else:
                arguments += [*value] if isinstance(node, ast.Starred) else [value]
        for keyword in call.keywords:
            value = self._evaluate(keyword.value)
            if value is _NOTHING:
                unknown[keyword.arg or "**"] = ast.unparse(keyword.value)
            else:
                options |= {keyword.arg: value} if keyword.arg else dict(value)
        text = first_line(ast.unparse(call))
        self.file.calls.append(BuildCall(callee, tuple(arguments), options, unknown, self._place(call), text))

    def _note_input(self, network: Any, value: Any, call: ast.Call) -> None:
        """Record what is given to a module."""
        shape = getattr(value, "shape", None)
        is_real = getattr(getattr(value, "dtype", None), "is_floating_point", False)
        if shape is not None and is_real and len(shape) > 1 and all(size > 0 for size in shape):
            self.file.inputs.append(GivenInput(network, tuple(shape[1:]), int(shape[0]), self._place(call)))

    def _note_summary(self, call: ast.Call) -> None:
        """Record the shape in `summary(net, (3, 32, 32))`."""
        network = self._evaluate(call.args[0]) if call.args else _NOTHING
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        node = options.get("input_size", call.args[1] if len(call.args) > 1 else None)
        shape = self._evaluate(node) if node is not None else _NOTHING
        if is_module(network) and isinstance(shape, tuple | list) and all(isinstance(size, int) for size in shape):
            sizes = tuple(shape[1:]) if len(shape) in (2, 4) and len(shape) != 3 else tuple(shape)
            self.file.inputs.append(GivenInput(network, sizes, 0, self._place(call)))


def _assignment(target: ast.expr) -> ast.stmt:
    node = ast.Assign([target], ast.Name("__value", ast.Load()))
    return ast.fix_missing_locations(ast.copy_location(node, target))
