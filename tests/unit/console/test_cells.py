"""Cells by their kind: words, what files get and what sorts where the words are not the value."""

from typing import Any

import pytest

from console.cells import KINDS, row
from console.panel import Column
from tests.components import Reader

AT = 1_767_312_000_000  # 2026-01-02 00:00 UTC


def read(kind: str, value: Any) -> tuple[str, dict[str, str]]:
    """The words of a cell and its own attributes."""
    found = Reader(f"<table>{row((Column('x', 'X', kind),), ['key', value])}</table>")
    return "".join(found.words), dict(found.attributes)


@pytest.mark.parametrize(
    ("kind", "value", "words", "saved", "order"),
    [
        ("int", 1234.4, "1,234", "1234.4", None),
        ("usd", -1234.5, "-$1,234.50", "-1234.5", None),
        ("score", 0.91249, "0.912", "0.91249", None),
        ("num", 123456.0, "123460", "123456.0", None),
        ("signed", 0.25, "+0.250", "0.25", None),
        ("when", AT, "2026-01-02 00:00", None, None),
        ("severity", "high", "High", "high", "3"),
        ("state", ["good", "check-lg", "legit", "by bank"], "legit", None, None),
        ("two", ["a", "b", None], "ab", "a, b", "a"),
        ("what", ["a", None, "s", None, "c1"], "a s", "a · s", "a"),
        ("counted", [AT, "since"], "00:00", "2026-01-02 00:00", str(AT)),
        ("meter", ["5 %", 0.05], "5 %", None, "0.05"),
        ("choose", ["use-1", "Use", "b", ["a", "A"], ["b", "B"]], "AB", "B", None),
        ("right", "1,234 ms", "1,234 ms", None, "1234.0"),
        ("right", ["1.20 s", 1.2], "1.20 s", None, "1.2"),
        ("spark", [1, 0, 4], "", "5", "5"),
        ("usd", None, "–", None, None),
        ("act", [], "", None, None),
    ],
)
def test_a_kind_says_its_words_what_is_saved_and_what_sorts(
    kind: str, value: Any, words: str, saved: str | None, order: str | None
) -> None:
    text, known = read(kind, value)
    assert (text.strip(), known.get("data-value"), known.get("data-order")) == (words, saved, order)


def test_every_kind_escapes_what_it_shows() -> None:
    for kind in ("text", "mono", "long", "more", "right", "txn", "ip", "decision"):
        assert "<b>" not in row((Column("x", "X", kind),), ["key", "<b>"]), kind
        assert kind in KINDS


def test_a_row_of_a_transaction_opens_it() -> None:
    assert read("open", "t/1")[1]["href"] == "/admin/monitoring/transactions/one?id=key"
    assert read("txn", "t1")[1]["data-open"] == "t1"
