"""Values of the threat list have one spelling, and the copy answers what is listed."""

import pytest

from core.errors import BadInput
from core.security.threats import Listed, canonical, kind_of


def test_spellings():
    assert canonical("ip", " 2001:DB8::0001 ") == "2001:db8::1"
    assert canonical("wallet", "0xAbC123") == "0xabc123"
    assert canonical("wallet", "bc1QxyzABC") == "bc1QxyzABC"


@pytest.mark.parametrize(
    ("kind", "value"), [("ip", "300.1.1.1"), ("ip", ""), ("wallet", "a b"), ("wallet", "'; --"), ("x", "y")]
)
def test_what_is_neither_is_refused(kind, value):
    with pytest.raises(BadInput):
        canonical(kind, value)


def test_a_bare_value_tells_what_it_is():
    assert [kind_of(value) for value in ("203.0.113.7", "::1", "0xabc")] == ["ip", "ip", "wallet"]
    with pytest.raises(BadInput):
        kind_of("not one")


def test_a_hit_names_the_wallet_first_and_ends_in_time():
    known = Listed("1", {"203.0.113.7": 100.0}, {"0xabc": float("inf")})
    assert known.hit("0xABC", "203.0.113.7", 50) == "wallet"
    assert known.hit("other", "203.0.113.7", 50) == "ip"
    assert known.hit("other", "203.0.113.7", 100) is None
    assert known.hit(None, None, 50) is None
    assert Listed().hit("0xabc", "203.0.113.7", 50) is None
