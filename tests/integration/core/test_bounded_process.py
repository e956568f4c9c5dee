"""Whatever a file does to the process that reads it: an answer or one sentence, in bounded time, memory and room."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from core import bounded_process
from core.bounded_process import MEGABYTE, Bounds
from core.errors import BadInput, ReadersBusy
from tests.hostile import children

BOUNDS = Bounds(seconds=2.0, memory=256 * MEGABYTE, output=MEGABYTE, at_once=2)


def children_now() -> set[int]:
    """Processes of Python below this one: those of a browser that another test left open come and go."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        try:
            found |= {child.pid} if "python" in child.name() else set()
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_result_comes_back_with_its_type() -> None:
    assert bounded_process.call(children.doubled, b"1 2.5", 2.0, bounds=BOUNDS) == [4.0, 10.0]


def test_what_a_reader_says_of_a_file_comes_back() -> None:
    with pytest.raises(BadInput) as caught:
        bounded_process.call(children.refuses, b"odd", bounds=BOUNDS)
    assert (caught.value.field, caught.value.reason) == ("row 2", "is odd")


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (children.sleeps, "longer than 2 s"),
        (children.spins, "longer than 2 s"),
        (children.eats, "256 MiB of memory"),
        (children.aborts, "256 MiB of memory"),
        (children.talks, "1 MiB when read"),
    ],
)
def test_a_limit_is_one_sentence_that_names_it(target: Callable[..., Any], says: str) -> None:
    before = children_now()
    with pytest.raises(BadInput) as caught:
        bounded_process.call(target, b"x" * 20_000, bounds=BOUNDS, what="labels.csv")
    assert caught.value.field == "labels.csv"
    assert says in caught.value.reason
    assert "limit" in caught.value.reason
    assert children_now() <= before


def test_a_child_that_fills_its_log_is_ended() -> None:
    with pytest.raises((BadInput, RuntimeError)):
        bounded_process.call(children.logs_without_end, b"x" * 1000, bounds=BOUNDS)


def test_what_a_library_prints_spoils_no_result() -> None:
    assert bounded_process.call(children.prints, b"abc", bounds=BOUNDS) == 3


def test_a_child_has_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = bounded_process.call(children.sees, b"", bounds=BOUNDS)
    assert "PATH" in seen
    assert not [name for name in seen if name.startswith("GATEHOUSE") or name == "DATABASE_URL"]


def test_no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for target in (children.doubled, children.aborts):
        try:
            bounded_process.call(target, b"1", *([1.0] if target is children.doubled else []), bounds=BOUNDS)
        except BadInput:
            continue
    assert list(tmp_path.iterdir()) == []


def test_one_more_than_allowed_is_refused_at_once_and_a_place_comes_free() -> None:
    def wait() -> None:
        with pytest.raises(BadInput):
            bounded_process.call(children.sleeps, b"", bounds=BOUNDS)

    waiting = [threading.Thread(target=wait) for _ in range(BOUNDS.at_once)]
    for thread in waiting:
        thread.start()
    while bounded_process.running() < BOUNDS.at_once:
        assert any(thread.is_alive() for thread in waiting)
    with pytest.raises(ReadersBusy):
        bounded_process.call(children.doubled, b"1", 1.0, bounds=BOUNDS)
    for thread in waiting:
        thread.join()
    assert bounded_process.call(children.doubled, b"1", 1.0, bounds=BOUNDS) == [2.0]
