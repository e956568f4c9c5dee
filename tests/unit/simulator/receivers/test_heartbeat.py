"""The dead-man's switch counts calls of the one check that it knows."""

from simulator.receivers.heartbeat import receiver
from simulator.receiving.contract import Request

VARIABLES = {"GATEHOUSE_HEARTBEAT_URL": "http://127.0.0.1:8060/heartbeat/abc"}


def test_only_the_known_check_is_answered() -> None:
    monitor = receiver(VARIABLES)
    assert monitor.silent_for() is None
    assert monitor.serves("/heartbeat/other")
    assert monitor.answer(Request("GET", "/heartbeat/other", {}, b"")).status == 404
    reply = monitor.answer(Request("GET", "/heartbeat/abc", {}, b""))
    assert (reply.status, reply.body, reply.taken) == (200, b"OK", True)
    monitor.commit(reply)
    silent = monitor.silent_for()
    assert silent is not None
    assert silent >= 0
