"""Of a request's own words only harmless headers and the names of parameters are kept, whatever it carries."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from core.events.performance.outlier import MOST_HEADERS, MOST_PARAMETERS, Outlier
from core.web.outliers import context

SECRET = "S3CR3T-"
WORDS = st.text(st.characters(codec="latin-1", exclude_characters="&"), max_size=60)
HEADERS = st.sampled_from([
    "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION", "HTTP_X_API_KEY", "HTTP_X_CSRF_TOKEN",
    "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_IF_NONE_MATCH", "REMOTE_USER",
    "PATH_INFO", "SCRIPT_NAME", "REQUEST_URI", "RAW_URI", "wsgi.input", "gatehouse.session", "HTTP_STRIPE_SIGNATURE",
])  # fmt: skip


def kept(environ: dict[str, Any]) -> str:
    return repr((context.headers(environ), context.parameters(environ)))


@given(st.dictionaries(HEADERS | WORDS.map(lambda name: f"HTTP_{name}".upper()), WORDS, max_size=12))
def test_no_other_header_cookie_path_or_body_is_kept(given_headers: dict[str, str]) -> None:
    harmless = {"HTTP_USER_AGENT": "curl/8", "CONTENT_TYPE": "text/plain", "CONTENT_LENGTH": "3"}
    secret = {key: SECRET + value for key, value in given_headers.items() if key not in context.HEADERS}
    found = kept({**secret, **harmless})
    assert SECRET not in found
    assert "curl/8" in found


@given(st.lists(st.tuples(WORDS, WORDS), max_size=40))
def test_no_value_of_a_parameter_is_kept_nor_one_that_stands_alone(pairs: list[tuple[str, str]]) -> None:
    query = "&".join([*(f"{name}={SECRET}{value}" for name, value in pairs), SECRET, f"{SECRET}="])
    names = context.parameters({"QUERY_STRING": query})
    assert SECRET not in repr(names)
    assert len(names) <= MOST_PARAMETERS


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_whatever_stands_in_them_the_event_can_be_read_again(agent: str, kind: str, query: str) -> None:
    environ = {"HTTP_USER_AGENT": agent.encode("utf-8", "replace").decode("latin-1"), "CONTENT_TYPE": kind,
               "QUERY_STRING": query, "HTTP_ACCEPT": kind, "HTTP_ACCEPT_ENCODING": agent}  # fmt: skip
    event = Outlier(
        request="r", service="api", route="/a", method="GET", status=200, seconds=1.0, limit_seconds=0.1,
        headers=context.headers(environ), parameters=context.parameters(environ),
    )  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(event), type=Outlier) == event
    assert len(event.headers) <= MOST_HEADERS


def test_what_is_kept_is_cut_to_what_it_is_for() -> None:
    environ = {
        "HTTP_ACCEPT": f"text/html;q={SECRET}, */*, {SECRET}",
        "CONTENT_TYPE": f"multipart/form-data; boundary={SECRET}",
        "CONTENT_LENGTH": f"12{SECRET}",
        "HTTP_ACCEPT_ENCODING": "gzip, br;q=0.1",
        "HTTP_USER_AGENT": "a\nb" + "c" * 500,
    }
    found = context.headers(environ)
    assert found["Accept"] == "text/html, */*"
    assert found["Content-Type"] == "multipart/form-data"
    assert found["Accept-Encoding"] == "gzip, br"
    assert "Content-Length" not in found
    assert found["User-Agent"].startswith("a\ufffdb")
    assert len(found["User-Agent"]) == context.CHARACTERS
    assert context.parameters({"QUERY_STRING": "page=1&a9=2&page=3&next"}) == ["page", "(other)"]
