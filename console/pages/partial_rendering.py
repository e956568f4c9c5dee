"""Pages that keep themselves up to date: the part inside `data-live` is asked for again by `assets/pages-live.js`.

A template for it extends `base` and puts what moves into the block `live`; the same address with `fragment=1` answers
with that block alone, or 304. A form marked `data-inline` is sent without a reload; its answer is JSON then.
"""

from typing import Any

from flask import Response, g, request

from console import rule_format as stated
from console.auth.context import Door
from console.auth.roles import reaches
from console.pages import status_style as looks
from console.pages.rendering import show


def show_live(door: Door, template: str, here: str, status: int = 200, **values: Any) -> Response:
    """The page, or its moving part for whoever asks for that."""
    alone = request.args.get("fragment") == "1"
    answer = show(
        door, template, here, status, base="fragment.html" if alone else "page.html", look=looks.look,
        measured=stated.measured, limited=stated.limited, length=looks.length, clock_of=looks.clock_of,
        comments=reaches(g.session.role, "analyst"), operates=reaches(g.session.role, "operator"), **values,
    )  # fmt: skip
    if alone and status == 200:
        answer.add_etag()
        answer.make_conditional(request)
        answer.headers["Cache-Control"] = "no-store"
    return answer
