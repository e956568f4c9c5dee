"""A file to keep is never cached, never sniffed, and its name can hold anything; nothing else answers with a file."""

import pytest
from flask import Flask
from werkzeug.http import parse_options_header

from core.settings import ROOT
from core.web import download


@pytest.mark.parametrize("name", ["gatehouse-1.csv", 'a"b.csv', "Zoë\r\nX: 1.csv", "../x;y.csv"])
def test_names_survive_and_headers_hold(name: str) -> None:
    with Flask("x").test_request_context():
        answer = download.attachment("x", "text/plain", name)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    how, options = parse_options_header(answer.headers["Content-Disposition"])
    assert (how, options["filename"]) == ("attachment", name)


def test_every_file_is_answered_here() -> None:
    rooms = [ROOT / room for room in ("api", "console", "core", "ml", "alerts", "collector")]
    found = [
        str(path.relative_to(ROOT))
        for room in rooms
        for path in room.rglob("*.py")
        if "Content-Disposition" in path.read_text()
    ]
    assert found == ["core/web/download.py"]
