"""The answer of a read over a range: kept for a moment for everybody who asks the same, and by no browser."""

from collections.abc import Callable, Hashable
from typing import Any

from flask import Response

from api.context import ProcessCache
from core import codec

FRESH = 2.0  # seconds an answer is good for


def answer(memory: ProcessCache, key: Hashable, make: Callable[[], Any], seconds: float = FRESH) -> Response:
    """What `make` returns as JSON; made again only when what was kept under the key is older than so many seconds."""
    body = memory.remember(key, seconds, lambda: codec.encode(make()))
    return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")


def range_key(asked: Any, span: tuple[int, int]) -> Hashable:
    """What names the range of a question in a key: a rolling one its word, an absolute one its minutes."""
    return asked.range if not asked.start else span
