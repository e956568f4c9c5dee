"""Text from outside: nothing hidden, nothing that becomes a link, nothing that formats; ours stays as it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import untrusted_text
from tests.unit.alerts.notify.channels.corpus import BAD_CHARACTERS, BAD_LINK, EVERY


@pytest.mark.parametrize("text", EVERY)
def test_what_strangers_write_is_inert(text: str) -> None:
    found = untrusted_text.inert(text)
    assert not BAD_CHARACTERS & set(found)
    assert not re.search(BAD_LINK, found)
    plain = untrusted_text.unformatted(found)
    assert not re.search(r"[*`~]|<[!@#/A-Za-z]|\]\(", plain)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://evil.example/x", "http[:]//evil[.]example/x"),
        ("a@evil.co.uk", "a@evil[.]co[.]uk"),
        ("x\r\nBcc: all", "x Bcc: all"),
        ("\u202eab", "\\u202eab"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:80/x", "203.0.113[.]7:80/x"),
        ("4.21 % (limit 3.5 %) at 10:30:15 UTC", "4.21 % (limit 3.5 %) at 10:30:15 UTC"),
        ("wallet_age, v1.2.3", "wallet_age, v1.2.3"),
        ("na\u00efve \u6f22 \U0001f469\u200d\U0001f467", "na\u00efve \u6f22 \U0001f469\u200d\U0001f467"),
    ],
)
def test_it_stays_readable(text: str, shown: str) -> None:
    assert untrusted_text.inert(text) == shown


@given(st.text(max_size=60))
def test_a_text_may_pass_more_than_once(text: str) -> None:
    found = untrusted_text.inert(text)
    assert untrusted_text.inert(found) == found
    plain = untrusted_text.unformatted(found)
    assert untrusted_text.unformatted(plain) == plain
    assert untrusted_text.inert(plain) == plain


@given(st.text(max_size=40), st.integers(2, 50))
def test_a_cut_text_fits_in_code_units_and_breaks_no_pair(text: str, length: int) -> None:
    found = untrusted_text.cut(text, length)
    assert len(found.encode("utf-16-le", "surrogatepass")) // 2 <= length
    assert found == text or found.endswith("…")


@given(st.text(alphabet="&<>a\U0001f600", max_size=40), st.integers(2, 50))
def test_no_escape_is_cut_in_the_middle(text: str, length: int) -> None:
    def escape(one: str) -> str:
        return one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    found = untrusted_text.cut_escaped(text, length, escape)
    assert len(found.encode("utf-16-le")) // 2 <= length
    assert "&" not in re.sub(r"&(amp|lt|gt);", "", found)


@pytest.mark.parametrize("text", ["x" * 10**6, "a." * 500_000, ":" * 10**6, "_" * 10**6, "<" * 10**6, "1." * 500_000])
def test_long_hostile_texts_take_linear_time(text: str) -> None:
    untrusted_text.unformatted(untrusted_text.inert(text))


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://console.example/admin/monitoring/alerts/incidents/A1-0", True),
        ("http://127.0.0.1:8050/x?y=1#z", True),
        ("javascript:alert(1)", False),
        ("https://x|y", False),
        ("https://x y", False),
        ("https://x\nBcc: y", False),
        ("https://\u202ex", False),
        ("", False),
    ],
)
def test_only_web_addresses_are_offered_for_clicking(url: str, ours: bool) -> None:
    assert untrusted_text.own_link(url) == (url if ours else "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\tc", "a\nb\tc"),
        ("\u202eab", "\\u202eab"),
        ("\x9bx", "\\u009bx"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\u05d0\u200f \U0001f469\u200d\U0001f467", "\u05d0\u200f \U0001f469\u200d\U0001f467"),
    ],
)
def test_a_page_shows_hidden_characters_as_escapes(text: str, shown: str) -> None:
    assert untrusted_text.settled(text) == shown


def test_a_name_is_spelled_out() -> None:
    assert untrusted_text.spelled(" a  b\n") == "\\x20a \\x20b\\x0a"
    assert untrusted_text.spelled("a b") == "a b"
