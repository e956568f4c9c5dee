"""The client's address: hearsay counts only from trusted proxies."""

import pytest

from core.web.client import client_address, counted, networks, within

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
        ("10.0.0.1", "192.0.2.1:51234", PROXIES, "192.0.2.1"),
        ("10.0.0.1", "[2001:db8::1]:443", PROXIES, "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", PROXIES, "2001:db8::1"),
        ("10.0.0.1", "198.51.100.7, [::ffff:192.0.2.1]:80, 10.2.3.4:9", PROXIES, "192.0.2.1"),
        ("fe80::1%eth0", "", (), "fe80::1"),
    ],
)
def test_the_nearest_untrusted_address_counts(peer: str, forwarded: str, trusted: tuple, expected: str) -> None:
    assert client_address({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}, trusted) == expected


def test_what_is_no_address_is_within_nothing() -> None:
    assert not within("nonsense", PROXIES)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "192.0.2.1"),
        ("64:ff9b:1::192.0.2.1", "192.0.2.1"),
        ("2002:c000:201::5", "192.0.2.1"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdfe", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_a_client_is_counted_once_however_many_addresses_it_has(address: str, client: str) -> None:
    assert counted(address) == client
