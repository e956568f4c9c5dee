"""What may be an id is what an event may carry."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import types as events
from core.policy import Policy
from core.transactions.ids import is_id

POLICY = Policy(0, "normal", 0.6, 0.4, 0.7)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=220))
def test_it_is_what_an_event_may_carry(text: str) -> None:
    body = json.dumps({"kind": "label", "transaction_id": text, "label": "fraud", "source": "analyst"}).encode()
    good, _ = events.parse(body, 1_790_000_000.0, POLICY, sender="s")
    assert bool(good) == is_id(text)


@pytest.mark.parametrize("text", ["", "a\x00", "a\nb", "a\n", "\n", "\x7f", "x" * 201])
def test_what_is_none(text: str) -> None:
    assert not is_id(text)
    body = json.dumps({"kind": "label", "transaction_id": text, "label": "fraud", "source": "analyst"}).encode()
    good, refused = events.parse(body, 1_790_000_000.0, POLICY, sender="s")
    assert (len(good), len(refused)) == (0, 1)
