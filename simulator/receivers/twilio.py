"""Twilio's Messages resource: checks account, numbers and length; reports delivery by a signed status callback."""

import hmac
import re
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.errors import HttpUnavailable
from core.http import HttpClient
from simulator.receiving.contract import Reply, Request, json

E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
CALLBACK_PAUSE = 0.2

VARIABLES = ("GATEHOUSE_TWILIO_ACCOUNT", "GATEHOUSE_TWILIO_TOKEN")


def receiver(variables: Mapping[str, str]) -> "Twilio":
    """With the account and token that open it."""
    return Twilio(variables["GATEHOUSE_TWILIO_ACCOUNT"], variables["GATEHOUSE_TWILIO_TOKEN"])


class Twilio:
    """`account` and `token` are the ones that are known. Numbers that begin with +1500555000 are its own test range."""

    name = "twilio"
    odd = b"{}"

    def __init__(self, account: str, token: str) -> None:
        self._account, self._token = account, token

    def serves(self, path: str) -> bool:
        """Everything of the API's version."""
        return path.startswith("/2010-04-01/")

    def answer(self, request: Request) -> Reply:
        """201 with the message, or an error with Twilio's code."""
        login = "Basic " + b64encode(f"{self._account}:{self._token}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", ""), login):
            return _error(401, 20003, "Authenticate")
        if request.path != f"/2010-04-01/Accounts/{self._account}/Messages.json":
            return _error(404, 20404, "The requested resource was not found")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if not E164.match(form.get("To", "")):
            return _error(400, 21211, f"Invalid 'To' Phone Number: {form.get('To', '')}")
        if not (form.get("From") or form.get("MessagingServiceSid")):
            return _error(400, 21603, "A 'From' phone number is required.")
        if not form.get("Body"):
            return _error(400, 21602, "Message body is required.")
        if len(form["Body"]) > 1600:
            return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        sid = f"SM{secrets.token_hex(16)}"
        said = {"sid": sid, "status": "queued", "to": form["To"], "body": form["Body"], "error_code": None}
        return json(
            201, said, taken=True, key=form["Body"], event="message", text=form["Body"], shown={**form, "sid": sid}
        )

    def commit(self, reply: Reply) -> None:
        """Each message is one more on the phone; its way is reported where a callback was asked for."""
        if url := reply.shown.get("StatusCallback"):
            threading.Thread(target=self._report, args=(url, reply.shown), daemon=True).start()

    def _report(self, url: str, form: dict[str, str]) -> None:
        for status in ("sent", "delivered"):
            time.sleep(CALLBACK_PAUSE)
            said = {"MessageSid": form["sid"], "MessageStatus": status, "To": form["To"], "AccountSid": self._account}
            call_back(url, said, self._token)


def call_back(url: str, form: dict[str, str], token: str) -> int:
    """Send one status callback, signed; the answer's status, 0 when none came."""
    parts = urlsplit(url)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(url, form, token),
    }
    client = HttpClient(f"{parts.scheme}://{parts.netloc}", 5.0)
    try:
        return client.request("POST", parts.path, body=urlencode(form).encode(), headers=headers).status
    except HttpUnavailable:
        return 0


def signature(url: str, form: dict[str, str], token: str) -> str:
    """`X-Twilio-Signature` (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(hmac.new(token.encode(), text.encode(), "sha1").digest()).decode()


def _error(status: int, code: int, message: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return json(status, {"code": code, "message": message, "more_info": more, "status": status})
