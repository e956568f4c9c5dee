"""What reads outside text without a pattern is linear, too: numbers, times, addresses, names, files and bodies."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from core import clock
from core.errors import BadInput
from core.events import types as events
from core.policy import Policy
from core.security.threats import canonical
from core.tabular import csv_export, currency, dates, decimals, encoding, missing_values, series
from core.tabular.csv_lines import Lines
from core.transactions import label_file, search_filter
from core.web.client import client_address, networks
from core.web.outside import check_json
from stack import threat_file
from tests.hostile import growth

POLICY = Policy(0, "p", 0.7, 0.4, 0.9)
PIECES = ["9", "0", ".", "1.", "1,", "-", "e9", " ", "a", "a ", "\n", "\r", "a\n", ",", '"', '""', '","', "[", "{",
          '{"a":',           "\\", "\\u0000", "é", "٣", "Z", ":", "::", "::1,", "%", "#", ";",
          "=", "\t", "T", "+00:00", "1'"]  # fmt: skip
READERS: dict[str, Callable[[str], Any]] = {
    "float": missing_values.is_number,
    "words": lambda text: (missing_values.label(text), missing_values.plain(text), missing_values.truth(text)),
    "time": dates.instant,
    "epoch": dates.epoch,
    "moment": clock.moment,
    "day": clock.day,
    "when": lambda text: events.when(text, 1.79e9),
    "address": events.address,
    "wallet": lambda text: canonical("wallet", text),
    "decimals": lambda text: decimals.commas([text]),
    "pointed": lambda text: decimals.pointed([text], ";"),
    "unit": lambda text: currency.plain([text, text]),
    "days": lambda text: (dates.plain([text]), dates.are_days([text])),
    "delimiter": lambda text: (csv_export.delimiter(text), csv_export.announced(text)),
    "lines": lambda text: sum(1 for _ in Lines(text, len(text))),
    "encoding": lambda text: encoding.decode(b"\xe9" + text.encode("utf-8", "replace")),
    "western": lambda text: encoding.decode(text.encode("latin-1", "replace") + b"\xe9"),
    "labels": lambda text: label_file.parse(f"transaction_id,label\n{text}".encode(), 1.79e9, "a", 300, "chargeback"),
    "label header": lambda text: label_file.parse(text.encode(), 1.79e9, "a", 300, "chargeback"),
    "threats": threat_file.parse,
    "threats in CSV": lambda text: threat_file.parse(f"ip,x\n{text}"),
    "series": lambda text: series.parse(f"timestamp,value\n{text}".encode(), "f", "timestamp", "value", 10**9, 10**9),
    "events": lambda text: events.parse(text.encode(), 1.79e9, POLICY, sender="token:t"),
    "an event": lambda text: events.parse(
        f'{{"kind":"security","severity":"low","text":{text}'.encode(), 1.79e9, POLICY, sender="token:t"
    ),
    "JSON": lambda text: msgspec.json.decode(text.encode()),
    "JSON count": lambda text: check_json(text.encode(), 10),
    "filter": lambda text: search_filter.parse(dict.fromkeys(search_filter.FIELDS, text), 1.79e9),
    "forwarded": lambda text: client_address(
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": text}, networks(["127.0.0.0/8", "::/0"])
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_reading_is_linear(name: str) -> None:
    def read(text: str) -> None:
        try:
            READERS[name](text)
        except (BadInput, ValueError, OverflowError, RecursionError, encoding.NotText):
            return

    slow = {}
    for piece in PIECES:
        for end in ("", "x"):
            made = lambda length, piece=piece, end=end: piece * (length // len(piece)) + end  # noqa: E731
            if said := growth.too_slow(read, made, (100, 1_000, 10_000, 100_000)):
                slow[piece, end] = said
    assert not slow
