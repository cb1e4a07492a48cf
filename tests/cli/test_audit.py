"""`deepstudy audit` on the command line."""

import csv
import io
import json
from pathlib import Path

import pytest

from deepstudy.audits import ALL_RULES, RULES
from deepstudy.cli import main
from deepstudy.findings import AUDIT_SEVERITIES

REPORTS = Path(__file__).parents[1] / "audits/reports"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["audit", *arguments])
    output = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, output.out, output.err


def test_json_is_the_documented_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "vgg-resnet50-cifar10", "--json")
    document = json.loads(out)
    assert code == 1
    assert set(document) == {"subject", "figures", "unread", "findings"}
    assert set(document["findings"][0]) == {"rule", "test", "where", "severity", "says", "reported", "possible"}
    assert all(finding["test"] == finding["rule"] in RULES for finding in document["findings"])
    assert document["subject"] == "vgg-resnet50-cifar10"


def test_a_folder_gets_a_line_each_and_a_bad_file_does_not_hide_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for report in REPORTS.iterdir():
        (tmp_path / report.name).write_text(report.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "empty.md").touch()
    code, out, _ = run(capsys, str(tmp_path), "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 1
    assert [row["report"] for row in rows] == ["empty.md", "r1.md", "r2.txt", "r3.txt", "r4.txt"]
    assert list(rows[0]) == ["report", "figures", *AUDIT_SEVERITIES, *ALL_RULES, "worst"]
    assert all(
        sum(int(row[rule]) for rule in RULES) == sum(int(row[each]) for each in AUDIT_SEVERITIES) for row in rows[1:]
    )
    assert rows[0]["worst"].startswith("not read")
    assert [(int(row["impossible"]), int(row["inconsistent"])) for row in rows[1:]] == [(1, 6), (1, 2), (0, 3), (2, 2)]
    code, out, _ = run(capsys, str(tmp_path), "--json")
    document = json.loads(out)
    refused, *audited = document["files"]
    assert (set(document), document["compared"]) == ({"files", "compared"}, [])
    assert set(refused) == {"subject", "refused"}
    assert [each["subject"] for each in audited] == ["r1.md", "r2.txt", "r3.txt", "r4.txt"]
    assert all(set(each) == {"subject", "figures", "unread", "findings"} for each in audited)


def test_terminal_output_says_what_where_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, str(REPORTS / "r4.txt"))
    assert (code, err) == (1, "")
    flat = " ".join(out.split())
    assert "impossible granularity r4.txt:26 93.326 % is not a possible accuracy over 10,000 test images" in flat
    assert flat.endswith("2 impossible, 2 inconsistent, 7 missing")


def test_several_reports_are_printed_one_after_the_other(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    two = [str(REPORTS / name) for name in ("r4.txt", "r2.txt")]
    code, out, _ = run(capsys, *two)
    assert code == 1
    alone = [run(capsys, report)[1] for report in two]
    assert out == "\n".join(alone)
    code, out, err = run(capsys, str(REPORTS / "r4.txt"), str(tmp_path / "gone.md"))
    assert (code, out) == (1, alone[0])
    assert err == f"deepstudy: {tmp_path / 'gone.md'}: no such file\n"
    code, out, _ = run(capsys, *two, "--json")
    assert [document["subject"] for document in json.loads(out)["files"]] == two
    code, out, _ = run(capsys, str(REPORTS), "lenet-mnist", "--csv")
    assert [row["report"] for row in csv.DictReader(io.StringIO(out))][-1] == "lenet-mnist"
    code, _, err = run(capsys, *two, "--draft", str(tmp_path / "draft.yaml"))
    assert (code, "--draft needs one report" in err) == (2, True)


def test_csv_has_the_old_name_of_a_rule_as_its_last_column(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, str(REPORTS / "r2.txt"), "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 1
    assert list(rows[0]) == ["rule", "where", "severity", "says", "reported", "possible", "test"]
    assert [row["rule"] for row in rows] == [row["test"] for row in rows]
    assert "softmax_floor" in [row["rule"] for row in rows]


def test_help_ends_with_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    rules = out.partition("\nRules:\n")[2]
    assert code == 0
    assert [line.split()[0] for line in rules.splitlines() if line[2:3].strip()] == list(ALL_RULES)
    assert " ".join(rules.split()) == " ".join(f"{rule.name} {rule.says}" for rule in ALL_RULES.values())
    assert max(map(len, out.splitlines())) <= 80


def test_a_page_is_written_beside_what_is_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "audit.html"
    printed = run(capsys, str(REPORTS / "r4.txt"))[1]
    for option in ("-o", "--output"):  # the second page replaces the first
        assert run(capsys, str(REPORTS / "r4.txt"), option, str(target)) == (
            1,
            printed,
            f"{target}: the report with each finding beside its line\n",
        )
    assert "Audit of r4.txt" in target.read_text(encoding="utf-8")
    _, out, _ = run(capsys, "lenet-mnist", "--json", "-o", str(tmp_path / "study.html"))
    assert json.loads(out)["subject"] == "lenet-mnist"
    assert "Audit of lenet-mnist.yaml" in (tmp_path / "study.html").read_text(encoding="utf-8")


def test_a_page_never_replaces_the_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("<p>MNIST: test accuracy 99.123 %</p>", encoding="utf-8")
    code, out, err = run(capsys, str(report), "-o", str(report))
    assert (code, out) == (2, "")
    assert err == f"deepstudy: -o {report}: already exists, and audit did not write it; choose another name\n"
    assert "99.123" in report.read_text(encoding="utf-8")
    code, _, err = run(capsys, str(tmp_path), "-o", str(tmp_path / "all.html"))
    assert (code, "-o needs one report" in err) == (2, True)


def test_pages_of_audits_are_no_reports_of_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("<p>MNIST: test accuracy 99.123 %</p>", encoding="utf-8")
    run(capsys, str(report), "-o", str(tmp_path / "audit.html"))
    rows = list(csv.DictReader(io.StringIO(run(capsys, str(tmp_path), "--csv")[1])))
    assert [row["report"] for row in rows] == ["report.html"]


def test_a_draft_is_written_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "draft.yaml"
    code, _, err = run(capsys, str(REPORTS / "r2.txt"), "--draft", str(target))
    assert code == 1
    assert "complete the lines" in err
    before = target.read_bytes()
    code, _, err = run(capsys, str(REPORTS / "r2.txt"), "--draft", str(target))
    assert code == 2
    assert "already exists" in err
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing-here"], "no study, file or folder is called nothing-here"),
        (["nofile.md"], "deepstudy: nofile.md: no such file"),
        (["some/where"], "deepstudy: some/where: no such file"),
        (["lenet-mist"], "no study, file or folder is called lenet-mist; did you mean lenet-mnist?"),
        (["net.py:Net"], "net.py:Net is a network, not a study; to train it: `deepstudy train net.py:Net"),
        (["lenet5"], "is a model"),
        (["lenet-mnist", "--draft", "x.yaml"], "needs a report"),
        (["lenet-mnist", "--csv", "--json"], "choose one"),
    ],
)
def test_bad_usage_gets_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
    assert err.count("\n") == 1


