"""Kind `sms`: Twilio's Messages resource. One number a channel; its receipt is completed by Twilio's status callback.

At least once: Twilio knows no dedup key, so a time-out after it took a message sends that message again.
"""

import unicodedata
from base64 import b64encode
from typing import Annotated
from urllib.parse import quote, urlencode

from msgspec import Meta

from alerts.notify import http_errors
from alerts.notify.channel import ChannelConfig, Receipt, SecretName, Transient, Url
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import cut, headline, since
from core.alerting.notification import Notice
from core.config import Count
from core.untrusted_text import inert, own_link

KIND = "sms"
LONGEST = 1600
SHORTEST = 80  # characters that the headline gets at least
GOOD_LENGTH = 306  # two segments of GSM-7
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_SEPTETS = set("^{}\\[~]|€")
PLAIN = str.maketrans({"…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "·": "-", "\u00a0": " "})


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """`to` and `sender` in E.164 (`+14155550123`); `sender` may be a messaging service (`MG…`)."""

    account: SecretName
    token: SecretName
    sender: Annotated[str, Meta(pattern=r"^(\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32})?\Z")] = ""
    to: Annotated[str, Meta(pattern=r"^(\+[1-9][0-9]{6,14})?\Z")] = ""
    url: Url = "https://api.twilio.com"
    burst: Count = 2


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """Account, token, and the two numbers."""
    found = [name for name in (parameters.account, parameters.token) if not wire.secret(name)]
    return found + [name for name in ("sender", "to") if not getattr(parameters, name)]


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """Queue one message with Twilio. Raises Permanent (21211 and other 4xx), Transient (429, 5xx, no answer)."""
    account, words = wire.secret(parameters.account), body(notice)
    form = {"To": parameters.to, "Body": words}
    form["MessagingServiceSid" if parameters.sender.startswith("MG") else "From"] = parameters.sender
    if wire.callback:
        form["StatusCallback"] = f"{wire.callback}/api/v1/webhooks/twilio"
    login = b64encode(f"{account}:{wire.secret(parameters.token)}".encode()).decode()
    wire.hide(login)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {login}"}
    url = f"{parameters.url.rstrip('/')}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json"
    answer = http_errors.post(wire, url, urlencode(form).encode(), headers, parameters.timeout)
    try:
        said = answer.json()
        sid = str(said["sid"])
    except (ValueError, KeyError, TypeError):
        sid = ""
    if answer.status != 201 or not sid:
        raise Transient(f"not accepted: {http_errors.words(answer)}")
    return Receipt(sid, str(said.get("status", "queued")), f"{segments(words)} segment(s)")


def body(notice: Notice) -> str:
    """Headline, since when, link: two segments where that is possible, never more than Twilio takes."""
    link = own_link(notice.link)
    tail = "".join(f"\n{part}" for part in (f"Since {since(notice)}", link) if part)
    if len(tail) > LONGEST - SHORTEST:
        tail = f"\nSince {since(notice)}"  # a link that does not fit leads nowhere
    first = inert(plain(headline(notice)))  # the alphabet turns signs that look like dots and slashes into them
    room = max(GOOD_LENGTH - len(plain(tail)), SHORTEST)
    return cut_plain(cut_plain(first, room) + plain(tail), LONGEST)


def plain(words: str) -> str:
    """The words in GSM-7's alphabet, so that a message costs as few segments as it can."""
    kept = []
    for letter in words.translate(PLAIN):
        if letter in GSM7 or letter in TWO_SEPTETS:
            kept.append(letter)
            continue
        base = unicodedata.normalize("NFKD", letter)[0]
        kept.append(base if base in GSM7 else "?")
    return "".join(kept)


def cut_plain(words: str, length: int) -> str:
    """At most `length` characters; the ellipsis of `wording.cut` would cost the alphabet."""
    return words if len(words) <= length else cut(words, length - 2)[:-1] + "..."


def segments(words: str) -> int:
    """How many messages the network makes of it (3GPP TS 23.038: 160 or 153 septets; 70 or 67 characters)."""
    if all(letter in GSM7 or letter in TWO_SEPTETS for letter in words):
        size, single, part = sum(2 if letter in TWO_SEPTETS else 1 for letter in words), 160, 153
    else:
        size, single, part = len(words.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= single else -(-size // part)
