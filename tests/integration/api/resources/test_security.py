"""The security part: counts of all, the newest events."""

import time

from flask.testing import FlaskClient

from core.events.types import Security
from tests.integration.api.making import Store, get


def test_security_counts_all_and_shows_the_newest(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store(
        [
            Security(
                id=f"s{n}", timestamp=now - n, severity="high" if n % 2 else "low", text=f"login {n}", ip="192.0.2.9"
            )
            for n in range(300)
        ],
        now,
    )
    data = get(client, "/api/monitoring/security")
    assert data["counts"] == {"critical": 0, "high": 150, "medium": 0, "low": 150}
    assert len(data["events"]) == 200
    assert (data["total"], data["events"][0]["text"]) == (300, "login 0")
