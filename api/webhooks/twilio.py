"""`POST /api/v1/webhooks/twilio`: whether a phone got its message (status callback of the SMS channel).

Signed over the address that Twilio was told to call and the sorted form, so `GATEHOUSE_PUBLIC_API_URL` must be what the
outside world sees. A message that was lost on the way goes to the channel's stand-in.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from urllib.parse import parse_qsl

from flask import Response, request
from msgspec import Struct
from werkzeug.exceptions import UnsupportedMediaType

from core import clock, codec
from core.alerting import webhooks
from core.errors import BadInput
from core.settings import Settings
from core.stores import Stores
from core.web.admission import CLIENT
from core.web.app import App
from core.web.openapi import documented
from core.web.problems import problem

SOURCE = "twilio"
TOKEN = "GATEHOUSE_TWILIO_TOKEN"
HEADER = "X-Twilio-Signature"
MOST_FIELDS = 100


class ReceiptHeard(Struct):
    """What came of it: noted, lost (the stand-in is told), known, or unknown (no message of ours)."""

    status: str


def install(app: App, settings: Settings, stores: Stores) -> None:
    """Add the route."""
    heard = app.metrics.counter("gatehouse_webhooks_total", "Webhooks by source and outcome.", ["source", "status"])

    @app.post("/api/v1/webhooks/twilio")
    @documented(
        "Receive Twilio delivery receipts",
        tag="webhooks",
        scope="open",
        answers={200: ReceiptHeard},
        problems=(401, 404, 413, 415, 503),
        headers={HEADER: "HMAC-SHA1 over the URL and the sorted form, in base64."},
        description="A form with `MessageSid` and `MessageStatus`, as Twilio's status callback sends it.",
    )
    def twilio_webhook() -> Response:
        token = settings.secret(TOKEN)
        if not token or not settings.public_api_url:
            return problem(404, f"This webhook is not configured: {TOKEN} or GATEHOUSE_PUBLIC_API_URL is not set.")
        if request.mimetype != "application/x-www-form-urlencoded":
            raise UnsupportedMediaType("send the body as application/x-www-form-urlencoded")
        fields = form(request.get_data(cache=False))
        query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
        url = f"{settings.public_api_url}{request.path}{query}"
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), signature(url, fields, token)):
            heard.inc(SOURCE, "refused")
            if app.admission:
                app.admission.token_refused(request.environ.get(CLIENT, ""), "")
            return problem(401, f"{HEADER} is missing or wrong.", field=HEADER)
        said = dict(fields)
        sid, status = _word(said, "MessageSid"), _word(said, "MessageStatus")
        detail = f"error {said['ErrorCode']}"[:100] if said.get("ErrorCode", "").isdigit() else ""
        with stores.database.transaction() as connection:
            outcome = webhooks.report(connection, sid, status, detail, clock.now())
        heard.inc(SOURCE, outcome)
        return Response(codec.encode({"status": outcome}), content_type="application/json")


def form(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form, in their order. Raises BadInput."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadInput("$", "the body is not a form with at most 100 fields") from error


def signature(url: str, fields: Sequence[tuple[str, str]], token: str) -> bytes:
    """What `X-Twilio-Signature` must be (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""
    text = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return b64encode(hmac.new(token.encode(), text.encode("utf-8", "surrogatepass"), "sha1").digest())


def _word(said: dict[str, str], name: str) -> str:
    value = said.get(name, "")
    if not 0 < len(value) <= 100 or not value.isascii() or not value.isprintable():
        raise BadInput(f"$.{name}", "expected 1 to 100 printable characters")
    return value
