"""A student's file or notebook is read without running it: what is executed, what is skipped, and the messages."""

import inspect
import linecache
import pickle
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from deepstudy.checks.execution import ExecutedFile, execute_file
from deepstudy.checks.networks import find_networks
from deepstudy.checks.units import Skipped
from deepstudy.errors import InputError

Write = Callable[..., Path]
NO = "No module named 'nowhere_to_be_found'"


def skipped(file: ExecutedFile) -> dict[str, tuple[str, ...]]:
    return {said.text: said.names for said in file.skipped}


def refused(path: Path, whole: bool = False) -> str:
    with pytest.raises(InputError) as error:
        execute_file(path, whole)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message.removeprefix(str(path))


def raised(action: Callable[[], Any]) -> BaseException:
    with pytest.raises(Exception) as error:  # noqa: PT011
        action()
    return error.value


def test_definitions_and_constants_are_executed_and_the_rest_is_skipped(write: Write) -> None:
    path = write('''
        """A lab."""
        import torch
        from torch import nn

        WIDTH = 16

        @torch.no_grad()
        def helper(): return WIDTH

        class Net(nn.Module):
            def forward(self, x): return x

        model = wrap(Net()).to("cpu")
        for epoch in range(3):
            loss, (a, b) = train(model)
        with open("log") as log: text = log.read()
        print("done"); raise SystemExit
    ''')
    file = execute_file(path)
    assert file.module.WIDTH == 16
    assert file.module.helper() == 16
    assert isinstance(file.module.Net(), torch.nn.Module)
    assert file.missing == {}
    assert file.path == path
    assert file.skipped[0] == Skipped("model.py:13", 'model = wrap(Net()).to("cpu")', ("model",))
    assert skipped(file) == {
        'model = wrap(Net()).to("cpu")': ("model",),
        "for epoch in range(3):": ("epoch", "loss", "a", "b"),
        'with open("log") as log: text = log.read()': ("log", "text"),
        'print("done")': (),
        "raise SystemExit": (),
    }


@pytest.mark.parametrize(
    "constant",
    [
        "x = 3 * 4 ** 2 % 5 if 1 < 2 and not False else None",
        "x: dict[str, int] = {'a': [1, *range(3)][-1], **{}}",
        "x = f'{3:.2f}' + 'plane car'.split()[0].upper()",
        "x = [i * j for i in range(3) for j in (1, 2) if i != j]",
        "x = lambda batch: open(batch).read()",
        "x = sorted(zip([2, 1], 'ab'), key=lambda pair: pair[0])",
        "x = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "x = torch.backends.mps.is_available() or torch.backends.cudnn.enabled",
        "x = torch.tensor([0.5, 0.5]).to('cpu')",
        "x = nn.Sequential(nn.Conv2d(1, 2, 3), torch.nn.ReLU(), Linear(2, 3))",
        "x = F.relu",
        "x = math.sqrt(2) + root(2)",
        "x = np.array([0.5]) * np.sqrt(2.0)",
        "x = partial(nn.Conv2d, kernel_size=3)",
        "x = collections.OrderedDict(a=1)",
        "x = TypeVar('x')",
        "x = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')",
        "x = Path(__file__).resolve().parent / 'data'",
        "x = y = 1; x += 1; x, *y = 1, 2; del y",
        "x = {}; x['VGG11'] = [64, 'M']",
    ],
)
def test_constants(write: Write, constant: str) -> None:
    imports = """
        import collections, math, os, torch
        import numpy as np
        import torch.nn as nn, torch.nn.functional as F
        from functools import partial
        from math import sqrt as root
        from pathlib import Path
        from typing import TypeVar
        from torch.nn import *
    """
    file = execute_file(write(textwrap.dedent(imports) + constant))
    assert file.skipped == []
    assert file.missing == {}
    assert hasattr(file.module, "x")


