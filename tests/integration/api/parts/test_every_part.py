"""What holds for each part of the monitoring API, those added later too."""

import time

import msgspec
from flask.testing import FlaskClient

from api.reads import part_modules
from tests.integration.api.making import Store, get, prediction, sale


def test_every_part_answers_its_type_without_any_data(client: FlaskClient) -> None:
    for name, module in part_modules().items():
        msgspec.convert(get(client, f"/api/monitoring/{name}"), module.Data)


def test_every_part_answers_each_range(client: FlaskClient, store: Store) -> None:
    now = time.time()
    store([sale(n, now - n) for n in range(20)], now)
    store([prediction(n, now - n, n / 20, "APPROVED") for n in range(20)], now)
    for name, module in part_modules().items():
        for span in ("range=15m", "range=6h", "range=24h", f"from={now - 7200}&to={now}"):
            msgspec.convert(get(client, f"/api/monitoring/{name}?{span}"), module.Data)
