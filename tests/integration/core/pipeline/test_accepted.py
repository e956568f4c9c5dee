"""The names under which accepted entries are found again, and when each came in."""

import pytest

from core import clock
from core.db import event_keys
from core.db.redis_client import Live
from core.events.types import Heartbeat
from core.pipeline import accepted
from core.pipeline.writer import key_of

START = 1_800_000_000.25


def beat(sender: str) -> Heartbeat:
    return Heartbeat(id="1", service="s", timestamp=START, sender=sender)


def test_an_entry_goes_by_its_first_events_key_and_by_ours_where_that_is_another() -> None:
    ours, theirs = beat(""), beat("shop")
    own = event_keys.key("heartbeat", "1")
    assert accepted.name(ours).hex() == key_of(ours) == own
    assert key_of(theirs) != own
    assert accepted.name(theirs).hex() == key_of(theirs) + own
    assert accepted.pair(accepted.name(ours)) == f"{own} {own}"
    assert accepted.pair(accepted.name(theirs)) == f"{key_of(theirs)} {own}"


def test_what_is_left_is_read_with_its_times_up_to_the_most(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: START)
    names = [bytes([number]) * 16 for number in range(3)]
    for name in names:
        key, field, value = accepted.note(0, "me", name)
        live.redis.hset(key, field, value)
    pairs = [accepted.pair(name) for name in names]
    assert accepted.left(live, 0, "me") == (dict.fromkeys(pairs, START), 3)
    accepted.stored(live, 0, "me", names[:1])
    monkeypatch.setattr(accepted, "MOST", 1)
    found, count = accepted.left(live, 0, "me")
    assert (len(found), count) == (1, 2)
    assert found.keys() <= set(pairs[1:])
    accepted.forget(live, 0, "me")
    assert accepted.left(live, 0, "me") == ({}, 0)