@pytest.mark.parametrize(
    "statement",
    [
        "x = open('there')",
        "x = [open(name) for name in 'ab']",
        "x = f'{open(1)}'",
        "x = (lambda a=open('there'): a)",
        "x = range(3)",  # another one by then: it opens a file
        "x = requests.get('url')",
        "x = np.load('there')",
        "x = np.random.rand(3)",
        "x = torch.load('there')",
        "x = torch.manual_seed(0)",
        "x = Net().train()",
        "os.environ['DEEPSTUDY_TEST'] = '1'",
        "torch.backends.cudnn.benchmark = True",
        "x: open('there') = 1",
        "while True: pass",
        "assert False",
        "os.system('false')",
    ],
)
def test_what_is_no_constant_is_skipped(write: Write, statement: str) -> None:
    imports = """
        import os, torch
        import numpy as np
        import http.client as requests
        class Net: pass
        def range(n): open(n)
    """
    file = execute_file(write(textwrap.dedent(imports) + statement))
    assert [(said.text, said.why) for said in file.skipped] == [(statement, "")]
    assert not hasattr(file.module, "x")


def test_what_raises_is_skipped_with_the_reason(write: Write) -> None:
    file = execute_file(
        write("""
            def load(): return open('sizes')
            sizes = load()
            x = 1 / 0
            class Net:
                size = sizes[0]
            def f(y=x): ...
            y: int = 5
        """)
    )
    assert [(said.where, said.names, said.why) for said in file.skipped] == [
        ("model.py:2", ("sizes",), ""),
        ("model.py:3", ("x",), "ZeroDivisionError: division by zero (model.py:3)"),
        (
            "model.py:4",
            ("Net",),
            "NameError: name 'sizes' is not defined (model.py:2 was skipped: `sizes = load()`; --whole-file runs it)",
        ),
        (
            "model.py:6",
            ("f",),
            "NameError: name 'x' is not defined (model.py:3 was skipped: `x = 1 / 0`: "
            "ZeroDivisionError: division by zero (model.py:3))",
        ),
    ]
    assert file.module.y == 5


def test_a_missing_import_matters_only_where_it_is_used(write: Write) -> None:
    file = execute_file(
        write("""
            import nowhere_to_be_found.transforms as T, math
            import nowhere_to_be_found.models
            from nowhere_to_be_found import *
            from torch import nn, no_such_thing

            normal = T.Compose([T.ToTensor()])
            alias = T.x

            class Data(T.Dataset): pass
            class Other(T): pass
            @T
            def decorated(): ...
            def train(model, writer: T.Writer | T = None, data: Data = None): return math.pi

            class Net(nn.Module):
                def __init__(self, pre=False):
                    super().__init__()
                    if pre: T.resnet18()
                def forward(self, x: T.Float["b c"]): return x
        """)
    )
    assert file.missing["T"] == file.missing["nowhere_to_be_found"] == file.missing["*"] == NO
    assert file.missing["no_such_thing"].startswith("ImportError: cannot import name 'no_such_thing'")
    assert len(file.missing) == 4
    assert file.module.train(None) == pytest.approx(3.14159, abs=1e-5)
    assert [*find_networks(file)] == ["Net"]
    file.module.Net()
    hint = "install the package, or remove it from the network"
    assert file.explain(raised(lambda: file.module.Net(True))) == (
        f"ImportError: T could not be imported ({NO}); {hint}"
    )
    assert {said.names for said in file.skipped} == {("normal",), ("alias",), ("Data",), ("Other",), ("decorated",)}
    assert file.skipped[0].why == ""  # it would not have been executed anyway
    assert all("T could not be imported" in said.why for said in file.skipped[1:])
    for use in (lambda x: x(), lambda x: x.y, lambda x: x[0], lambda x: [*x], lambda x: isinstance(3, x)):
        assert isinstance(raised(lambda use=use: use(file.module.T)), ImportError)
    assert not hasattr(file.module.T, "__wrapped__")


def test_part_of_a_package_missing_leaves_the_package(write: Write) -> None:
    file = execute_file(write("import torch.nowhere\nx = torch.device('cpu')"))
    assert file.missing == {"torch.nowhere": "No module named 'torch.nowhere'"}
    assert file.module.x == torch.device("cpu")


