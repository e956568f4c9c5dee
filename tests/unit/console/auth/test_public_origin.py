"""Scheme and host: the public URL decides, else what trusted proxies report; nobody else's forwarded values count."""

from typing import Any

import pytest

from console.auth.public_origin import FOREIGN, OWN, Origin, OriginMiddleware, of_url, parsed, seen
from core.web.client import networks, trusted_hops

PROXIES = networks(["10.0.0.0/8", "fd00::/8"])
NAMES = frozenset({"console"})


def environ(peer: str = "192.0.2.9", host: str = "127.0.0.1:8050", **headers: str) -> dict[str, Any]:
    found = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {"REMOTE_ADDR": peer, "HTTP_HOST": host, "wsgi.url_scheme": "http", **found}


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("Console.Example.ORG", "console.example.org"),
        ("console.example.org:443", "console.example.org"),
        ("console.example.org:8443", "console.example.org:8443"),
        ("console.example.org.", "console.example.org"),
        ("my_box:80", "my_box:80"),
        ("[2001:DB8::1]", "[2001:db8::1]"),
        ("[2001:db8:0:0::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_hosts_are_written_as_browsers_write_them(authority: str, host: str) -> None:
    assert parsed("HTTPS", authority) == Origin("https", host)


@pytest.mark.parametrize(
    "authority",
    ["", " ", "a b", "a,b", "user@host", "host:", "host:0", "host:65536", "host:8x", "host/path", "-", "[::1", "::1",
     "[x]", "host:１", "a..b", "é.example", "host\r\nx: y", "a" * 300, "<script>"],
)  # fmt: skip
def test_what_is_no_host_is_none(authority: str) -> None:
    assert parsed("https", authority) is None


def test_forwarded_values_count_only_behind_trusted_proxies() -> None:
    told = {"x_forwarded_proto": "HTTPS", "x_forwarded_host": "Gate.Example.org"}
    assert seen(environ("10.0.0.1", **told), PROXIES, None, NAMES) == (Origin("https", "gate.example.org"), "")
    assert seen(environ("192.0.2.9", **told), PROXIES, None, NAMES) == (Origin("http", "127.0.0.1:8050"), "")
    assert seen(environ("10.0.0.1", **told), (), None, NAMES) == (Origin("http", "127.0.0.1:8050"), "")
    assert seen(environ("::ffff:10.0.0.1", **told), PROXIES, None, NAMES)[0].scheme == "https"


@pytest.mark.parametrize(
    ("chain", "proto", "scheme"),
    [
        ("203.0.113.7", "https", "https"),
        ("203.0.113.7", "https, http", "http"),  # one proxy: it appended to what the client had made up
        ("203.0.113.7, 10.0.0.2", "https, http", "https"),  # two proxies, TLS before the outer one
        ("203.0.113.7, 10.0.0.2", "http, https, http", "https"),  # and the client made one up
        ("203.0.113.7, 10.0.0.2", "https", "https"),  # the inner one replaced it
        ("", "https", "https"),
        ("203.0.113.7", "gopher", "http"),
        ("203.0.113.7", "", "http"),
    ],
)
def test_of_several_values_the_outermost_trusted_proxys_counts(chain: str, proto: str, scheme: str) -> None:
    asked = environ("10.0.0.1", x_forwarded_for=chain, x_forwarded_proto=proto)
    assert seen(asked, PROXIES, None, NAMES)[0].scheme == scheme


def test_a_malformed_forwarded_host_is_passed_over() -> None:
    for bad in ("evil example", "https://x", "a,b c", "[::1"):
        found, foreign = seen(environ("10.0.0.1", x_forwarded_host=bad), PROXIES, None, NAMES)
        assert (found.host, foreign) == ("127.0.0.1:8050", "")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8050", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_a_foreign_host_is_none_of_ours(host: str) -> None:
    public = of_url("https://gate.example.org/admin/monitoring")
    assert seen(environ(host=host), PROXIES, None, NAMES)[1] == host
    assert seen(environ(host=host), PROXIES, public, NAMES)[1] == host
    assert seen(environ("10.0.0.1", host=host), PROXIES, public, NAMES)[1] == host
    assert seen(environ("10.0.0.1", x_forwarded_host=host), PROXIES, public, NAMES)[1] == host


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8050", "127.0.0.1:8050", "[::1]:8050", "10.1.2.3", "console:8050"]
)
def test_this_machine_addresses_and_our_own_names_are_ours(host: str) -> None:
    assert seen(environ(host=host), PROXIES, None, NAMES)[1] == ""
    assert seen(environ(host=host), PROXIES, of_url("https://gate.example.org"), NAMES)[1] == ""


def test_the_public_url_is_what_every_reader_sees() -> None:
    asked: list[dict[str, Any]] = []

    def app(given: dict[str, Any], _: Any) -> list[bytes]:
        asked.append(given)
        return []

    wrapped = OriginMiddleware(app, PROXIES, of_url("https://gate.example.org/admin/monitoring"), NAMES)
    wrapped(environ(host="127.0.0.1:8050"), None)
    assert (asked[0]["wsgi.url_scheme"], asked[0]["HTTP_HOST"]) == ("https", "gate.example.org")
    assert asked[0][OWN] == {"https://gate.example.org", "http://127.0.0.1:8050"}
    assert FOREIGN not in asked[0]
    wrapped(environ(host="a b"), None)
    assert asked[1][FOREIGN] == "a b"


def test_without_a_public_url_our_own_origin_is_the_one_that_was_asked() -> None:
    asked = environ(host="127.0.0.1:8050")
    OriginMiddleware(lambda *_: [], PROXIES, None, NAMES)(asked, None)
    assert asked[OWN] == {"http://127.0.0.1:8050"}


def test_a_connection_of_ours_that_is_encrypted_is_https() -> None:
    asked = environ(host="console:8443") | {"wsgi.url_scheme": "https"}
    assert seen(asked, PROXIES, None, NAMES) == (Origin("https", "console:8443"), "")


def test_a_name_has_at_most_253_signs() -> None:
    longest = ".".join(["a" * 49] * 5) + ".org"
    assert len(longest) == 253
    assert parsed("https", longest) == Origin("https", longest)
    assert parsed("https", f"a{longest}") is None


def test_what_cannot_be_believed_is_passed_over() -> None:
    told = environ("10.0.0.1", x_forwarded_proto="ftp")
    assert seen(told, PROXIES, None, NAMES) == (Origin("http", "127.0.0.1:8050"), "")
    assert seen(environ(host="a b"), PROXIES, None, NAMES) == (Origin("http", "localhost"), "a b")


@pytest.mark.parametrize(("name", "host"), [("console", "console:8050"), ("::1", "[::1]:8050")])
def test_without_a_host_the_server_says_its_own(name: str, host: str) -> None:
    asked = environ() | {"SERVER_NAME": name, "SERVER_PORT": "8050"}
    del asked["HTTP_HOST"]
    assert seen(asked, PROXIES, None, NAMES) == (Origin("http", host), "")


def test_hops_are_counted_from_us_outward() -> None:
    assert trusted_hops(environ("192.0.2.9", x_forwarded_for="10.0.0.2"), PROXIES) == 0
    assert trusted_hops(environ("10.0.0.1"), PROXIES) == 1
    assert trusted_hops(environ("10.0.0.1", x_forwarded_for="10.0.0.9, 203.0.113.7, 10.0.0.2"), PROXIES) == 2
    assert trusted_hops(environ("10.0.0.1", x_forwarded_for="nonsense, fd00::2"), PROXIES) == 2
