"""How far back each kind of event is kept, and the sentence for what is older."""

import pytest
from msgspec.structs import replace

from core import settings
from core.errors import BadInput
from core.events.retention import DAY, Kept

NOW = 1_790_000_000.0


def kept() -> Kept:
    known = settings.load({}).config.retention
    return Kept.of(replace(known, raw_days=90, requests_days=10))


@pytest.mark.parametrize(("kind", "days"), [("transaction", 90), ("prediction", 90), ("security", 90), ("request", 10)])
def test_each_kind_has_its_edge(kind: str, days: int) -> None:
    kept().check(kind, NOW - days * DAY, NOW)
    with pytest.raises(
        BadInput, match=rf"{days} days \(\w+_days in retention.toml\): the oldest accepted time is 2026-\d\d-\d\dT"
    ):
        kept().check(kind, NOW - days * DAY - 1, NOW)


@pytest.mark.parametrize("kind", ["label", "heartbeat"])
def test_what_is_never_dropped_is_never_too_old(kind: str) -> None:
    kept().check(kind, 0.0, NOW)
