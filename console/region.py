"""Serves every page of the contract: the shell with the page in it, or the page alone to whoever has the shell.

A page's address answers with Dash's index, which carries the page's content as data; with `fragment=1` it answers with
that content alone, and `assets/js/shell/region.js` swaps it in. Access rules come from the pages themselves.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from dash import Dash
from flask import Flask, Response, g, request

from console import actions
from console.auth import permissions
from console.auth.context import Door
from console.component_data import plain
from console.hardening import without_versions
from console.page import Context, File, Page
from core import clock, codec
from core.db.redis_client import Live
from core.web.app import App

FIRST = "<!--first-->"  # where the index carries the content of the page that was opened


def admit(pages: Mapping[str, Page]) -> None:
    """Put pages and their files into the access rules; `install` does so for their actions."""
    for page in pages.values():
        permissions.admit(page.endpoint, page.role, page=True)
        for file in page.files:
            permissions.admit(file.name, page.role)


def install(server: App, door: Door, live: Live, pages: Mapping[str, Page]) -> None:
    """Add the routes of actions and files; call it before `show`."""
    for page in pages.values():
        actions.install(server, door, live, door.prefix + page.path, page.actions)
        for file in page.files:
            server.get(door.prefix + file.path, endpoint=file.name)(_sender(door, file))


def show(server: Flask, door: Door, dash: Dash, pages: Mapping[str, Page]) -> None:
    """Add the addresses of the pages; that of Dash's own index is one of them."""
    index = server.view_functions[door.prefix]
    for page in pages.values():
        view = _viewer(door, page, index)
        if page.path:
            server.get(door.prefix + page.path, endpoint=page.endpoint)(view)
        else:
            server.view_functions[door.prefix] = view


def context(door: Door) -> Context:
    """Of this request."""
    return Context(door, g.session, request.args)


def _sender(door: Door, file: File) -> Callable[[], Response]:
    return lambda: file.send(context(door))


def _viewer(door: Door, page: Page, index: Callable[..., Any]) -> Callable[..., Response]:
    def view(**_: Any) -> Response:
        found = page.content(context(door))
        content, status = found if isinstance(found, tuple) else (found, 200)
        document = {
            "page": page.name, "under": page.under or page.name, "title": page.title, "live": bool(page.panels),
            "content": plain(content),
        }  # fmt: skip
        body = codec.encode(document).decode()
        if request.args.get("fragment") == "1":
            return Response(body, status, content_type="application/json")
        known = (
            f'data-now="{int(clock.now() * 1000)}" data-user="{escape(g.session.user)}" data-prefix="{door.prefix}" '
            f'data-page="{page.name}" data-live="{int(bool(page.panels))}"'
        )
        text = without_versions(index()).replace("<html ", f"<html {known} ", 1)
        text = text.replace(_title_of(text), f"<title>{escape(page.title)} · Gatehouse</title>", 1)
        first = body.replace("&", "\\u0026").replace("<", "\\u003c")
        text = text.replace(FIRST, f'<script type="application/json" id="first">{first}</script>', 1)
        return Response(text, status, content_type="text/html; charset=utf-8")

    return view


def _title_of(index: str) -> str:
    return index[index.index("<title>") : index.index("</title>") + len("</title>")]
