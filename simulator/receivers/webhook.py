"""A receiver of the signed webhook, written as docs/channels.md tells its readers to: signature, age, repetition."""

import hmac
from collections.abc import Mapping

from core import clock, codec
from simulator.receiving.contract import Reply, Request, json

OLDEST_SECONDS = 300

VARIABLES = ("GATEHOUSE_WEBHOOK_URL", "GATEHOUSE_WEBHOOK_KEY")


def receiver(variables: Mapping[str, str]) -> "Webhook":
    """With the key that signs."""
    return Webhook(variables["GATEHOUSE_WEBHOOK_KEY"])


class Webhook:
    """`seen` holds the deliveries that were taken, so that a second try of one changes nothing."""

    name = "webhook"
    odd = b"<html>a captive portal</html>"

    def __init__(self, key: str) -> None:
        self._key = key
        self.seen: set[str] = set()

    def serves(self, path: str) -> bool:
        """The one path."""
        return path == "/webhook"

    def answer(self, request: Request) -> Reply:
        """200, or 401 when the signature or its time does not hold."""
        timestamp = request.headers.get("x-gatehouse-timestamp", "")
        given = request.headers.get("x-gatehouse-signature", "")
        wanted = "v1=" + hmac.new(self._key.encode(), timestamp.encode() + b"." + request.body, "sha256").hexdigest()
        if not hmac.compare_digest(given, wanted):
            return json(401, {"error": "invalid signature"})
        if abs(clock.now() - float(timestamp)) > OLDEST_SECONDS:
            return json(401, {"error": "the message is too old"})
        body = codec.decode(request.body)
        key = request.headers.get("x-gatehouse-delivery", "")
        return json(200, {"ok": True}, taken=True, key=key, event=body["event"], text=body["text"], shown=body)

    def commit(self, reply: Reply) -> None:
        """Note the delivery."""
        self.seen.add(reply.key)
