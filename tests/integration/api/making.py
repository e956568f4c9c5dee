"""Events and answers that the API's tests share."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from core.events.types import Event, Prediction, Request, Transaction

Store = Callable[[list[Event], float], None]


def get(client: FlaskClient, path: str) -> Any:
    """The JSON of a 200 answer."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    return answer.json


def prediction(n: int, at: float, score: float, decision: Any, **more: Any) -> Prediction:
    """Prediction number n of transaction t<n>."""
    return Prediction(
        id=f"p{n}", timestamp=at, transaction_id=f"t{n}", score=score, decision=decision, threshold=0.6, **more
    )


def requests(now: float) -> list[Event]:
    """A hundred of the last half minute, most of them by 192.0.2.4, one of which failed."""
    return [
        Request(
            id=f"r{n}",
            timestamp=now - 1 - n * 0.3,
            ip=f"192.0.2.{min(n, 4)}",
            method="GET",
            path="/",
            status=500 if n == 7 else 200,
            duration_ms=3.0,
        )
        for n in range(100)
    ]


def sale(n: int, at: float, amount: float = 100.0) -> Transaction:
    """Sale t<n> by one of three wallets from one of seven addresses; fee 5 USD."""
    return Transaction(
        id=f"t{n}",
        timestamp=at,
        transaction_id=f"t{n}",
        type="purchase",
        amount=amount,
        platform_fee=5.0,
        wallet=f"w{n % 3}",
        ip=f"192.0.2.{n % 7}",
    )
