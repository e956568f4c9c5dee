"""Serves every page of the contract: the shell with the page in it, or the page alone to whoever has the shell.

A page's address answers with Dash's index, which carries the page's content as data; with `fragment=1` it answers with
that content alone, and `assets/js/shell/region.js` puts it in place; with `csv` with a table of it as a file. Access
rules come from the pages.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from dash import Dash
from flask import Flask, Response, g, request

from console import actions, table_csv
from console.as_html import as_html
from console.auth import permissions
from console.auth.context import AuthContext
from console.hardening import without_versions
from console.page import File, Page, PageContext, View
from console.shell import ranges
from core import clock, codec
from core.db.redis_client import Live
from core.untrusted_text import settled
from core.web.app import App

FIRST = "<!--first-->"  # where the index carries the content of the page that was opened


def admit(pages: Mapping[str, Page]) -> None:
    """Put pages and their files into the access rules; `install` does so for their actions."""
    for page in pages.values():
        permissions.admit(page.endpoint, page.role, page=True)
        for file in page.files:
            permissions.admit(file.name, file.role or page.role)


def install(server: App, auth: AuthContext, live: Live, pages: Mapping[str, Page]) -> None:
    """Add the routes of actions and files; call it before `show`."""
    for page in pages.values():
        actions.install(server, auth, live, auth.prefix + page.path, page.actions)
        for file in page.files:
            server.get(auth.prefix + file.path, endpoint=file.name)(_sender(auth, file))


def show(server: Flask, auth: AuthContext, dash: Dash, pages: Mapping[str, Page]) -> None:
    """Add the addresses of the pages; that of Dash's own index is one of them."""
    index = server.view_functions[auth.prefix]
    for page in pages.values():
        view = _viewer(auth, page, index)
        if page.path:
            server.get(auth.prefix + page.path, endpoint=page.endpoint)(view)
        else:
            server.view_functions[auth.prefix] = view


def context(auth: AuthContext, names: Mapping[str, Any]) -> PageContext:
    """Of this request."""
    return PageContext(auth, g.session, request.args, names)


def _sender(auth: AuthContext, file: File) -> Callable[..., Response]:
    return lambda **names: file.send(context(auth, names))


def _viewer(auth: AuthContext, page: Page, index: Callable[..., Any]) -> Callable[..., Response]:
    def view(**names: Any) -> Response:
        found = _seen(page.content(context(auth, names)))
        title = settled(found.title or page.title)
        content = as_html(found.content)
        if "csv" in request.args:
            return table_csv.of_page(page.name, content, request.args)
        document = {
            "page": page.name, "under": page.under or page.name, "title": title, "live": bool(page.panels),
            "every": found.every, "content": content,
        }  # fmt: skip
        body, status = codec.encode(document).decode(), found.status
        if request.args.get("fragment") == "1":
            return _fragment(body, status)
        known = (
            f'data-now="{int(clock.now() * 1000)}" data-user="{escape(g.session.user)}" data-prefix="{auth.prefix}" '
            f'data-page="{page.name}" data-live="{int(bool(page.panels))}" data-ranges="{" ".join(ranges(page))}"'
        )
        text = without_versions(index()).replace("<html ", f"<html {known} ", 1)
        text = text.replace(_title_of(text), f"<title>{escape(title)} · Gatehouse</title>", 1)
        first = body.replace("&", "\\u0026").replace("<", "\\u003c")
        text = text.replace(FIRST, f'<script type="application/json" id="first">{first}</script>', 1)
        return Response(text, status, content_type="text/html; charset=utf-8")

    return view


def _seen(found: Any) -> View:
    """What a page returned, as a view."""
    if isinstance(found, tuple):
        return View(found[0], status=found[1])
    return found if isinstance(found, View) else View(found)


def _fragment(body: str, status: int) -> Response:
    answer = Response(body, status, {"Cache-Control": "no-store"}, content_type="application/json")
    if status == 200:
        answer.add_etag()
        answer.make_conditional(request)
    return answer


def _title_of(index: str) -> str:
    return index[index.index("<title>") : index.index("</title>") + len("</title>")]
