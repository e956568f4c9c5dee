"""What every request may hold: text that can be stored."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import BadInput
from core.web import outside
from core.web.outside import OutsideRequest

_PLACES = ("PATH_INFO", "QUERY_STRING", "HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_X_ANY", "CONTENT_TYPE")
_PARTS = st.sampled_from(
    ("\0", "%00", "%2500", "%0", "0", "\\000", '"', "=", ";", "&", "+", "%ED%A0%80", "\xed\xa0\x80", "\xe9", "e")
)  # fmt: skip


def _request(**given: str) -> OutsideRequest:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "wsgi.url_scheme": "http", **given}
    return OutsideRequest(environ)


def _problem(request: OutsideRequest, look: object) -> str | None:
    try:
        look(request)  # type: ignore[operator]
    except BadInput as error:
        return str(error)
    return None


@given(st.dictionaries(st.sampled_from(_PLACES), st.lists(_PARTS, max_size=6).map("".join)))
@example({"HTTP_COOKIE": 'a="\\000"'})
@example({"QUERY_STRING": "a=%00"})
def test_a_glance_lets_nothing_through_that_a_look_refuses(places: dict[str, str]) -> None:
    assert _problem(_request(**places), outside.check) == _problem(_request(**places), outside._check_each)


@pytest.mark.parametrize(
    ("place", "text", "named"),
    [
        ("PATH_INFO", "/a\0b", "path"),
        ("QUERY_STRING", "name=a%00b", "?name"),
        ("QUERY_STRING", "na%00me=ab", "?na"),
        ("QUERY_STRING", "name=\xed", "?"),
        ("HTTP_COOKIE", 'seat="a\\000b"', "cookie seat"),
        ("HTTP_X_ANY", "a\0b", "X-Any"),
        ("HTTP_X_ANY", "a\ud83db", "X-Any"),
    ],
)
def test_unstorable_text_is_refused_by_its_place(place: str, text: str, named: str) -> None:
    assert named in (_problem(_request(**{place: text}), outside.check) or "")
