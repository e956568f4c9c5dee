"""Runbooks: the pages of docs/runbooks/, shown in the console to whoever was woken."""

import re
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort
from markdown_it import MarkdownIt

from console.auth.context import Door
from console.pages.partial_rendering import show_live
from core import clock
from core.alerting import alert_reads, rule_metadata
from core.settings import ROOT

FOLDER = ROOT / "docs" / "runbooks"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\Z")


def install(server: Flask, door: Door) -> None:
    """Add `<prefix>alerts/runbooks` and `<prefix>alerts/runbooks/<name>`: a rule's id, or a page's own name."""
    root = f"{door.prefix}alerts/runbooks"

    @server.get(root, endpoint="runbooks")
    def listed() -> Response:
        return _show(door, "", "")

    @server.get(f"{root}/<name>", endpoint="runbook")
    def one(name: str) -> Response:
        if not _NAME.match(name):
            abort(404, "There is no such runbook.")
        with door.database.transaction() as connection:
            rules = alert_reads.rules(connection)
        of_rule = {rule.id: rule_metadata.runbook(rule.definition, rule.id) for rule in rules}
        page = next((found for found in (name, of_rule.get(name, ""), "A5") if found in pages(FOLDER)), None)
        if page is None or (name not in of_rule and page != name):
            abort(404, "There is no such runbook.")
        return _show(door, page, rendered((FOLDER / f"{page}.md").read_text(), f"{root}/"))


def pages(folder: Path) -> list[str]:
    """The names of the runbooks there are."""
    return sorted(path.stem for path in folder.glob("*.md"))


def title_of(text: str) -> str:
    """What a runbook is about: its heading, without the name that stands beside it."""
    heading = text.lstrip().partition("\n")[0].lstrip("# ")
    words = heading.partition(": ")[2] or heading
    return words[:1].upper() + words[1:]


def rendered(text: str, root: str) -> str:
    """Markdown as HTML: HTML in it stays text, links to other runbooks lead to their pages under `root`."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token in (inner for outer in tokens for inner in (outer, *(outer.children or []))):
        if token.type == "link_open":
            token.attrSet("href", _target(str(token.attrGet("href") or ""), root))
            token.attrSet("class", "link")
        if token.type == "heading_open":
            token.tag = {"h1": "h2", "h2": "h3"}.get(token.tag, "h4")
        if token.type == "heading_close":
            token.tag = {"h1": "h2", "h2": "h3"}.get(token.tag, "h4")
        if token.type == "image":
            token.type, token.content = "text", escape(token.content)
    return str(reader.renderer.render(tokens, reader.options, {}))


def _target(href: str, root: str) -> str:
    """Where a link leads in the console: another runbook, or what it says; other documents have no page here."""
    name, _, rest = href.partition("#")
    if name.endswith(".md") and "/" not in name:
        return root + name.removesuffix(".md") + (f"#{rest}" if rest else "")
    return href if href.startswith(("https://", "http://", "#", "/")) else "#"


def _show(door: Door, name: str, body: str) -> Response:
    with door.database.transaction() as connection:
        rules = alert_reads.rules(connection)
        open_now = [one for one in alert_reads.unresolved(connection) if one.kind != "canary"]
    known: dict[str, list[Any]] = {page: [] for page in pages(FOLDER)}
    for rule in rules:
        page = rule_metadata.runbook(rule.definition, rule.id)
        known.setdefault(page if page in known else "A5", []).append(rule)
    mine = {rule.id for rule in known.get(name, [])}
    return show_live(
        door, "runbook.html", "alerts", now=clock.to_datetime(clock.now()), name=name, body=body, known=known,
        titles={page: title_of((FOLDER / f"{page}.md").read_text()) for page in pages(FOLDER)},
        firing=[one for one in open_now if one.rule in mine],
    )  # fmt: skip
