"""The data folder's cache."""

from pathlib import Path

import pytest

from deepstudy.files import cached


def test_it_is_made_once_and_again_where_it_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path))
    made: list[int] = []

    def make() -> bytes:
        made.append(1)
        return b"dear" * 100

    assert cached("a", b"b", make) == cached("a", b"b", make) == b"dear" * 100
    assert len(made) == 1
    (path,) = (tmp_path / "a").iterdir()
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole[:5] + b"x" + whole[6:]):
        path.write_bytes(damaged)
        assert cached("a", b"b", make) == b"dear" * 100
        assert path.read_bytes() == whole
    assert len(made) == 4
    assert cached("a", b"another", lambda: b"cheap") == b"cheap"


def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DEEPSTUDY_DATA", str(tmp_path / "file"))
    assert cached("a", b"b", lambda: b"1") == b"1"
    assert cached("a", b"b", lambda: b"2") == b"2"
