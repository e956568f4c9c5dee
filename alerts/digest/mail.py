"""A digest as an e-mail's HTML: a heading, lines and pictures a section; readable at any width, nothing loaded from
anywhere. Pictures are attached and named by their content ids, or lie in the page for a preview.
"""

import base64
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from alerts.digest import pictures
from alerts.digest.model import Chart, Digest, Section
from alerts.notify.message_format import headline
from core import log
from core.alerting.notification import Notice
from core.untrusted_text import inert, own_link

TONES = {"": "#131a24", "good": "#0b7a63", "bad": "#a11246"}
QUIET = "#556173"


class Picture(NamedTuple):
    """A chart that could be drawn: its content id without brackets, and its PNG."""

    cid: str
    png: bytes


def drawn(digest: Digest, domain: str) -> list[list[Picture | None]]:
    """The pictures of each section; None for a chart that could not be drawn, which keeps no mail from being sent."""
    return [
        [_picture(chart, f"chart-{at}-{place}@{domain}") for place, chart in enumerate(section.charts)]
        for at, section in enumerate(digest.sections)
    ]


def html(
    notice: Notice, digest: Digest, found: list[list[Picture | None]], source: Callable[[Picture], str] | None = None
) -> str:  # fmt: skip
    """The whole page; `source` says where a picture is, by default at its content id."""
    where = source or (lambda one: f"cid:{one.cid}")
    parts = [_section(section, shown, where) for section, shown in zip(digest.sections, found, strict=True)]
    link = own_link(notice.link)
    open_ = f'<p style="margin:20px 0"><a href="{escape(link)}">Open {escape(digest.page)}</a></p>' if link else ""
    return (
        '<!doctype html><html><head><meta name="viewport" content="width=device-width"></head>'
        '<body style="font:14px/1.45 sans-serif;color:#131a24;background:#ffffff;margin:0;padding:12px">'
        '<div style="max-width:640px;margin:0 auto">'
        f'<p style="font-size:18px;font-weight:600;margin:0">{escape(headline(notice))}</p>'
        f"{''.join(parts) or '<p>Nothing to report.</p>'}{open_}</div></body></html>"
    )


def within(picture: Picture) -> str:
    """The picture as an address that holds it, for a preview in a browser."""
    return f"data:image/png;base64,{base64.b64encode(picture.png).decode()}"


def _section(section: Section, shown: list[Picture | None], where: Callable[[Picture], str]) -> str:
    rows = "".join(
        f'<tr><td style="padding:3px 16px 3px 0;vertical-align:top">{escape(inert(one.name))}</td>'
        f'<td style="padding:3px 0;color:{TONES[one.tone]}">{_words(one.text)}</td></tr>'
        for one in section.lines
    )
    more = f'<p style="margin:0;color:{QUIET}">and {section.more:,} more</p>' if section.more else ""
    pictures_of = "".join(_image(chart, one, where) for chart, one in zip(section.charts, shown, strict=True) if one)
    head = f'<h2 style="font-size:15px;margin:24px 0 4px">{escape(inert(section.title))}</h2>'
    return f'{head}<table style="border-collapse:collapse">{rows}</table>{more}{pictures_of}'


def _words(text: str) -> str:
    """A number and its percent sign stay together."""
    return escape(inert(text)).replace(" %", "&nbsp;%")


def _image(chart: Chart, picture: Picture, where: Callable[[Picture], str]) -> str:
    title = escape(inert(chart.title))
    return (
        f'<p style="margin:12px 0 2px;font-weight:600">{title}</p><img src="{where(picture)}" alt="{title}" width="520"'
        ' style="display:block;width:100%;max-width:520px;height:auto;border:0">'
    )


def _picture(chart: Chart, cid: str) -> Picture | None:
    try:
        return Picture(cid, pictures.draw(chart))
    except Exception as error:  # a wrong number must not keep back what the lines say
        log.get("digest").error("a chart could not be drawn", chart=chart.title, exc_info=error)
        return None
