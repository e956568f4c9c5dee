"""Every id that is accepted is found again over HTTP: by path, by query, in searches, labelled, page after page."""

import time
from pathlib import Path
from urllib.parse import quote

import pytest

from core.db.engine import Database
from core.events.types import Event, Prediction, Transaction
from core.http import HttpClient
from core.pipeline.writer import Writer
from tests.hostile.ids import IDS
from tests.serving import served

# What clients tidy away before it is sent; `?id=` carries them.
NO_PATH = (".", "..", "../x")


@pytest.fixture(scope="module")
def numbers() -> dict[str, int]:
    """Each id has a score of its own, so that no id can be taken for another."""
    return {name: number for number, name in enumerate(IDS)}


def test_each_id_is_found_wherever_it_is_asked_for(
    database_url: str, db: Database, redis_url: str, tmp_path: Path, numbers: dict[str, int]
) -> None:
    now = time.time()
    events: list[Event] = []
    for name, number in numbers.items():
        made = {"id": name, "transaction_id": name, "timestamp": now - number}
        events.append(Prediction(score=number / 1000, threshold=0.6, decision="REVIEW", amount=5.0, **made))
        events.append(Transaction(type="purchase", amount=float(number), **made))
    with served(database_url, redis_url, tmp_path) as (url, _):
        client = HttpClient(url)
        bodies = [{"kind": "transaction", "transaction_id": name, "type": "purchase", "amount": 5} for name in numbers]
        assert client.post_json("/api/v1/events", bodies).json() == {"accepted": len(IDS), "rejected": []}
        Writer(db, 0.7).store(events, now)
        for name, number in numbers.items():
            addresses = [f"/api/v1/transaction?id={quote(name, safe='')}"]
            if name not in NO_PATH:
                addresses.append(f"/api/v1/transactions/{quote(name, safe='')}")
            for address in addresses:
                found = client.get(address)
                assert (found.status, found.json().get("id")) == (200, name), address
                assert found.json()["transaction"]["amount"] == number, address
            for asked in ("id", "q"):
                rows = client.get("/api/v1/predictions", {asked: name}).json()["rows"]
                if name.strip() or asked == "id":
                    assert [row["transaction_id"] for row in rows] == [name], (asked, name)
            assert client.get("/api/v1/transaction/similar", {"id": name}).status == 200
            if name not in NO_PATH:
                assert client.get(f"/api/v1/transactions/{quote(name, safe='')}/similar").json() == []
            label = {"transaction_id": name, "label": "fraud", "source": "analyst"}
            assert client.post_json("/api/v1/labels", label).json()["unknown"] == 0, name
        pages, after = [], ""
        while True:
            page = client.get("/api/v1/predictions", {"limit": 7, "label": "fraud", "after": after}).json()
            pages += [row["transaction_id"] for row in page["rows"]]
            after = page["after"]
            if not after:
                break
        assert pages == list(IDS)
        assert client.get("/api/v1/transactions/b1/similar").status == 404, "the cases of b1, which there is not"
        decomposed = client.get("/api/v1/transaction?id=" + quote("b1-cafe\u0301"))
        assert decomposed.json()["id"] == "b1-caf\u00e9", "one id, however its accent was typed"
        raw = client.get("/api/v1/transactions/gid://shop/OrderTransaction/b1-77")
        assert raw.json()["id"] == "gid://shop/OrderTransaction/b1-77", "slashes that nobody encoded"
