"""Kind `slack`: an incoming webhook with Block Kit. The URL is a secret. At least once: Slack has no dedup key."""

from typing import Any

from alerts import answers
from alerts.channel import ChannelConfig, Permanent, Receipt, SecretName, Transient
from alerts.wire import Wire
from alerts.wording import cut, facts, headline, one_line, story
from core import codec
from core.config import Count, Positive
from core.notice import Notice

KIND = "slack"
LONGEST_HEADER, LONGEST_TEXT, LONGEST_FIELD = 150, 3000, 2000
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
    answer = answers.post(wire, url, codec.encode(message(notice)), headers, parameters.timeout)
    said = answer.body.strip().decode("utf-8", "replace")
    if said == "ok":
        return Receipt(status="accepted")
    if said in NEVER:
        raise Permanent(answers.words(answer))
    raise Transient(f"not ok: {answers.words(answer)}")


def message(notice: Notice) -> dict[str, Any]:
    """The message: `text` is what a notification shows, `blocks` what the channel shows."""
    words = headline(notice)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(words, LONGEST_HEADER), "emoji": False}}
    ]
    if notice.summary:
        blocks.append(_section(cut(_escaped(one_line(story(notice))), LONGEST_TEXT)))
    fields = [_words(cut(f"*{one.label}*\n{_escaped(one.value)}", LONGEST_FIELD)) for one in facts(notice)]
    blocks.append({"type": "section", "fields": fields[:10]})
    links = [(notice.link, "Open the incident"), (notice.runbook, "Runbook")]
    if shown := " · ".join(f"<{_escaped(href)}|{title}>" for href, title in links if href):
        blocks.append(_section(shown))
    return {"text": _escaped(words), "blocks": blocks}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _words(text)}


def _words(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def _escaped(text: str) -> str:
    """Slack's three control characters; `<!channel>` in a name must not call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