@pytest.mark.parametrize("failure", ["raise RuntimeError('no\\n display')", "import sys; sys.exit('usage')", "1 +"])
def test_an_import_may_fail_in_any_way(write: Write, failure: str) -> None:
    write(failure, name="sibling_broken.py")
    file = execute_file(write("import sibling_broken\nx = 1"))
    assert file.missing.keys() == {"sibling_broken"}
    assert "\n" not in file.missing["sibling_broken"]
    assert file.module.x == 1


def test_a_name_bound_again_is_missing_no_more(write: Write) -> None:
    file = execute_file(write("import nowhere_to_be_found as x\nx = None"))
    assert file.missing == {}
    assert file.module.x is None


def test_files_beside_it(write: Write, tmp_path: Path) -> None:
    write("from sibling_late import LATE\nSIZE = len([1])", name="sibling_helper.py")
    write("LATE = 3", name="sibling_late.py")
    write("later = 4", name="sibling_later.py")
    file = execute_file(
        write("from sibling_helper import *\ndef f():\n    from sibling_later import later\n    return later")
    )
    assert (file.module.SIZE, file.module.LATE, file.module.f()) == (1, 3, 4)
    assert sys.path[0] == str(tmp_path)


def test_a_folder_added_to_the_path(write: Write, tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    write("WHERE = 'parts'", name="parts/sibling_part.py")
    file = execute_file(
        write("import os, sys\nsys.path.append(os.path.join(os.path.dirname(__file__), 'parts'))\nimport sibling_part")
    )
    assert file.missing == {}
    assert file.module.sibling_part.WHERE == "parts"


def test_if_and_try(write: Write) -> None:
    file = execute_file(
        write("""
            import torch
            try:
                import nowhere_to_be_found as a
            except ImportError:
                a = None
            try:
                import math as b
            except ImportError:
                print("b is missing")
            else:
                b2 = b.pi
            finally:
                b3 = 1
            try:
                import nowhere_to_be_found as c
            except (ImportError, OSError):
                print("install c")
            try:
                d = 1 / 0
            except ImportError:
                d = 2
            try:
                try: import nowhere_to_be_found as e
                except ValueError: e = 1
            except Exception: e = 2
            if torch.device("cpu").type == "cpu":
                f = 1
                download()
            elif unknown: g = 1
            else: g = 2
            if load(): h = 1
            if unknown: i = 1
            try: in_notebook = display
            except NameError: in_notebook = False
        """)
    )
    module = file.module
    assert (module.a, module.b3, module.e, module.f, module.in_notebook) == (None, 1, 2, 1, False)
    assert module.b2 == module.b.pi
    assert file.missing == {"c": NO}
    assert [(said.text, said.names) for said in file.skipped] == [
        ('print("install c")', ()),
        ("try:", ("d",)),
        ("download()", ()),
        ("if load(): h = 1", ("h",)),
        ("if unknown: i = 1", ("i",)),
    ]
    assert "division by zero" in file.skipped[1].why


def test_the_main_block_counts_as_in_a_script(write: Write) -> None:
    file = execute_file(
        write('size = 1\nif __name__ == "__main__":\n    size = 2\n    args = load()\nelse:\n    other = 4\n')
    )
    assert file.skipped == [Skipped("model.py:4", "args = load()", ("args",))]
    assert file.module.size == 2
    assert not hasattr(file.module, "args")
    assert not hasattr(file.module, "other")


def test_explain(write: Write) -> None:
    write("def far(): return num_classes", name="sibling_far.py")
    file = execute_file(
        write("""
            from sibling_far import far
            num_classes = len(load())
            def net(): return num_classes
            def typo(): return nun_classes
            def wrong():
                x = [1]
                return x[3]
            def quiet(): assert False
            a_very_long_name = some_function_call(1111111111111111, 22222222222222222, 33333333333333, 44444444444)
        """)
    )
    explain = file.explain
    skipped = "(model.py:2 was skipped: `num_classes = len(load())`; --whole-file runs it)"
    assert explain(raised(file.module.net)) == f"NameError: name 'num_classes' is not defined {skipped}"
    assert explain(raised(file.module.far)) == "NameError: name 'num_classes' is not defined"
    assert explain(raised(file.module.typo)) == "NameError: name 'nun_classes' is not defined (model.py:4)"
    assert explain(raised(file.module.wrong)) == "IndexError: list index out of range (model.py:7)"
    assert explain(raised(file.module.quiet)) == "AssertionError (model.py:8)"
    assert explain(ValueError("two\n  lines")) == "ValueError: two lines"
    assert explain(ModuleNotFoundError("No module named 'x'")).startswith(
        "ModuleNotFoundError: No module named 'x'; in"
    )
    assert len(file.skipped[-1].text) == 80
    assert file.why_absent("num_classes") in skipped
    assert file.why_absent("net") == ""


def test_explain_knows_of_missing_imports(write: Write) -> None:
    file = execute_file(
        write("import nowhere_to_be_found as T\nfrom nowhere_to_be_found import *\nx = load(T)\nf = lambda: y")
    )
    assert (
        file.why_absent("x")
        == "model.py:3 was skipped: `x = load(T)`; --whole-file runs it if these can be imported: T, *"
    )
    assert file.why_absent("T") == f"T could not be imported: {NO}"
    assert file.explain(raised(file.module.f)) == f"NameError: name 'y' is not defined (an `import *` failed: {NO})"


def test_the_module_is_like_an_imported_one(write: Write) -> None:
    path = write(
        """
        from __future__ import annotations
        from dataclasses import dataclass, field

        size = undefined_function()

        @dataclass
        class Config:
            depth: NotThere = 3
            more: list[int] = field(default_factory=list)

            def fail(self):
                raise ValueError
        """,
        name="my-lab 1.py",
    )
    file = execute_file(path)
    module = file.module
    assert module.__name__ == "deepstudy_checked_my_lab_1"
    assert sys.modules[module.__name__] is module
    assert module.__file__ == str(path)
    assert pickle.loads(pickle.dumps(module.Config(4))) == module.Config(4)
    assert inspect.getsource(module.Config).startswith("@dataclass\nclass Config:")
    assert inspect.getsource(module.Config.fail).strip().startswith("def fail(self):")
    last = traceback.extract_tb(raised(module.Config().fail).__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == (str(path), 12, "raise ValueError")


def test_warnings_of_the_compiler_do_not_matter(write: Write) -> None:
    file = execute_file(write("pattern = '\\d'\ndef f(x): return x is 3"))
    assert file.module.pattern == "\\d"
    assert file.skipped == []


def test_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "old.py"
    path.write_bytes("# coding: latin-1\nname = 'é'\n".encode("latin-1"))
    assert execute_file(path).module.name == "é"
    path.write_bytes("\N{BYTE ORDER MARK}name = 'é'\r\n".encode())
    assert execute_file(path).module.name == "é"


def test_files_that_cannot_be_read(write: Write, tmp_path: Path) -> None:
    assert refused(tmp_path / "not.py") == ": no such file; check the path"
    assert "cannot be read" in refused(tmp_path)
    latin = tmp_path / "latin.py"
    latin.write_bytes("name = 'é'".encode("latin-1"))
    assert "save it as UTF-8" in refused(latin)
    latin.write_bytes(b"# coding: klingon\n")
    assert "save it as UTF-8" in refused(latin)
    assert refused(write("x = 1\nif x\n")) == ":2: not valid Python: expected ':'; fix this line"
    assert refused(write("x = 1\nreturn x\n")).startswith(":2: not valid Python: 'return' outside function")
    assert "not valid Python" in refused(write("x = '\0'"))
    other = tmp_path / "net.txt"
    other.write_text("x = 1")
    assert "is not a .py file or an .ipynb notebook" in refused(other)


@pytest.mark.parametrize("text", ["", "{}", "[]", "no json", '{"cells": 3}', '{"cells": [3]}', '{"worksheets": []}'])
def test_no_notebooks(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lab.ipynb"
    path.write_text(text)
    assert refused(path) == ": is not a notebook in format 4; open it in Jupyter and save it again"
    path.write_bytes(b"\xff\xfe")
    assert "save it as UTF-8" in refused(path)


NOTEBOOK = (
    "%matplotlib inline\n!pip install a \\\n   b\nfrom torch import nn\nfiles = !ls\nif True:\n    !ls",
    "class Net(nn.Module):\n    def forward(self, x):\n        return y\n",
    "nn.Conv2d?",
    "%%bash\nbest = 3",
    "x = (5\n  % 3)\ny = load()\nNet().state_dict()\nNet",
    "z = 1 +\n",
    "await something()",
    "class Net(nn.Module):\n\n    def forward(self, x):\n        return y + 1\n",
)


def test_notebooks(write: Write) -> None:
    file = execute_file(write(*NOTEBOOK))
    said = [(s.where.removeprefix("lab.ipynb cell "), s.text, s.names) for s in file.skipped]
    assert said == [
        ("1:1", "%matplotlib inline", ()),
        ("1:2", "!pip install a \\", ()),
        ("1:5", "files = !ls", ("files",)),
        ("1:7", "!ls", ()),
        ("3:1", "nn.Conv2d?", ()),
        ("4:1", "%%bash", ("best",)),
        ("5:3", "y = load()", ("y",)),
        ("5:4", "Net().state_dict()", ()),
        ("6:1", "z = 1 +", ()),
        ("7:1", "await something()", ()),
    ]
    assert "SyntaxError" in file.skipped[8].why
    assert file.module.x == 2
    assert [*find_networks(file)] == ["Net@cell2", "Net"]
    file.explain(error := raised(lambda: file.module.Net()(0)))
    assert file.explain(error) == (
        "NameError: name 'y' is not defined (lab.ipynb cell 5:3 was skipped: `y = load()`; --whole-file runs it)"
    )
    linecache.checkcache()
    assert inspect.getsource(file.module.Net.forward) == "    def forward(self, x):\n        return y + 1\n"
    last = traceback.extract_tb(error.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("lab.ipynb cell 8", 4, "return y + 1")


def test_a_cell_that_is_only_timed_counts(write: Write) -> None:
    file = execute_file(write("%%time\nbest = 3\n", "%%capture out\nworst = 4\n"))
    assert (file.module.best, file.module.worst, file.skipped) == (3, 4, [])


def test_a_whole_file(write: Write) -> None:
    file = execute_file(
        write("""
            import sys
            class Net: pass
            nets = [Net() for _ in range(2)]
            for net in nets: size = len(nets)
            arguments = sys.argv[1:]
            if __name__ == "__main__": size = 0
            sys.exit()
            size = 4
        """),
        whole=True,
    )
    assert (file.module.size, file.module.arguments) == (2, [])
    assert file.skipped == []


def test_a_whole_notebook(write: Write) -> None:
    file = execute_file(
        write("!ls\nx = sum(1 for _ in range(11))", "y = 1 +", "import sys; sys.exit()", "x = 0"), whole=True
    )
    assert file.module.x > 10
    assert [said.text for said in file.skipped] == ["!ls", "y = 1 +"]


def test_a_whole_file_that_fails(write: Write) -> None:
    end = "; fix the error, or omit --whole-file"
    path = write("def f():\n    return int('a')\nx = 1\nf()")
    said = "ValueError: invalid literal for int() with base 10: 'a'"
    assert refused(path, whole=True) == f": execution failed: {said} (model.py:2){end}"
    assert (
        refused(write("import sys\nsys.exit('bad')"), whole=True)
        == f": execution failed: SystemExit: bad (model.py:2){end}"
    )
    assert refused(write("x = 1", "y = 1\nprint(undefined)"), whole=True) == (
        f": execution failed: NameError: name 'undefined' is not defined (lab.ipynb cell 2:2){end}"
    )
    assert NO in refused(write("import nowhere_to_be_found"), whole=True)
