"""The input_names part: what every process counted, by caller and minute, with the names behind it."""

import time

from flask.testing import FlaskClient

from api.resources.input_names import MINUTES, counted
from core.db.redis_client import Live
from core.web import input_counts
from core.web.input_counts import MINUTE, Cell
from tests.integration.api.making import get

SHOP = "token:ab"


def test_it_is_there_within_the_minute(client: FlaskClient, live: Live) -> None:
    now = MINUTE * int(time.time() // MINUTE)
    cells = {
        Cell(SHOP, "requests"): 5,
        Cell(SHOP, "feature", "Amount", "amount"): 5,
        Cell(SHOP, "missing", "amount"): 5,
    }
    input_counts.add(live, now, cells)
    input_counts.add(live, now - 3600, {Cell("good", "requests"): 7})
    part = get(client, "/api/monitoring/input_names")
    assert len(part["minutes"]) == MINUTES
    shop, good = part["callers"]
    assert (shop["caller"], shop["requests"], sum(shop["feature"]), sum(shop["missing"])) == (SHOP, 5, 5, 5)
    place = part["minutes"].index(now * 1000)
    assert shop["feature"][place] == 5
    assert shop["names"][0] == {
        "kind": "feature",
        "name": "Amount",
        "nearest": "amount",
        "count": 5,
        "last": now * 1000,
    }
    assert (good["caller"], good["requests"], good["names"]) == ("good", 7, [])


def test_nothing_counted_is_no_error(client: FlaskClient) -> None:
    part = get(client, "/api/monitoring/input_names")
    assert (part["callers"], part["others"], part["counted"]) == ([], 0, True)


def test_the_worst_callers_come_first_and_the_list_is_bounded() -> None:
    found = {0: {Cell(f"c{n:02d}", "feature", "x"): n for n in range(1, 21)}}
    names = counted(0, 3, found)
    assert [one.caller for one in names.callers][:2] == ["c20", "c19"]
    assert (len(names.callers), names.others) == (12, 8)
