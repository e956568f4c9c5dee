"""Events of kind profile: what contradicts itself, or is too much, is refused by the name of the field."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import types as events
from core.events.performance.profile import Profile
from core.policy import Policy

NOW = 1_790_000_000.0
POLICY = Policy(0, "normal", 0.6, 0.4, 0.7)
GOOD: dict[str, Any] = {
    "kind": "profile", "id": "a", "timestamp": NOW, "service": "shop", "version": "v1", "route": "/cart",
    "method": "GET", "frames": ["main", "load"], "own": [0], "stacks": [[0], [0, 1]], "counts": [3, 4],
}  # fmt: skip
BAD = (
    ({"counts": [1]}, "$.counts"), ({"stacks": [[0], [0, 2]]}, "$.stacks"), ({"stacks": [[-1], [0]]}, "$.stacks"),
    ({"own": [2]}, "$.own"), ({"stacks": [], "counts": []}, "$.stacks"), ({"stacks": [[], [0]]}, "$.stacks"),
    ({"counts": [0, 1]}, "$.counts"), ({"counts": [1, 10**9]}, "$.counts"), ({"frames": ["", "b"]}, "$.frames"),
    ({"frames": ["a\nb", "b"]}, "$.frames"), ({"frames": ["x" * 201, "b"]}, "$.frames"), ({"run": "a b"}, "$.run"),
    ({"stacks": [[0] * 129, [0]]}, "$.stacks"), ({"frames": ["f"] * 2001}, "$.frames"), ({"service": ""}, "$.service"),
    ({"stacks": [[0] * 100] * 400, "counts": [1] * 400}, "$.stacks"), ({"stacks": [[0]] * 501}, "$.stacks"),
    ({"route": "/\x00"}, "$.route"), ({"method": "GET /"}, "$.method"), ({"frames": "main"}, "$.frames"),
)  # fmt: skip


def parsed(body: Any) -> tuple[list[Any], list[events.Rejection]]:
    return events.parse(json.dumps(body).encode(), NOW, POLICY, sender="token:t")


def test_a_good_one_is_taken_in_its_minute() -> None:
    (event,), bad = parsed([GOOD])
    assert bad == []
    assert isinstance(event, Profile)
    assert (event.timestamp, event.counts, event.own) == (NOW // 60 * 60, [3, 4], [0])
    (event,), _ = parsed([GOOD | {"service": "api"}])
    assert event.service == "reported:api", "nobody outside speaks for our processes"
    assert parsed([{name: value for name, value in GOOD.items() if name not in ("own", "route", "method")}])[1] == []


@pytest.mark.parametrize(("change", "field"), BAD)
def test_a_bad_one_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    good, (bad,) = parsed([GOOD | change])
    assert good == []
    assert bad.field.startswith(field)


@given(st.dictionaries(st.sampled_from(list(GOOD)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=6,
)))  # fmt: skip
def test_anything_at_all_is_taken_or_refused(change: dict[str, Any]) -> None:
    good, bad = parsed([GOOD | change | {"kind": "profile"}])
    assert len(good) + len(bad) == 1
