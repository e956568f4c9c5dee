"""The local Slack keeps to the limits of Block Kit, and shows a message as people read it."""

import pytest

from core import codec
from simulator.receivers.slack import Slack, shown, well_formed
from simulator.receiving.contract import Request

PATH = "/services/T/B/x"


def words(text, kind="mrkdwn"):
    return {"type": kind, "text": text}


@pytest.mark.parametrize(
    ("block", "good"),
    [
        ({"type": "header", "text": words("h" * 150, "plain_text")}, True),
        ({"type": "header", "text": words("h" * 151, "plain_text")}, False),
        ({"type": "header", "text": words("h")}, False),
        ({"type": "section", "text": words("s" * 3000)}, True),
        ({"type": "section", "text": words("s" * 3001)}, False),
        ({"type": "section", "fields": [words("f")] * 10}, True),
        ({"type": "section", "fields": [words("f")] * 11}, False),
        ({"type": "section", "fields": [words("f" * 2001)]}, False),
        ({"type": "section"}, False),
        ({"type": "sparkles"}, False),
    ],
)
def test_limits(block, good):
    assert well_formed([block]) is good


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        (PATH, b'{"text": "x"}', 200, b"ok"),
        ("/services/T/B/y", b'{"text": "x"}', 404, b"no_service"),
        (PATH, b"{", 400, b"invalid_payload"),
        (PATH, b"{}", 400, b"no_text"),
        (PATH, codec.encode({"blocks": [{"type": "sparkles"}]}), 400, b"invalid_blocks"),
    ],
)
def test_answers(path, body, status, word):
    reply = Slack(PATH).answer(Request("POST", path, {}, body))
    assert (reply.status, reply.body, reply.taken) == (status, word, status == 200)


def test_what_people_read():
    blocks = [
        {"type": "header", "text": words("Bad", "plain_text")},
        {"type": "section", "fields": [words("*Rule*\nA1")]},
    ]
    assert shown({"text": "t", "blocks": blocks}) == "Bad\nRule: A1"
    assert shown({"text": "t"}) == "t"
