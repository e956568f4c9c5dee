"""The receiver of the signed webhook refuses what a stranger, or an old message, says."""

import time

import pytest

from alerts.notify.channels.webhook import signature
from core import codec
from simulator.receivers.webhook import OLDEST_SECONDS, receiver
from simulator.receiving.contract import Request

KEY = "k" * 40
BODY = codec.encode({"event": "trigger", "text": "Fraud rate is high"})


def request(key: str = KEY, age: float = 0.0, body: bytes = BODY) -> Request:
    at = f"{time.time() - age:.0f}"
    signed = {"x-gatehouse-timestamp": at, "x-gatehouse-signature": f"v1={signature(key, at, BODY)}"}
    return Request("POST", "/webhook", {**signed, "x-gatehouse-delivery": "I1/trigger/1.000"}, body)


def test_a_signed_message_is_taken_and_its_delivery_noted() -> None:
    hook = receiver({"GATEHOUSE_WEBHOOK_KEY": KEY})
    reply = hook.answer(request())
    assert (reply.status, reply.taken, reply.event) == (200, True, "trigger")
    hook.commit(reply)
    assert hook.seen == {"I1/trigger/1.000"}


@pytest.mark.parametrize("given", [{"key": "x" * 40}, {"age": OLDEST_SECONDS + 60.0}, {"body": BODY + b" "}])
def test_what_does_not_hold_is_refused(given: dict) -> None:
    reply = receiver({"GATEHOUSE_WEBHOOK_KEY": KEY}).answer(request(**given))
    assert (reply.status, reply.taken) == (401, False)
