"""A file to keep: the one place that answers with an attachment.

What is downloaded holds personal data, so no cache may keep it; its type is what we say, never what a browser guesses.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from flask import Response

from core.tabular import csv_export

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def attachment(body: bytes | str | Iterator[str], content_type: str, name: str) -> Response:
    """An answer that browsers save as `name` (any text; RFC 6266)."""
    return _disposed(Response(body, content_type=content_type), "attachment", name)


def inline(body: bytes | str, content_type: str, name: str) -> Response:
    """A document to look at, which keeps its name when it is saved."""
    return _disposed(Response(body, content_type=content_type), "inline", name)


def csv(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """A CSV file that spreadsheets open safely, streamed."""
    return attachment(csv_export.lines(header, rows), "text/csv; charset=utf-8", name)


def _disposed(answer: Response, how: str, name: str) -> Response:
    plain = _UNSAFE.sub("_", name)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Content-Disposition"] = f'{how}; filename="{plain}"{exact}'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
