"""Kind `slack`: an incoming webhook with Block Kit. The URL is a secret. At least once: Slack has no dedup key."""

from typing import Any

from alerts.digest import model as digest
from alerts.digest.model import Section
from alerts.notify import http_errors
from alerts.notify.channel import ChannelConfig, Permanent, Receipt, SecretName, Transient
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import Fact, cut, facts, headline, story
from core import codec
from core.alerting.notification import Notice
from core.config import Count, Positive
from core.untrusted_text import Inert, cut_escaped, inert, own_link, unformatted

KIND = "slack"
LONGEST_HEADER, LONGEST_TEXT, LONGEST_FIELD, MOST_FIELDS = 150, 3000, 2000, 10
MOST_SECTIONS = 20
LONGEST_LINK = 900  # three links, escaped, fit into one block
NEVER = ("invalid_token", "no_service", "no_team", "no_active_hooks", "channel_not_found", "channel_is_archived")


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """`webhook_url` names the secret. Slack takes about one message a second for each webhook."""

    webhook_url: SecretName
    per_minute: Positive = 60.0
    burst: Count = 1


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """The webhook's URL."""
    url = wire.secret(parameters.webhook_url)
    return [] if url.startswith(("https://", "http://")) else [parameters.webhook_url]


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """Post one message. Only the body `ok` means that Slack took it. Raises Permanent, Transient."""
    url = wire.secret(parameters.webhook_url)
    wire.hide(url.partition("://")[2].partition("/")[2])
    headers = {"Content-Type": "application/json"}
    answer = http_errors.post(wire, url, codec.encode(message(notice)), headers, parameters.timeout)
    said = answer.body.strip().decode("utf-8", "replace")
    if said == "ok":
        return Receipt(status="accepted")
    if said in NEVER:
        raise Permanent(http_errors.words(answer))
    raise Transient(f"not ok: {http_errors.words(answer)}")


def message(notice: Notice) -> dict[str, Any]:
    """The message: `text` is what a notification shows, `blocks` what the channel shows.

    Words from outside are `plain_text` or escaped, never `mrkdwn` of ours; Slack looks for no links in any of them.
    """
    words = unformatted(headline(notice))
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(words, LONGEST_HEADER)}]
    if told := unformatted(story(notice)):
        blocks.append({"type": "section", "text": _plain(told, LONGEST_TEXT)})
    if (weekly := digest.of(notice)) is not None:
        blocks += [_section(one) for one in weekly.sections][:MOST_SECTIONS]
    else:
        blocks.append({"type": "section", "fields": [_field(one) for one in facts(notice)][:MOST_FIELDS]})
    where = "Open the incident" if weekly is None else f"Open {weekly.page}"
    links = [
        (own_link(notice.link), where), (own_link(notice.runbook), "Runbook"),
        (own_link(notice.judge), "Was this right?"),
    ]  # fmt: skip
    shown = [f"<{_escaped(href)}|{title}>" for href, title in links if href and len(href) <= LONGEST_LINK]
    if shown:
        blocks.append({"type": "section", "text": _marked(" · ".join(shown))})
    return {
        "text": cut_escaped(words, LONGEST_TEXT, _escaped),
        "blocks": blocks,
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _section(one: Section) -> dict[str, Any]:
    """A section of the weekly digest: its title in bold, a line each."""
    lines = [f"{line.name}: {line.text}" if line.name else line.text for line in one.lines]
    lines += [f"and {one.more:,} more"] if one.more else []
    head = f"*{_escaped(unformatted(inert(one.title)))}*\n"
    body = unformatted(Inert("\n".join(f"• {inert(line)}" for line in lines)))
    return {"type": "section", "text": _marked(head + cut_escaped(body, LONGEST_TEXT - len(head), _escaped))}


def _plain(words: Inert, length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(words, length), "emoji": False}


def _field(fact: Fact) -> dict[str, Any]:
    label = f"*{fact.label}*\n"
    return _marked(label + cut_escaped(unformatted(fact.value), LONGEST_FIELD - len(label), _escaped))


def _marked(markup: str) -> dict[str, Any]:
    """Our own markup, with what comes from outside escaped in it."""
    return {"type": "mrkdwn", "text": markup, "verbatim": True}


def _escaped(text: str) -> str:
    """Slack's three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
