"""Twilio's receiver refuses what the real one refuses, each with its code."""

from base64 import b64encode
from urllib.parse import urlencode

import pytest

from core import codec
from simulator.receivers.twilio import receiver
from simulator.receiving.contract import Reply, Request

ACCOUNT, TOKEN = f"AC{'1' * 32}", "t" * 32
GOOD = {"To": "+15005550009", "From": "+15005550006", "Body": "Fraud rate is high"}


def sent(account: str = ACCOUNT, token: str = TOKEN, path: str = "", **changes: str) -> Reply:
    login = "Basic " + b64encode(f"{account}:{token}".encode()).decode()
    form = {name: value for name, value in {**GOOD, **changes}.items() if value}
    path = path or f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    twilio = receiver({"GATEHOUSE_TWILIO_ACCOUNT": ACCOUNT, "GATEHOUSE_TWILIO_TOKEN": TOKEN})
    return twilio.answer(Request("POST", path, {"authorization": login}, urlencode(form).encode()))


def test_a_message_is_taken() -> None:
    reply = sent()
    assert (reply.status, reply.taken, reply.text) == (201, True, GOOD["Body"])


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"token": "x" * 32}, 401, 20003),
        ({"path": "/2010-04-01/Accounts/other/Messages.json"}, 404, 20404),
        ({"To": "12"}, 400, 21211),
        ({"From": ""}, 400, 21603),
        ({"Body": ""}, 400, 21602),
        ({"Body": "x" * 1601}, 400, 21617),
    ],
)
def test_what_the_real_one_refuses_is_refused(given: dict, status: int, code: int) -> None:
    reply = sent(**given)
    assert (reply.status, reply.taken, codec.decode(reply.body)["code"]) == (status, False, code)