def test_a_report_is_audited_without_its_images(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "data: ./gone/\nrecipe: {epochs: 1, batch_size: 64, optimizer: sgd}\n"
        "source: {report: mine}\nexperiments: {net: {model: lenet5}}\n"
        "reported:\n  - {experiment: net, quantity: weights, value: '5x5x6=151'}\n",
        encoding="utf-8",
    )
    code, out, _ = run(capsys, str(tmp_path / "own.yaml"), "--json")
    impossible, *missing = json.loads(out)["findings"]
    assert (code, impossible["says"]) == (1, "5x5x6 is 150, not 151.")
    assert "were not counted" in missing[-1]["says"]
    assert f"{tmp_path / 'gone' / 'train'}: holds no images" in missing[-1]["says"]


def test_networks_that_are_not_ours_are_built_only_when_trusted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "model.py").write_text(
        "from pathlib import Path\nfrom torch import nn\nPath(__file__).with_name('ran').touch()\n"
        "class Net(nn.Sequential):\n    def __init__(self):\n"
        "        super().__init__(nn.Flatten(), nn.Linear(784, 10))\n",
        encoding="utf-8",
    )
    (tmp_path / "own.yaml").write_text(
        "data: {name: mnist}\nrecipe: {epochs: 1, batch_size: 64, optimizer: sgd}\n"
        "source: {report: mine}\nexperiments: {net: {model: 'model.py:Net'}}\n"
        "reported:\n  - {experiment: net, quantity: weights, value: '7,850'}\n",
        encoding="utf-8",
    )
    code, out, _ = run(capsys, str(tmp_path / "own.yaml"), "--json")
    assert not (tmp_path / "ran").exists()
    assert code == 0
    (finding,) = (each for each in json.loads(out)["findings"] if each["rule"] == "parameters")
    assert finding["severity"] == "missing"
    assert "model.py:Net is not a built-in network; use --trust to run its code." in finding["says"]
    code, out, _ = run(capsys, str(tmp_path / "own.yaml"), "--json", "--trust")
    assert (tmp_path / "ran").exists()
    (finding,) = (each for each in json.loads(out)["findings"] if each["rule"] == "parameters")
    assert finding["severity"] == "doubtful"
    assert "7,850 weights and biases" in finding["says"]


def test_a_report_is_held_against_its_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    report, runs = tmp_path / "report.md", tmp_path / "runs"
    report.write_text("The test accuracy after 2 epochs is 91.25 %.\n", encoding="utf-8")
    runs.mkdir()
    (runs / "net.csv").write_text("epoch,train_acc,test_acc\n1,0.8,0.85\n2,0.9125,0.91\n", encoding="utf-8")
    (runs / "notes.txt").touch()
    code, out, _ = run(capsys, str(report))
    assert (code, "no_run" in out) == (0, False)
    code, out, _ = run(capsys, str(report), "--runs", str(runs))
    flat = " ".join(out.split())
    assert code == 1
    assert "inconsistent no_run report.md:1 91.25 % is the training accuracy of epoch 2, not the test accuracy." in flat
    assert "0 of 1 figures that can be compared are theirs" in flat
    assert flat.replace(" ", "").endswith(f"{runs}:1fileisnorun:{runs / 'notes.txt'}.")
    document = json.loads(run(capsys, str(report), "--runs", str(runs), "--json")[1])
    assert set(document) == {"subject", "figures", "unread", "findings", "runs"}
    assert {key: document["runs"][key] for key in ("runs", "compared", "given")} == {
        "runs": 1,
        "compared": 1,
        "given": 0,
    }
    again = tmp_path / "again.md"
    again.write_text(report.read_text(encoding="utf-8"), encoding="utf-8")
    code, out, _ = run(capsys, str(report), str(again), "--runs", str(runs))
    assert (code, out.count("inconsistent  no_run")) == (1, 2)


def test_runs_that_are_none_are_refused_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for report, runs, says in (
        (str(REPORTS / "r4.txt"), tmp_path, "holds no run with an accuracy or a loss"),
        (str(REPORTS / "r4.txt"), tmp_path / "gone", "does not exist"),
        ("lenet-mnist", tmp_path, "--runs needs a report"),
    ):
        code, out, err = run(capsys, report, "--runs", str(runs))
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert says in err
