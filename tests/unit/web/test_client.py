"""The client's address: hearsay counts only from trusted proxies."""

import pytest

from core.web.client import client_address, networks, within

PROXIES = networks(["10.0.0.0/8", "::1/128"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "expected"),
    [
        ("203.0.113.5", "192.0.2.1", (), "203.0.113.5"),
        ("203.0.113.5", "192.0.2.1", PROXIES, "203.0.113.5"),
        ("10.0.0.1", "192.0.2.1", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7, 192.0.2.1, 10.2.3.4", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7, nonsense", PROXIES, "10.0.0.1"),
        ("10.0.0.1", "", PROXIES, "10.0.0.1"),
        ("::1", "2001:db8::1", PROXIES, "2001:db8::1"),
        ("::ffff:203.0.113.5", "192.0.2.1", PROXIES, "203.0.113.5"),
        ("::ffff:10.0.0.1", "::ffff:192.0.2.1", PROXIES, "192.0.2.1"),
        ("2001:DB8:0::1", "", (), "2001:db8::1"),
        ("", "192.0.2.1", PROXIES, ""),
    ],
)
def test_the_nearest_untrusted_address_counts(peer: str, forwarded: str, trusted: tuple, expected: str) -> None:
    assert client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}, trusted) == expected


def test_what_is_no_address_is_within_nothing() -> None:
    assert not within("nonsense", PROXIES)
