"""Replaying: times moved by whole minutes, keys from content, line and run, repeated lines counted."""

import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput
from simulator import replayer
from simulator.replayer import Item, Replay


class Product:
    """Takes events; blocks transactions of more than 100."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []

    def events(self, events: list[dict[str, Any]], batch: int = 500) -> int:
        self.taken += events
        return len(events)

    def score_many(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
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


def test_at_a_speed_the_spacing_is_kept() -> None:
    assert len(run([Item(1, 0.0, {}), Item(2, 20.0, {})], speed=100)) == 2


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        replayer.load(tmp_path / "none.log")
