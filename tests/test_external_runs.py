"""CSV files of other people's loops: what is read from them, what is refused, and verdicts over them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deepstudy.api import run
from deepstudy.errors import InputError
from deepstudy.external_runs import read_external
from deepstudy.record import Record, read_records
from deepstudy.study import Study, load_study
from deepstudy.verdicts import Verdict, decide

LENET = load_study("lenet-mnist")
CIFAR = load_study("small-cnn-cifar10")


def place(out: Path, study: Study = LENET, name: str = "lenet5", budget: str | None = None, seed: int = 0) -> Path:
    folder = out / study.name / (budget or "full") / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"seed{seed}.csv"


def read(out: Path, text: str | bytes, study: Study = LENET, name: str = "lenet5", budget: str | None = None) -> Record:
    """The record of a file of these contents."""
    place(out, study, name, budget).write_bytes(text if isinstance(text, bytes) else text.encode())
    (record,) = read_external(out / study.name / (budget or "full"), study, budget)
    return record


def cells(record: Record, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(line, key) for key in keys) for line in record.metrics]


TRAIN, VALIDATION, TEST = "train", "validation", "test"

SOUND = {
    "long": (
        "epoch,split,accuracy,loss\n1,train,80.5,0.6\n1,test,82,0.5\n2,train,90,0.3\n2,test,91.25,0.25\n",
        [(1, TRAIN, 80.5, 0.6), (1, TEST, 82.0, 0.5), (2, TRAIN, 90.0, 0.3), (2, TEST, 91.25, 0.25)],
    ),
    "long-any-order-and-words": (
        "Phase,Epoch,Acc\nDev,2,0.5\nTraining,1,0.25\nval,1,0.375\nTRAIN,2,1\ntesting,2,0\n",
        [
            (1, TRAIN, 25.0, None),
            (1, VALIDATION, 37.5, None),
            (2, TRAIN, 100.0, None),
            (2, VALIDATION, 50.0, None),
            (2, TEST, 0.0, None),
        ],
    ),
    "long-loss-only-with-gaps": (
        "epoch,split,loss\n5,test,0.5\n10,test,1e-3\n",
        [(5, TEST, None, 0.5), (10, TEST, None, 0.001)],
    ),
    "long-beside-columns-of-splits": (
        "epoch,split,accuracy,train_accuracy\n1,test,80,90\n",
        [(1, TEST, 80.0, None)],
    ),
    "long-empty-cells": (
        "epoch,split,accuracy,loss\n1,train,,0.5\n1,test,50,\n1,validation,,\n",
        [(1, TRAIN, None, 0.5), (1, TEST, 50.0, None)],
    ),
    "wide": (
        "epoch,train_loss,train_accuracy,test_accuracy\n1,0.5,80,81\n2,0.4,90,91\n",
        [(1, TRAIN, 80.0, 0.5), (1, TEST, 81.0, None), (2, TRAIN, 90.0, 0.4), (2, TEST, 91.0, None)],
    ),
    "keras": (
        "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.9418667,0.199588847,0.9679,0.1021739\n1,0.97633333,0.07,0.9768,1\n",
        [
            (1, TRAIN, 94.1867, 0.199589),
            (1, VALIDATION, 96.79, 0.102174),
            (2, TRAIN, 97.6333, 0.07),
            (2, VALIDATION, 97.68, 1.0),
        ],
    ),
    "keras-sparse": (
        "epoch,learning_rate,loss,sparse_categorical_accuracy,val_loss,val_sparse_categorical_accuracy\n"
        "0,0.001,0.5,0.25,0.75,0.125\n",
        [(1, TRAIN, 25.0, 0.5), (1, VALIDATION, 12.5, 0.75)],
    ),
    "lightning": (
        "epoch,lr-SGD,step,train_loss_epoch,train_loss_step,val_acc\n,0.1,0,,,\n0,,49,,0.9,\n0,,99,,0.7,\n0,,99,,,0.5\n"
        "0,,99,0.8,,\n1,,149,,0.5,\n1,,199,,,0.75\n1,,199,0.6,,\n",
        [(1, TRAIN, None, 0.8), (1, VALIDATION, 50.0, None), (2, TRAIN, None, 0.6), (2, VALIDATION, 75.0, None)],
    ),
    "lightning-of-a-step-and-of-the-epoch": (
        "epoch,step,train_loss,train_loss_epoch\n0,49,0.9,\n0,99,0.7,0.8\n",
        [(1, TRAIN, None, 0.8)],
    ),
    "lightning-tested-at-the-end": (
        "epoch,step,test_acc,test_loss,train_loss\n0,49,,,0.9\n0,99,,,0.8\n1,199,,,0.5\n2,200,0.9,0.25,\n",
        [(1, TRAIN, None, 0.8), (2, TRAIN, None, 0.5), (2, TEST, 90.0, 0.25)],
    ),
    "fastai": (
        "epoch,train_loss,valid_loss,accuracy,time\n0,0.9,0.8,0.5,00:12\n1,0.7,0.6,0.75,01:02\n",
        [(1, TRAIN, None, 0.9), (1, VALIDATION, 50.0, 0.8), (2, TRAIN, None, 0.7), (2, VALIDATION, 75.0, 0.6)],
    ),
    "fastai-error-rate-too": (
        "epoch,train_loss,valid_loss,error_rate,accuracy,time\n0,0.9,0.8,0.25,0.75,00:12\n",
        [(1, TRAIN, None, 0.9), (1, VALIDATION, 75.0, 0.8)],
    ),
    "ultralytics": (
        "        epoch,      time,  train/loss,  metrics/accuracy_top1,  metrics/accuracy_top5,  val/loss,  lr/pg0\n"
        "            1,    12.345,         0.9,                    0.5,                    0.9,       0.8,    0.01\n",
        [(1, TRAIN, None, 0.9), (1, VALIDATION, 50.0, 0.8)],
    ),
    "hugging-face": (
        "epoch,loss,eval_loss,eval_accuracy,eval_runtime\n1.0,0.9,0.8,0.5,3.21\n2.0,0.7,0.6,0.75,3.2\n",
        [(1, TRAIN, None, 0.9), (1, VALIDATION, 50.0, 0.8), (2, TRAIN, None, 0.7), (2, VALIDATION, 75.0, 0.6)],
    ),
    "one-accuracy-beside-the-losses": (
        "epoch,train_loss,test_loss,accuracy\n1,0.5,0.25,81\n",
        [(1, TRAIN, None, 0.5), (1, TEST, 81.0, 0.25)],
    ),
    "a-bare-accuracy-beside-a-named-one": (
        "epoch,train_loss,acc,val_loss,val_acc\n1,0.5,80,0.25,81\n",
        [(1, TRAIN, 80.0, 0.5), (1, VALIDATION, 81.0, 0.25)],
    ),
    "humps-and-either-order": ("Epoch,trainLoss,Acc Test\n1,0.5,80\n", [(1, TRAIN, None, 0.5), (1, TEST, 80.0, None)]),
    "error-in-percent": ("epoch,Test error\n1,25.5\n2,0.5\n", [(1, TEST, 74.5, None), (2, TEST, 99.5, None)]),
    "error-fractions": ("epoch,test_err\n1,0.25\n", [(1, TEST, 75.0, None)]),
    "small-percentages-that-say-so": ("epoch,test acc (%)\n1,0.5\n2,1\n", [(1, TEST, 0.5, None), (2, TEST, 1.0, None)]),
    "percent-beside-fractions": (
        "epoch,train_acc,test_acc_pct\n1,0.5,60\n",
        [(1, TRAIN, 50.0, None), (1, TEST, 60.0, None)],
    ),
    "a-hair-above-one": ("epoch,train_acc\n1,0.5\n2,1.0000001192\n", [(1, TRAIN, 50.0, None), (2, TRAIN, 100.0, None)]),
    "top1-not-top5": ("epoch,val_top1,val_top5\n1,60,90\n", [(1, VALIDATION, 60.0, None)]),
    "byte-order-mark-and-crlf": (
        b"\xef\xbb\xbfepoch,test_acc\r\n\r\n1,80\r\n2,81\r\n\r\n",
        [(1, TEST, 80.0, None), (2, TEST, 81.0, None)],
    ),
    "semicolons-and-spaces": (" epoch ; test_acc \n 1 ; 80.5 \n", [(1, TEST, 80.5, None)]),
    "tabs-and-quotes": ('"epoch"\t"test_acc"\n"1"\t"80.5"\n', [(1, TEST, 80.5, None)]),
    "pandas-index": (",epoch,test_acc\n0,1,80\n1,2,81\n", [(1, TEST, 80.0, None), (2, TEST, 81.0, None)]),
    "commas-at-the-ends": ("epoch,test_acc,\n1,80,\n2,81,,\n", [(1, TEST, 80.0, None), (2, TEST, 81.0, None)]),
    "no-newline-at-the-end": ("epoch,test_acc\n1,80", [(1, TEST, 80.0, None)]),
}


@pytest.mark.parametrize(("text", "expected"), SOUND.values(), ids=SOUND)
def test_what_is_read(tmp_path: Path, text: str | bytes, expected: list[tuple[Any, ...]]) -> None:
    assert cells(read(tmp_path, text), "epoch", "split", "accuracy", "loss") == expected


BAD = {
    "empty": ("", "seed0.csv: is empty or has only a header; write a line for each epoch"),
    "blank": ("\n \n", "seed0.csv: is empty or has only a header"),
    "header-only": ("epoch,test_acc\n", "seed0.csv: is empty or has only a header"),
    "no-values": ("epoch,test_acc\n1,\n", "seed0.csv: no line has an accuracy or a loss"),
    "not-utf-8": (b"epoch,test_acc,\xfcber\n1,80,1\n", "seed0.csv: is not UTF-8 text; save it as CSV in UTF-8"),
    "utf-16": ("epoch,test_acc\n1,80\n".encode("utf-16"), "seed0.csv: is not UTF-8 text"),
    "nothing-understood": (
        "a,b\n1,2\n",
        "seed0.csv: no column gives the epoch (columns: a, b); rename them, for example epoch,",
    ),
    "no-epoch": (
        "test_acc,lr\n1,2\n",
        "seed0.csv: no column gives the epoch (columns: test_acc, lr); rename",
    ),
    "no-header": ("1,80\n2,81\n", "seed0.csv: no column gives the epoch (columns: 1, 80); rename"),
    "only-epochs": ("epoch,lr\n1,2\n", "seed0.csv: no column gives an accuracy or a loss (columns: epoch, lr); rename"),
    "same-name": (
        "epoch,Test_Acc,test_acc\n1,80,80\n",
        "seed0.csv:1: two columns are called test_acc; delete or rename one",
    ),
    "same-meaning": (
        "epoch,test_acc,test_top1\n1,80,80\n",
        "columns test_acc and test_top1 have the same meaning; delete one",
    ),
    "same-others": ("epoch,lr,learning_rate,loss\n1,1,1,1\n", "lr and learning_rate have the same meaning"),
    "which-images": (
        "epoch,train_loss,accuracy\n1,0.5,80\n",
        "column accuracy does not name its split; rename it, for example train_accuracy or test_accuracy",
    ),
    "which-of-two": ("epoch,train_loss,val_loss,test_loss,acc\n1,1,1,1,80\n", "column acc does not name its split"),
    "not-a-number": (
        "epoch,test_acc\n1,80\n2,high\n",
        "seed0.csv:3: test_acc: 'high' is not a number; write it with a decimal point, or leave the cell empty",
    ),
    "decimal-comma": ("epoch;test_acc\n1;80,5\n", "seed0.csv:2: test_acc: '80,5' is not a number"),
    "underscore": ("epoch,test_acc\n1,8_0\n", "seed0.csv:2: test_acc: '8_0' is not a number"),
    "blank-lines-count": ("\nepoch,test_acc\n\n1,x\n", "seed0.csv:4: test_acc: 'x' is not a number"),
    "epoch-with-a-fraction": ("epoch,test_acc\n0.5,80\n", "seed0.csv:2: epoch: '0.5' is not a whole number"),
    "epoch-below-zero": ("epoch,test_acc\n-1,80\n", "seed0.csv:2: epoch: '-1' is not a whole number"),
    "epoch-nan": ("epoch,test_acc\nnan,80\n", "seed0.csv:2: epoch: 'nan' is not finite"),
    "epoch-missing": ("epoch,test_acc\n1,80\n,81\n", "seed0.csv:3: epoch: '' is not a number"),
    "epoch-a-time-stamp": ("epoch,test_acc\n1700000000,80\n", "seed0.csv:2: epoch: '1700000000' is too large"),
    "two-runs": (
        "epoch,test_acc\n0,80\n1,81\n0,79\n",
        "seed0.csv:4: epoch: '0' comes after 1; write each run to a separate file",
    ),
    "repeated": (
        "epoch,split,accuracy\n1,test,80\n1,train,80\n1,Testing,81\n",
        "seed0.csv:4: epoch: '1' has two lines of the test split; delete one",
    ),
    "split-unknown": (
        "epoch,split,accuracy\n1,holdout,80\n",
        "seed0.csv:2: split: 'holdout' is not known; write train, test or validation",
    ),
    "measure-unknown": (
        "epoch,split,measure,loss\n1,test,x,1\n",
        "seed0.csv:2: measure: 'x' is not known; write running or scored",
    ),
    "above-100": (
        "epoch,train_acc,test_acc\n1,80,8200\n",
        "seed0.csv:2: test_acc: '8200' is outside 0 to 100 %; write the whole file in percent, or as fractions of 1",
    ),
    "below-0": ("epoch,test_acc\n1,0.5\n2,-0.5\n", "seed0.csv:3: test_acc: '-0.5' is outside 0 to 100 %"),
    "accuracy-nan": ("epoch,test_acc\n1,nan\n", "seed0.csv:2: test_acc: 'nan' is outside 0 to 100 %"),
    "images-not-whole": ("epoch,split,loss,images\n1,test,1,2.5\n", "seed0.csv:2: images: '2.5' is not a whole number"),
    "elapsed-below-0": ("epoch,loss,elapsed\n1,1,-5\n", "seed0.csv:2: elapsed: '-5' is negative; write seconds"),
    "rate-not-finite": ("epoch,loss,lr\n1,1,inf\n", "seed0.csv:2: lr: 'inf' is not finite"),
    "cut-short": (
        "epoch,train_acc,test_acc\n1,80,81\n2,8\n",
        "seed0.csv:3: this line has 2 cells, but the header has 3; fix or delete it",
    ),
    "too-many-cells": ("epoch,test_acc\n1,80,5\n", "seed0.csv:2: this line has 3 cells, but the header has 2"),
    "endless-quote": ('epoch,test_acc\n1,"' + 140_000 * "8", "seed0.csv:2: is not CSV (field larger than field limit"),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD)
def test_what_is_refused(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(place(tmp_path)))


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    place(tmp_path).mkdir()
    with pytest.raises(InputError, match=r"seed0\.csv: cannot be read: .*; replace it with a CSV file"):
        read_external(tmp_path / LENET.name / "full", LENET, None)


@pytest.mark.parametrize("name", ["metrics.csv", "run1.csv", "seed01.csv", "Seed0.CSV", "seed0.tsv", "seed-1.csv"])
def test_a_file_of_another_name_is_told(tmp_path: Path, name: str) -> None:
    place(tmp_path).with_name(name).write_text("epoch,test_acc\n1,80\n")
    with pytest.raises(InputError, match=rf"lenet5.{name}: the name has no seed; rename it seed0\.csv"):
        read_external(tmp_path / LENET.name / "full", LENET, None)


def test_what_else_lies_there_is_left_alone(tmp_path: Path) -> None:
    for name in ("notes.txt", "._seed0.csv", "seed0.csv.part"):
        place(tmp_path).with_name(name).write_text("x")
    place(tmp_path).with_name("seed7").mkdir()
    assert read_external(tmp_path / LENET.name / "full", LENET, None) == []
    assert read_external(tmp_path / "nowhere", LENET, None) == []


def test_files_come_by_experiment_and_seed(tmp_path: Path) -> None:
    for name, seed in (("custom", 0), ("lenet5", 10), ("lenet5", 2), ("regularised", 1)):
        place(tmp_path, name=name, seed=seed).write_text("epoch,test_acc\n1,80\n")
    place(tmp_path, name="lenet5", budget="quick").write_text("epoch,test_acc\n1,80\n")
    found = read_external(tmp_path / LENET.name / "full", LENET, None)
    expected = [("lenet5", 2), ("lenet5", 10), ("regularised", 1), ("custom", 0)]
    assert [(record.experiment, record.seed) for record in found] == expected
    assert [record.info.budget for record in read_external(tmp_path / LENET.name / "quick", LENET, "quick")] == [
        "quick"
    ]
    assert found[0].directory.path == tmp_path / "lenet-mnist" / "full" / "lenet5" / "seed2"
    assert found[0].external_file == str(place(tmp_path, seed=2))


def test_a_record_says_what_a_run_says(small_study: Study, mnist5k: None, tmp_path: Path) -> None:
    """The same keys as of a run, and the same sizes of its splits."""
    (real,) = run(small_study, ["plain"], seeds=1, budget="tiny", out=tmp_path)
    assert real.external_file is None
    path = place(tmp_path, small_study, "plain", "tiny", seed=1)
    path.write_text("epoch,train_acc,val_acc,test_acc\n1,80,81,82\n")
    (own,) = read_external(tmp_path / small_study.name / "tiny", small_study, "tiny")
    assert own.info.as_json().keys() == real.info.as_json().keys()
    for key in ("data", "machine", "model", "final"):
        assert own.info.as_json()[key].keys() == real.info.as_json()[key].keys()
    assert [line.as_json().keys() for line in own.metrics] == [line.as_json().keys() for line in real.metrics]
    same = ("epoch", "split", "measure", "images")
    assert cells(own, *same) == cells(real, *same)
    for key in ("study", "study_file", "budget", "experiment", "timing", "status", "why", "hash", "resolved"):
        assert getattr(own.info, key) == getattr(real.info, key), key
    assert own.info.data.splits == real.info.data.splits
    assert own.info.data.published is None  # nobody knows
    assert own.info.data.classes == real.info.data.classes
    place(tmp_path, small_study, "plain", "tiny").write_text("epoch,test_acc\n1,80\n")
    with pytest.raises(InputError, match=r"seed0\.csv: .*seed0 is a run with the same seed; delete one of them"):
        read_external(tmp_path / small_study.name / "tiny", small_study, "tiny")


@pytest.mark.parametrize(
    ("study", "budget", "splits"),
    [
        (LENET, None, {"train": 55_000, "validation": 5_000, "test": 10_000}),
        (LENET, "quick", {"train": 6_000, "validation": 5_000, "test": 10_000}),
        (LENET, "demo", {"train": 3_500, "validation": 500, "test": 1_000}),
        (CIFAR, None, {"train": 50_000, "test": 10_000}),
        (CIFAR, "quick", {"train": 5_000, "test": 2_000}),
    ],
    ids=["lenet", "lenet-quick", "lenet-demo", "cifar", "cifar-quick"],
)
def test_sizes_are_those_of_the_data(
    tmp_path: Path, study: Study, budget: str | None, splits: Mapping[str, int]
) -> None:
    record = read(tmp_path, "epoch,split,loss\n1,train,1\n1,val,1\n1,test,1\n", study, study.names()[0], budget)
    assert record.info.data.splits == splits
    assert {line.split: line.images for line in record.metrics} == {"validation": None, **splits}


def test_a_folder_of_images_has_no_known_sizes(write_study: Callable[..., Path], tmp_path: Path) -> None:
    data = "{name: mnist5k, validation: 100, train_images: 300, test_images: 200}"
    study = load_study(write_study((data, "{name: ./images, size: 32}")))
    record = read(tmp_path, "epoch,test_acc\n1,80\n", study, "plain")
    assert (record.info.data.name, record.info.data.classes) == ("./images", None)
    assert record.info.data.splits == {}
    assert cells(record, "images") == [(None,)]


def test_what_a_long_file_says_of_a_line(tmp_path: Path) -> None:
    record = read(
        tmp_path,
        "epoch,split,accuracy,correct,images,measure,elapsed,lr\n"
        "1,train,80,44000,55000,scored,10.5,0.1\n1,test,,,,,11,\n1,validation,82,4100,,,12,\n",
    )
    keys = ("split", "measure", "correct", "images", "elapsed", "lr")
    assert cells(record, *keys) == [
        ("train", "scored", 44_000, 55_000, 10.5, 0.1),
        ("validation", "scored", 4_100, 5_000, 12.0, None),
    ]


def test_the_images_trained_on_are_the_running_ones(write_study: Callable[..., Path], tmp_path: Path) -> None:
    swapped = load_study(write_study(("  epochs: 2", "  roles: {train_on: test, score_on: train}\n  epochs: 2")))
    named = read(tmp_path, "epoch,train_accuracy,test_accuracy\n1,81,80\n", swapped, "plain")
    assert cells(named, "split", "measure", "accuracy") == [("test", "running", 80.0), ("train", "scored", 81.0)]
    bare = read(tmp_path, "epoch,accuracy\n1,80\n", swapped, "plain")
    assert cells(bare, "split", "measure") == [("test", "running")]


TIMES = {
    "elapsed": ("epoch,loss,elapsed\n1,1,10\n2,1,30.25\n", [10.0, 30.25], 15.125),
    "elapsed-as-a-clock": ("epoch,loss,Elapsed\n1,1,0:59\n2,1,1:00:01\n", [59.0, 3601.0], 1800.5),
    "by-epoch": ("epoch,loss,epoch_time (s)\n1,1,10\n2,1,20.5\n", [10.0, 30.5], 15.25),
    "from-zero": ("epoch,loss,seconds_per_epoch\n0,1,10\n1,1,20\n", [10.0, 30.0], 15.0),
    "fastai": ("epoch,train_loss,valid_loss,time\n0,1,1,00:12\n1,1,1,01:02\n", [12.0, 12.0, 74.0, 74.0], 37.0),
    "an-epoch-is-missing": ("epoch,loss,epoch_time\n1,1,10\n3,1,20\n", [None, None], None),
    "a-time-is-missing": ("epoch,loss,epoch_time\n1,1,10\n2,1,\n", [10.0, None], None),
    "unclear": ("epoch,loss,time\n1,1,10\n2,1,20\n", [None, None], None),
    "unclear-stamps": ("epoch,train_loss,val_loss,time\n1,1,1,12 May\n", [None, None], None),
    "falling": ("epoch,loss,elapsed\n1,1,10\n2,1,5\n", [None, None], None),
    "a-gap-in-epochs": ("epoch,loss,elapsed\n1,1,10\n5,1,50\n6,1,62\n", [10.0, 50.0, 62.0], 11.0),
    "none": ("epoch,loss\n1,1\n", [None], None),
}


@pytest.mark.parametrize(("text", "elapsed", "pace"), TIMES.values(), ids=TIMES)
def test_times(tmp_path: Path, text: str, elapsed: list[float | None], pace: float | None) -> None:
    record = read(tmp_path, text)
    assert [line.elapsed for line in record.metrics] == elapsed
    assert record.seconds_per_epoch() == pace


RATES = {
    "keras": ("epoch,loss,learning_rate\n0,1,0.1\n1,1,0.01\n", [0.1, 0.01]),
    "ultralytics": ("epoch,train/loss,lr/pg0,lr/pg1\n1,1,0.1,0.2\n", [0.1]),
    "given-once": ("epoch,loss,lr\n1,1,0.1\n2,1,\n", [0.1, None]),
}


@pytest.mark.parametrize(("text", "rates"), RATES.values(), ids=RATES)
def test_learning_rates(tmp_path: Path, text: str, rates: list[float | None]) -> None:
    assert [line.lr for line in read(tmp_path, text).metrics] == rates


def test_a_file_is_complete_when_it_has_the_epochs(tmp_path: Path) -> None:
    lines = [f"{epoch},{80 + epoch / 2}" for epoch in range(20)]
    whole = read(tmp_path, "\n".join(["epoch,test_acc", *lines]))
    assert (whole.info.status, whole.info.why, whole.epochs) == ("complete", None, 20)
    part = read(tmp_path, "\n".join(["epoch,test_acc", *lines[:19]]))
    assert (part.info.status, part.info.why) == ("interrupted", "the file ends at epoch 19 of 20")
    assert part.info.final == {"test": part.metrics[-1]}
    (quick,) = [read(tmp_path, "\n".join(["epoch,test_acc", *lines[:2]]), budget="quick")]
    assert quick.info.status == "complete"


@pytest.mark.parametrize("column", ["train_loss", "test_loss"])
@pytest.mark.parametrize(("cell", "shown"), [("nan", "nan"), ("-Infinity", "-inf"), ("1e999", "inf")])
def test_a_loss_that_is_not_finite_fails_the_run(tmp_path: Path, column: str, cell: str, shown: str) -> None:
    text = f"epoch,{column},train_acc\n0,1.5,0.5\n1,{cell},0.1\n2,{cell},nan\n"
    record = read(tmp_path, text)
    assert (record.info.status, record.info.why) == ("failed", f"the loss is {shown} in epoch 2")
    assert {line.epoch for line in record.metrics} == {1}
    assert record.metrics[0].accuracy == 50.0
    at_once = read(tmp_path, f"epoch,loss\n1,{cell}\n")
    assert (at_once.metrics, at_once.epochs, at_once.info.final) == ([], 0, None)
    assert decide(LENET, [at_once])


# Verdicts ------------------------------------------------------------------------------------------------------------


def keras(curve: Sequence[float], train: float = 0.5) -> str:
    """A file as Keras writes it, with a column of test accuracies beside."""
    lines = [f"{epoch},{train},{accuracy - 0.01},{accuracy}" for epoch, accuracy in enumerate(curve)]
    return "\n".join(["epoch,loss,val_accuracy,test_accuracy", *lines])


def verdicts(out: Path, study: Study, files: Mapping[str, Sequence[str]]) -> dict[str, Verdict]:
    for name, texts in files.items():
        for seed, text in enumerate(texts):
            place(out, study, name, seed=seed).write_text(text)
    return {verdict.claim: verdict for verdict in decide(study, read_external(out / study.name / "full", study, None))}


def test_files_alone_decide_a_claim(tmp_path: Path) -> None:
    plain = [keras([0.9 + 0.001 * seed] * 20) for seed in range(3)]
    better = [keras([0.97 + 0.001 * seed] * 20) for seed in (1, 0, 2)]
    found = verdicts(tmp_path, LENET, {"lenet5": plain, "regularised": better})
    wins = found["regularised-wins"]
    assert (wins.verdict, wins.runs) == ("supported", 3)
    assert wins.measured == pytest.approx(7.0)
    assert "n=3, unpaired" in wins.reason  # what a seed was to these loops is not known, so nothing is paired
    assert found["regularised-wins-on-validation"].verdict == "supported"
    assert found["regularised-wins-on-train"].verdict == "undecided"
    assert "no train accuracy at epoch 10" in found["regularised-wins-on-train"].reason
    assert found["custom-overtakes"].verdict == "undecided"
    assert found["saturates"].verdict == "supported"


def test_a_reported_figure_is_held_against_files(tmp_path: Path) -> None:
    files = [keras([0.6 + 0.001 * seed] * 20) for seed in range(3)]
    found = verdicts(tmp_path, CIFAR, {"softmax": files, "logits": [keras([0.7] * 20)] * 2})
    assert found["test-accuracy"].verdict == "contradicted"
    assert found["test-accuracy"].measured == pytest.approx(60.1)
    assert found["logits-differ"].verdict == "supported"
    assert "epoch 20" in found["enough-at-20"].reason


def test_times_of_files_are_not_comparable(tmp_path: Path) -> None:
    timed = ["epoch,loss,elapsed\n1,1,10\n2,1,20\n", "epoch,loss,elapsed\n1,1,11\n2,1,21\n"]
    for files in (timed, ["epoch,loss\n1,1\n"] * 2):
        found = verdicts(tmp_path, LENET, {"lenet5": files, "custom": files})["custom-faster"]
        assert found.verdict == "not comparable"
        assert "seed0.csv" in found.reason
        assert "machine" in found.reason


def test_runs_and_files_can_be_held_together(tmp_path: Path) -> None:
    real = read_records(Path(__file__).parents[1] / "results", LENET.name, None, ["lenet5"])
    for seed in range(3):
        place(tmp_path, name="regularised", seed=seed).write_text(keras([0.9 + 0.001 * seed] * 20))
    found = {
        verdict.claim: verdict
        for verdict in decide(LENET, [*real, *read_external(tmp_path / LENET.name / "full", LENET, None)])
    }
    assert found["regularised-wins"].verdict == "contradicted"
    assert "unpaired" in found["regularised-wins"].reason


CLAIMS = {
    "loss": (
        "compare: {quantity: loss, split: test, epoch: 2, of: dropped, with: plain, expect: less}",
        "no test loss at epoch 2",
    ),
    "gap": (
        "gap: {of: plain, between: [test, train], expect: less, margin: 2}",
        "both test and train accuracy at epoch 2",
    ),
    "best": (
        "exceeds: {of: plain, quantity: best_accuracy, split: train, level: 80}",
        "no train accuracy",
    ),
    "level": (
        "exceeds: {of: plain, quantity: epochs_to, split: test, level: 3}",
        "seed0.csv has no test accuracy for some epochs",
    ),
    "saturates": (
        "saturates: {of: plain, split: test, by: 1, margin: 1}",
        "seed0.csv has no test accuracy for some epochs",
    ),
    "overtakes": (
        "overtakes: {of: plain, with: dropped, split: test}",
        "seed0.csv has no test accuracy for some epochs",
    ),
    "drops": ("drops: {of: plain, split: test, at: 3, by: 1}", "seed0.csv has no test accuracy for some epochs"),
    "switch": (
        "drops: {of: plain, split: test, at: switch, by: 1}",
        "does not give the learning rate (lr)",
    ),
    "elapsed": ("exceeds: {of: plain, quantity: elapsed, level: 80}", "machine"),
}


@pytest.mark.parametrize(("form", "why"), CLAIMS.values(), ids=CLAIMS)
def test_what_a_file_leaves_out_decides_nothing(
    write_study: Callable[..., Path], tmp_path: Path, form: str, why: str
) -> None:
    study = load_study(write_study(("budgets:", f"claims:\n  - {{id: c, says: it, {form}}}\nbudgets:")))
    text = "epoch,train_loss,test_accuracy,test_loss\n1,1,50,\n3,1,60,\n4,1,,\n"
    (verdict,) = verdicts(tmp_path, study, {"plain": [text] * 3, "dropped": [text] * 3}).values()
    assert verdict.verdict in ("undecided", "not comparable")
    assert why in verdict.reason
