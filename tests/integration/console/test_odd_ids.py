"""Every id that is accepted is shown, opened, linked, labelled and exported by the console's pages."""

import csv
import html
import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from console.app import PREFIX, create_app
from console.auth.navigation import own_path
from console.pages import transaction
from core.db.engine import Database
from core.events.types import Event, Prediction
from core.http import HttpClient
from core.pipeline.writer import Writer
from core.settings import Settings
from core.tabular.csv_export import safe
from core.web.app import App
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


def attributes(page: str, name: str) -> list[str]:
    """The values of an attribute, as a browser reads them."""
    return [html.unescape(value) for value in re.findall(rf'\b{name}="([^"]*)"', page)]


def test_each_id_is_listed_opened_and_labelled(app: App, person: Make, db: Database) -> None:
    ann = person("ann", "analyst")
    listed = ann.client.get(ROOT).text
    links = [link for link in attributes(listed, "href") if link.startswith(f"{ROOT}/one?")]
    assert attributes(listed, "data-row") == attributes(listed, "data-open-id") == list(IDS)
    assert [parse_qs(urlsplit(link).query)["id"][0] for link in links] == list(IDS)
    queue = ann.client.get(f"{ROOT}/queue").text
    assert set(attributes(queue, "data-row")) == set(IDS)
    token = ann.token()
    for name, link in zip(IDS, links, strict=True):
        one = ann.client.get(link)
        assert one.status_code == 200, name
        assert attributes(one.text, "data-one") == attributes(one.text, "data-id") == [name]
        assert attributes(ann.client.get(ROOT, query_string={"open": name}).text, "data-one") == [name]
        if name.strip():
            assert name in attributes(ann.client.get(ROOT, query_string={"q": name}).text, "data-row")
        assert own_path(link, PREFIX) == link, "a log-in comes back to it"
        sent = re.search(r'name="id" value="([^"]*)"', one.text)
        assert sent is not None
        assert ann.client.post(f"{ROOT}/queue/claim", data={"csrf": token, "id": name}).json["mine"], name
        said = {"csrf": token, "id": html.unescape(sent[1]), "label": "fraud"}
        answer = ann.client.post(f"{ROOT}/label", data=said)
        assert (answer.status_code, answer.json["transaction_id"]) == (200, name)
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id FROM labels")
        assert {name for (name,) in cursor.fetchall()} == set(IDS)
    exported = csv.DictReader(io.StringIO(ann.client.get(f"{ROOT}.csv").text, newline=""))
    assert [row["transaction_id"] for row in exported] == [safe(name) for name in IDS]


def test_the_drawer_of_the_live_page_opens_each(api: HttpClient) -> None:
    for name in IDS:
        assert transaction.look_up(api, {"id": name, "n": 1})["document"]["id"] == name
