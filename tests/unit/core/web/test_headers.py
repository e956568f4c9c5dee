"""Headers that are put on an answer together."""

from werkzeug.datastructures import Headers

from core.web.headers import put


def test_what_is_set_replaces_and_what_is_missing_does_not() -> None:
    headers = Headers([("a", "1"), ("B", "2"), ("Set-Cookie", "x"), ("Set-Cookie", "y"), ("B", "3")])
    put(headers, [("A", "4"), ("b", "5"), ("C", "6")], [("c", "7"), ("B", "8"), ("D", "9")])
    assert headers.to_wsgi_list() == [
        ("A", "4"), ("b", "5"), ("Set-Cookie", "x"), ("Set-Cookie", "y"), ("C", "6"), ("D", "9"),
    ]  # fmt: skip
