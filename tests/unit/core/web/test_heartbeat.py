"""The arbiter hears of a worker often enough, and not at every turn of its loop."""

from core.web import heartbeat
from core.web.heartbeat import NOTIFY_SECONDS, Heartbeat


class Plain:
    """Stands for gunicorn's worker."""

    def __init__(self) -> None:
        self.signs = 0

    def notify(self) -> None:
        self.signs += 1


class Worker(Heartbeat, Plain):
    """As the servers' worker is put together."""


def test_a_sign_is_given_at_once_and_then_once_in_a_while(monkeypatch) -> None:
    now = 1000.0
    monkeypatch.setattr(heartbeat.time, "monotonic", lambda: now)
    worker = Worker()
    for _ in range(5):
        worker.notify()
    assert worker.signs == 1
    now += NOTIFY_SECONDS
    worker.notify()
    worker.notify()
    assert worker.signs == 2
