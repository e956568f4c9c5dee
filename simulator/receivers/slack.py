"""Slack's incoming webhook: the path is the secret, the body is Block Kit within its limits, the answer is `ok`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core import codec
from simulator.receiving.contract import Reply, Request

TEXT = "text/html"

VARIABLES = ("GATEHOUSE_SLACK_WEBHOOK_URL",)


def receiver(variables: Mapping[str, str]) -> "Slack":
    """At the path of the webhook's URL."""
    return Slack(urlsplit(variables["GATEHOUSE_SLACK_WEBHOOK_URL"]).path)


class Slack:
    """`path` is the one that is known."""

    name = "slack"
    odd = b"<html>maintenance</html>"

    def __init__(self, path: str) -> None:
        self._path = path

    def serves(self, path: str) -> bool:
        """Every webhook path."""
        return path.startswith("/services/")

    def answer(self, request: Request) -> Reply:
        """`ok`, or the error word with its status."""
        if request.path != self._path:
            return _word(404, "no_service")
        try:
            message = codec.decode(request.body)
        except ValueError:
            return _word(400, "invalid_payload")
        if not isinstance(message, dict) or not (message.get("text") or message.get("blocks")):
            return _word(400, "no_text")
        if not well_formed(message.get("blocks", [])):
            return _word(400, "invalid_blocks")
        text = shown(message)
        return Reply(200, b"ok", True, text, "message", text, message, TEXT)

    def commit(self, reply: Reply) -> None:
        """Each message is one more in the channel: Slack groups nothing."""


def shown(message: dict[str, Any]) -> str:
    """The words of a message as the channel shows them, a line for each text."""
    texts = [
        one["text"]
        for block in message.get("blocks", [])
        for one in ([block["text"]] if "text" in block else block.get("fields", []))
    ]
    return "\n".join(text.replace("*\n", ": ").lstrip("*") for text in texts) or str(message.get("text", ""))


def well_formed(blocks: Any) -> bool:
    """Within the limits of https://docs.slack.dev/reference/block-kit/blocks."""
    if not isinstance(blocks, list) or len(blocks) > 50:
        return False
    for block in blocks:
        kind, text = block.get("type"), block.get("text")
        if kind == "header":
            if text.get("type") != "plain_text" or not 0 < len(text["text"]) <= 150:
                return False
        elif kind == "section":
            fields = block.get("fields", [])
            if text is None and not fields:
                return False
            if text is not None and not 0 < len(text["text"]) <= 3000:
                return False
            if len(fields) > 10 or any(not 0 < len(one["text"]) <= 2000 for one in fields):
                return False
        else:
            return False
    return True


def _word(status: int, word: str) -> Reply:
    return Reply(status, word.encode(), content_type=TEXT)
