"""Replaying: times moved by whole minutes, keys from content, line and run, repeated lines counted."""

import gzip
import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput
from core.events.retention import DAY, Kept
from simulator import replayer
from simulator.replayer import Item, Replay
from simulator.sender import Refused


class Product:
    """Takes events; blocks transactions of more than 100."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.replayed: set[bool] = set()
        self.rejected = 0

    def events(self, events: list[dict[str, Any]], batch: int = 500) -> int:
        self.taken += events
        return len(events)

    def score_many(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.replayed |= {body["replayed"] for body in bodies}
        if any(body["amount"] == 13 for body in bodies):
            raise Refused("scoring refused a batch: 13")
        return [{"decision": "BLOCKED" if body["amount"] > 100 else "APPROVED"} for body in bodies]


def run(items: list[Item], speed: float = 0.0) -> list[dict[str, Any]]:
    product = Product()
    Replay(product, speed, print, threading.Event()).run(items, "d", "1")  # type: ignore[arg-type]
    return product.taken


def test_times_move_by_whole_minutes_to_now() -> None:
    items = [Item(1, 1000.25, {}), Item(2, 1090.5, {})]
    first, second = replayer.shift_to(items, 1_000_000.0)
    assert second.when - first.when == 90.25
    assert (second.when - 1090.5) % 60 == 0
    assert 0 <= 1_000_000.0 - second.when < 60
    assert replayer.shift_to([], 5.0) == []


def test_keys_name_content_run_and_line() -> None:
    sent = run([Item(2, 5.0, {"kind": "request"}), Item(1, 4.0, {"kind": "security"}, times=2)])
    assert [(event["id"], event["timestamp"]) for event in sent] == [("d-1-1-0", 4.0), ("d-1-1-1", 4.0), ("d-1-2", 5.0)]


def test_blocked_transactions_are_labelled_but_not_reported() -> None:
    def transaction(line: int, amount: float) -> Item:
        return Item(line, 1.0, {"kind": "transaction"}, score={"amount": amount, "features": {}}, label="fraud")

    sent = run([transaction(1, 500), transaction(2, 5)])
    assert [(event["kind"], event["transaction_id"]) for event in sent] == [
        ("label", "d-1-1"),
        ("transaction", "d-1-2"),
        ("label", "d-1-2"),
    ]


@pytest.mark.parametrize("replayed", [False, True])
def test_what_keeps_its_time_is_sent_as_replayed(replayed: bool) -> None:
    product = Product()
    items = [Item(2, 1000.0, {"kind": "transaction", "amount": 5.0}, {"amount": 5.0, "features": {}})]
    Replay(product, 0.0, print, threading.Event(), replayed).run(items, "d", "1")  # type: ignore[arg-type]
    assert product.replayed == {replayed}


def test_at_a_speed_the_spacing_is_kept() -> None:
    assert len(run([Item(1, 0.0, {}), Item(2, 20.0, {})], speed=100)) == 2


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        replayer.unpacked(tmp_path / "none.log")


def test_a_packed_log_is_the_log(tmp_path: Path) -> None:
    content = "203.0.113.9 \u2028 \x0b one line\r\nM\xfcller\n".encode("latin-1", "replace")
    plain, packed, cut = tmp_path / "a.log", tmp_path / "a.log.1.gz", tmp_path / "cut.gz"
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    cut.write_bytes(gzip.compress(content)[:-9])
    content, digest = replayer.unpacked(plain)
    assert replayer.unpacked(packed) == (content, digest)
    lines = replayer.lines(content)
    assert [line[-8:] for line in lines] == ["one line", "M\xfcller"]
    with pytest.raises(BadInput, match="cut off"):
        replayer.unpacked(cut)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\r\n1,2".encode(encoding))
    assert replayer.lines(replayer.unpacked(path)[0]) == ["a,b", "1,2"]


def test_a_row_that_scoring_refuses_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    amounts = [1.0, 13.0, 2.0, 200.0, 13.0, 3.0]
    items = [
        Item(n, 1000.0 + n, {"kind": "transaction", "amount": a}, {"amount": a, "features": {}}, "fraud")
        for n, a in enumerate(amounts, 2)
    ]
    product = Product()
    Replay(product, 0.0, print, threading.Event()).run(items, "d", "1")  # type: ignore[arg-type]
    assert [e["amount"] for e in product.taken if e["kind"] == "transaction"] == [1.0, 2.0, 3.0]
    assert [e["id"] for e in product.taken if e["kind"] == "label"] == [f"d-1-{n}-label" for n in (2, 4, 5, 7)]
    assert product.rejected == 2
    assert "line 3: scoring refused a batch: 13" in capsys.readouterr().out


def test_names_that_differ_in_an_accent_stay_two() -> None:
    """Also where the bytes are no text in any way that makes sense."""
    for content in ("Renée\nRenêe\n".encode("cp1252"), b"Ren\xe9e\nRen\xeae\n\xc3\x28\n"):
        first, second = replayer.lines(content)[:2]
        assert first != second
        assert "\ufffd" not in first


def test_a_transaction_keeps_its_own_id() -> None:
    item = Item(1, 1.0, {"kind": "transaction"}, score={"amount": 5, "features": {}}, label="fraud", own="TX-9")
    assert [(event["transaction_id"], event["id"]) for event in run([item])] == [
        ("TX-9", "d-1-1"),
        ("TX-9", "d-1-1-label"),
    ]


def test_lines_older_than_what_is_kept_are_counted_and_not_sent() -> None:
    kept, now = Kept({"request": 10, "prediction": 20}, {}), 1_790_000_000.0
    items = [
        Item(1, now - 11 * DAY, {"kind": "request"}),
        Item(2, now - 11 * DAY, {"kind": "security"}),
        Item(3, now - 21 * DAY, {"kind": "other"}, score={"amount": 1}),
        Item(4, now, {"kind": "request"}),
    ]
    young, said = replayer.in_time(items, kept, now)
    assert [item.line for item in young] == [2, 4]
    assert said.startswith(
        "2 lines are older than the retention period and are not sent: the oldest accepted time is 2026-09-"
    )
    assert replayer.in_time(young, kept, now) == (young, "")
