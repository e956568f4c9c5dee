"""What a connection is told last: a whole answer of HTTP whose body is a problem document."""

import json

from core.web.raw_problem import raw


def test_head_and_body_agree() -> None:
    head, _, body = raw(408, "The request took too long.").partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 408 Request Timeout"
    assert f"Content-Length: {len(body)}" in lines
    assert "Content-Type: application/problem+json" in lines
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "Request Timeout",
        "status": 408,
        "detail": "The request took too long.",
    }
