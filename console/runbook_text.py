"""The runbooks of docs/runbooks/: which there are, what each is about, and their text as components."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dash import html
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from console.attributes import attributes
from core.alerting import rule_metadata
from core.alerting.alert_reads import Rule
from core.settings import ROOT
from core.untrusted_text import settled

FOLDER = ROOT / "docs" / "runbooks"
ANYTHING = "A5"  # the runbook of a rule that has none of its own
_HEADINGS = {"h1": html.H2, "h2": html.H3}
_TAGS: dict[str, Any] = {
    "p": html.P, "em": html.Em, "strong": html.Strong, "ul": html.Ul, "ol": html.Ol, "li": html.Li, "table": html.Table,
    "blockquote": html.Blockquote, "thead": html.Thead, "tbody": html.Tbody, "tr": html.Tr, "th": html.Th,
    "td": html.Td, "hr": html.Hr, "br": html.Br,
}  # fmt: skip


def names(folder: Path = FOLDER) -> list[str]:
    """The names of the runbooks there are."""
    return sorted(path.stem for path in folder.glob("*.md"))


def text_of(name: str) -> str:
    """The text of a runbook, Markdown."""
    return (FOLDER / f"{name}.md").read_text()


def title_of(text: str) -> str:
    """What a runbook is about: its heading, without the name that stands beside it."""
    heading = text.lstrip().partition("\n")[0].lstrip("# ")
    words = heading.partition(": ")[2] or heading
    return words[:1].upper() + words[1:]


def rules_of(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """The rules that each runbook is for."""
    known: dict[str, list[Rule]] = {name: [] for name in names()}
    for rule in rules:
        name = rule_metadata.runbook(rule.definition, rule.id)
        known.setdefault(name if name in known else ANYTHING, []).append(rule)
    return known


def shelf(prefix: str, known: Mapping[str, Sequence[Rule]], here: str = "") -> html.Ul:
    """Every runbook with what it is about and the rules that lead to it; `here` is the one that is shown."""
    return html.Ul([_line(prefix, name, rules, name == here) for name, rules in known.items()], className="lines")


def _line(prefix: str, name: str, rules: Sequence[Rule], is_here: bool) -> html.Li:
    about = title_of(text_of(name)) if name in names() else ""
    address = f"{prefix}alerts/runbooks/{quote(name, safe='')}"
    mark = attributes({"aria-current": "page"} if is_here else {})
    link = html.A(name, href=address, className="link fw-semibold", **mark)
    titles = html.Small(settled(", ".join(rule.title for rule in rules)))
    return html.Li([link, html.Span(about), titles], className="d-flex flex-wrap gap-2")


def rendered(text: str, root: str) -> list[Any]:
    """Markdown as components: HTML in it stays text, links to other runbooks lead to their pages under `root`."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    return _all(SyntaxTreeNode(reader.parse(text)), root)


def _all(node: SyntaxTreeNode, root: str) -> list[Any]:
    return [part for child in node.children for part in _parts(child, root)]


def _parts(node: SyntaxTreeNode, root: str) -> list[Any]:
    if node.type in ("text", "image", "html_inline", "html_block"):
        return [settled(node.content)]
    if node.type == "softbreak":
        return [" "]
    if node.type == "code_inline":
        return [html.Code(settled(node.content))]
    if node.type in ("fence", "code_block"):
        return [html.Pre(html.Code(settled(node.content)))]
    inside = _all(node, root)
    if node.type == "inline" or (node.type == "paragraph" and node.hidden):
        return inside
    if node.type == "link":
        return [html.A(inside, href=_target(str(node.attrGet("href") or ""), root), className="link")]
    if node.type == "heading":
        return [_HEADINGS.get(node.tag, html.H4)(inside)]
    return [_TAGS[node.tag](inside)] if node.tag in _TAGS else inside


def _target(href: str, root: str) -> str:
    """Where a link leads in the console: another runbook, or what it says; other documents have no page here."""
    name, _, rest = href.partition("#")
    if name.endswith(".md") and "/" not in name:
        return root + name.removesuffix(".md") + (f"#{rest}" if rest else "")
    return href if href.startswith(("https://", "http://", "#", "/")) else "#"
