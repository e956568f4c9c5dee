"""Every id that is accepted is shown, opened, linked, labelled and exported by the console's pages."""

import csv
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from console.app import PREFIX, create_app
from console.auth.navigation import own_path
from core.db.engine import Database
from core.events.types import Event, Prediction
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.settings import Settings
from core.tabular.csv_export import safe
from core.web.app import App
from tests.components import shown
from tests.hostile.ids import IDS
from tests.integration.console.conftest import Person
from tests.serving import served

Make = Callable[[str, str], Person]
ROOT = f"{PREFIX}transactions"


@pytest.fixture
def api(database_url: str, redis_url: str, db: Database, tmp_path: Path) -> Iterator[HttpClient]:
    """The real monitoring API, and a held transaction of each id."""
    now = time.time()
    shared = {"score": 0.5, "threshold": 0.6, "decision": "REVIEW", "amount": 5.0}
    held: list[Event] = [
        Prediction(id=name, transaction_id=name, timestamp=now - n, **shared) for n, name in enumerate(IDS)
    ]
    Writer(db, 0.7).store(held, now)
    folder = tmp_path / "api"
    folder.mkdir()
    with served(database_url, redis_url, folder) as (url, _):
        yield HttpClient(url)


@pytest.fixture
def app(settings: Settings, api: HttpClient) -> Iterator[App]:
    """The console over it."""
    made = create_app(settings, api)
    yield made
    made.close()


def test_each_id_is_listed_opened_and_labelled(app: App, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    assert shown(ann.client, ROOT).ids() == list(IDS)
    assert set(shown(ann.client, f"{ROOT}/queue").ids()) == set(IDS)
    token = ann.token()
    for name in IDS:
        link = f"{ROOT}/one?id={quote(name, safe='')}"
        one = shown(ann.client, link)
        assert one.values("data-one") == one.values("data-id") == [name]
        assert link in one.values("href"), "a page of its own"
        assert name in one.values("value"), "the form sends it back as it is"
        if name.strip():
            assert name in shown(ann.client, f"{ROOT}?q={quote(name, safe='')}").ids()
        assert own_path(link, PREFIX) == link, "a log-in comes back to it"
        assert ann.client.post(f"{ROOT}/queue/claim", data={"csrf": token, "id": name}).json["mine"], name
        said = {"csrf": token, "id": name, "label": "fraud"}
        answer = ann.client.post(f"{ROOT}/label", data=said)
        assert (answer.status_code, answer.json["transaction_id"]) == (200, name)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id FROM labels")
        assert {name for (name,) in cursor.fetchall()} == set(IDS)
    exported = csv.DictReader(io.StringIO(ann.client.get(f"{ROOT}.csv").text, newline=""))
    assert [row["transaction_id"] for row in exported] == [safe(name) for name in IDS]
