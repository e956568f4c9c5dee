"""A worker's sign of life to gunicorn's arbiter, given now and then instead of at every turn of its loop."""

import time

NOTIFY_SECONDS = 0.5  # the arbiter wants one in `timeout` seconds, of which there are thirty


class Heartbeat:
    """Before gunicorn's worker among the bases of a class."""

    _notified = 0.0

    def notify(self) -> None:
        """This worker lives; gunicorn's loop calls it twice a request, and each sign is a call to the system."""
        now = time.monotonic()
        if now - self._notified >= NOTIFY_SECONDS:
            self._notified = now
            super().notify()  # type: ignore[misc]
