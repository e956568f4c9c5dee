"""Kind `webhook`: the notice as JSON to any URL, signed, so that the receiver knows who sent it and when.

`X-Gatehouse-Signature: v1=<hex>` is HMAC-SHA256 over `<X-Gatehouse-Timestamp>.<body>`. `X-Gatehouse-Delivery` is the
same at every try of one message, so that a receiver can make at-least-once into once.
"""

import hmac

import msgspec

from alerts.notify import http_errors
from alerts.notify.channel import ChannelConfig, Receipt, SecretName, Transient
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import headline, text
from core import codec
from core.alerting.notification import Notice
from core.clock import iso
from core.config import Count, Positive

KIND = "webhook"
RAW = True  # a program reads it: names are exact here, and the words beside them are harmless


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """`url` names the secret that holds the address, `key` the one that signs.

    Any 2xx is acceptance; with `expect` only one whose body contains that text, which no captive portal will say.
    """

    url: SecretName
    key: SecretName
    expect: str = ""
    per_minute: Positive = 300.0
    burst: Count = 20


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """Address and key."""
    found = [] if wire.secret(parameters.url).startswith(("https://", "http://")) else [parameters.url]
    return found + ([] if wire.secret(parameters.key) else [parameters.key])


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """POST one notice. Raises Permanent, Transient."""
    body = codec.encode(document(notice))
    timestamp = f"{wire.now():.0f}"
    url = wire.secret(parameters.url)
    wire.hide(url.partition("://")[2].partition("/")[2])
    headers = {
        "Content-Type": "application/json",
        "X-Gatehouse-Timestamp": timestamp,
        "X-Gatehouse-Signature": f"v1={signature(wire.secret(parameters.key), timestamp, body)}",
        "X-Gatehouse-Delivery": delivery(notice),
    }
    answer = http_errors.post(wire, url, body, headers, parameters.timeout)
    if parameters.expect.encode() not in answer.body:
        raise Transient(f"unexpected response: {http_errors.words(answer)}")
    return Receipt(delivery(notice), "accepted", f"it responded {answer.status}")


def document(notice: Notice) -> dict[str, object]:
    """The notice's fields, its times also in ISO 8601, and the words that other channels use."""
    return {
        **msgspec.to_builtins(notice),
        "began_at_iso": iso(notice.began_at),
        "at_iso": iso(notice.at),
        "headline": headline(notice),
        "text": text(notice),
    }


def delivery(notice: Notice) -> str:
    """What makes this message one message."""
    return f"{notice.incident_id}/{notice.event}/{notice.at:.3f}"


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Lower-case hexadecimal HMAC-SHA256 over `timestamp.body`."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()
