"""Each template through its own entrance. `tests/architecture/test_contributing.py` runs this file within the copy."""

import gzip
import importlib
import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import yaml
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from alerts.evaluate import ruleset
from alerts.evaluate.evaluator import Evaluator
from alerts.notify.delivery import Deliver
from alerts.worker import jobs
from api.app import create_app as create_api
from collector import figure_schedule
from console.app import PREFIX
from console.app import create_app as create_console
from core import clock, codec, settings
from core.alerting import incidents, outbox, silence_store
from core.alerting.incident import Opening
from core.alerting.outbox import Intent
from core.db.engine import Database
from core.db.jobs import queue
from core.events.types import Event
from core.http import HttpClient
from core.identity import users
from core.pipeline.writer import Writer
from core.settings import ROOT, Settings
from core.stores import assemble
from core.web.app import App
from core.web.metrics import Metrics
from stack import fake_receivers
from stack.home import Home
from tests import alerting
from tests.contributed import templates
from tests.deploy.aws import template
from tests.integration.alerts.making import rows
from tests.integration.alerts.respond.actions.conftest import Stage
from tests.integration.api.making import requests, sale
from tests.integration.console.conftest import HASH, PASSWORD, VARIABLES
from tests.people import Authenticator, log_in
from tests.receiving import notice, receiving

Configure = Callable[..., Settings]


@pytest.fixture
def configure(database_url: str, redis_url: str, tmp_path: Path) -> Configure:
    """`configure(section, more, **variables)`: settings of this test's stores, `more` added to a file of config/."""
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder)

    def made(section: str = "", more: str = "", **variables: str) -> Settings:
        if section:
            with (folder / f"{section}.toml").open("a") as file:
                file.write(f"\n{more}")
        stores = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        own = {"GATEHOUSE_DATA": str(tmp_path), "GATEHOUSE_CONFIG": str(folder)}
        return settings.load({**stores, **own, "GATEHOUSE_SCORING_URL": "http://127.0.0.1:9", **VARIABLES, **variables})

    return made


@pytest.fixture
def api(configure: Configure) -> Iterator[App]:
    """The monitoring API."""
    app = create_api(configure(GATEHOUSE_AUTH="off"))
    yield app
    app.close()


@pytest.fixture
def console(configure: Configure, api: App) -> Iterator[App]:
    """The console, which reads that API over HTTP."""
    server = make_server("127.0.0.1", 0, api, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = create_console(configure(), HttpClient(f"http://127.0.0.1:{server.server_port}", 10.0))
    yield app
    app.close()
    server.shutdown()
    server.server_close()


@pytest.fixture
def person(console: App, db: Database) -> Callable[[str], FlaskClient]:
    """`person(role)`: somebody of that role, logged in."""

    def made(role: str) -> FlaskClient:
        with db.transaction() as connection:
            assert users.insert(connection, f"a-{role}", role, password_hash=HASH)
        client = console.test_client()
        assert log_in(client, PREFIX, f"a-{role}", PASSWORD, Authenticator()).status_code == 200
        return client

    return made


@pytest.fixture
def store(db: Database) -> Callable[[list[Event]], None]:
    """Stores events as the collector does."""
    return lambda events: Writer(db, 0.7).store(events, clock.now())


def live_panel(client: FlaskClient, page: str, name: str) -> dict[str, object]:
    """What the refresh of a page brings for one of its panels."""
    answer = client.get(f"{PREFIX}live?page={page}&range=1h")
    assert answer.status_code == 200
    found = codec.decode(gzip.decompress(answer.data))
    return found["panels"][name]  # type: ignore[no-any-return]


def test_page(person: Callable[[str], FlaskClient], store: Callable[[list[Event]], None]) -> None:
    """It is in the navigation of its role, closed to a lower one, and answers at its address and its live part."""
    store([sale(n, clock.now() - n) for n in range(20)])
    analyst, viewer = person("analyst"), person("viewer")
    for client, offered, status in ((analyst, True, 200), (viewer, False, 403)):
        layout = client.get(f"{PREFIX}_dash-layout").get_data(as_text=True)
        assert ('"data-page":"wall"' in layout) is offered
        assert client.get(f"{PREFIX}wall").status_code == status
        assert client.get(f"{PREFIX}live?page=wall").status_code == status
    assert "<title>Wall display · Gatehouse</title>" in analyst.get(f"{PREFIX}wall").get_data(as_text=True)
    fragment = codec.decode(analyst.get(f"{PREFIX}wall?fragment=1").data)
    assert (fragment["page"], fragment["live"]) == ("wall", True)
    facts = live_panel(analyst, "wall", "figures")["slots"]["facts"]  # type: ignore[index]
    assert facts["html"].count('class="fact"') == 4
    assert re.search(r">Transactions/hour</div><div[^>]*>20 /h<", facts["html"])


def test_panel(person: Callable[[str], FlaskClient], api: App, store: Callable[[list[Event]], None]) -> None:
    """Its read answers on real stores, is in the API's description, and the live page draws it."""
    store([sale(n, clock.now() - 60 - n, amount=12.5) for n in range(4)])
    read = api.test_client().get("/api/monitoring/sales_by_type")
    assert read.json == [{"type": "purchase", "n": 4, "usd": 50.0}]
    described = api.test_client().get("/openapi.json").get_data(as_text=True)
    assert "/api/monitoring/sales_by_type" in described
    assert "TypeSales" in described
    viewer = person("viewer")
    assert 'id="sales_by_type"' in str(viewer.get(f"{PREFIX}?fragment=1").json)
    drawn = live_panel(viewer, "live", "sales_by_type")
    (row,) = drawn["slots"]["rows"]["rows"]  # type: ignore[index]
    assert row[0] == "0-purchase"
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row[1]) == ["purchase", "4", "$50.00"]
    assert drawn["note"] == "$50.00"


def test_rule(configure: Configure, db: Database, store: Callable[[list[Event]], None]) -> None:
    """rules.toml takes it, the evaluator judges it, and an incident says what it found."""
    known = configure("rules", templates.use("rule"))
    now = clock.now()
    before = [msgspec.structs.replace(one, id=f"before-{one.id}") for one in requests(now - 900)[:20]]
    store([*requests(now), *before])
    rules = ruleset.load(known)
    assert rules.by_id()["surge"].parameters.counted == "requests"
    stores = assemble(known)
    try:
        for seconds in (0, 5):
            assert Evaluator(known, stores, rules, "one").step(now + seconds)
    finally:
        stores.close()
    assert rows(db, "SELECT phase, value FROM alert_states WHERE rule = 'surge'") == [("firing", 500.0)]
    assert rows(db, "SELECT summary FROM incidents WHERE rule = 'surge'") == [
        ("100 requests within 10 minutes after 20 (500 %)",)
    ]


def test_channel(configure: Configure, db: Database, tmp_path: Path) -> None:
    """Its secrets come through the templates as they are; the message goes over HTTP and is taken once."""
    with receiving(tmp_path / "receivers") as receivers:
        own = {name: receivers.variables[name] for name in ("GATEHOUSE_NTFY_URL", "GATEHOUSE_NTFY_TOKEN")}
        given = in_compose({"GATEHOUSE_CHANNEL_SECRETS": json.dumps(own)})
        known = configure("channels", templates.use("channel"), **given)
        stores = assemble(known)
        deliver = Deliver(known, stores, Metrics())
        message = notice(at=clock.now())
        opening = Opening(message.incident_id, "A1", "", "alert", "high", "t", "s", message.at, message.at)
        with db.transaction() as connection:
            incidents.open_incident(connection, opening)
            outbox.enqueue(connection, [Intent(outbox.key(message, "phones"), "phones", message)])
        deliver.publish(message.at)
        deliver.step(message.at)
        deliver.step(message.at + 1)
        (got,) = receivers.inbox.taken("ntfy")
        stores.close()
    assert got.body["title"].startswith("HIGH: Fraud rate is high")
    assert rows(db, "SELECT channel, state, attempts FROM outbox") == [("phones", "sent", 1)]


def in_compose(env_file: dict[str, str]) -> dict[str, str]:
    """The variables of channels that docker-compose gives to the alert worker, with an `.env` of that content."""
    given = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["alerts"]["environment"]
    references = {name: re.fullmatch(r"\$\{(\w+):-(.*)\}", str(value)) for name, value in given.items()}
    assert "GATEHOUSE_CHANNEL_SECRETS" in references
    found = {name: env_file.get(one[1], one[2]) for name, one in references.items() if one}
    return {name: value for name, value in found.items() if value and name in env_file}


def test_channel_secrets_on_kubernetes_and_aws() -> None:
    """Every key of a secret, and every pair of a secret, reaches the alert worker whatever its name."""
    deployments = yaml.safe_load_all((ROOT / "deploy/kubernetes/base/alerts-rights.yaml").read_text())
    containers = [one["spec"]["template"]["spec"]["containers"][0] for one in deployments if one]
    assert any({"secretRef": {"name": "gatehouse-channels", "optional": True}} in one["envFrom"] for one in containers)
    tasks = [one["Properties"] for one in template()["Resources"].values() if one["Type"] == "AWS::ECS::TaskDefinition"]
    assert "'Name': 'GATEHOUSE_CHANNEL_SECRETS', 'ValueFrom': {'Ref': 'ChannelSecretsArn'}" in str(tasks)


def test_channel_of_the_local_stack(configure: Configure, tmp_path: Path) -> None:
    """The stack makes its secrets up, and the receivers answer to them."""
    known = configure("channels", templates.use("channel"))
    home, env = Home(tmp_path / "home"), dict[str, str]()
    home.path.mkdir()
    fake_receivers.prepare(known, home, env)
    assert env["GATEHOUSE_NTFY_URL"].endswith(":8060/ntfy")
    ntfy = importlib.import_module("simulator.receivers.ntfy")
    assert set(ntfy.VARIABLES) <= env.keys()


def test_action(configure: Configure) -> None:
    """Asked for by an incident, it is applied, and taken back when that ends."""
    known = configure("actions", templates.use("action"))
    stage = Stage(known, assemble(known))
    database = stage.stores.database
    alerting.rule(database, "A2", "API latency", "medium", {"kind": "window"})
    run = stage.done("mute-latency")
    assert run.state == "applied", run.message
    with database.transaction() as connection:
        assert [one.rule for one in silence_store.in_force(connection, stage.now)] == ["A2"]
    stage.now += 120
    assert stage.recover(run).state == "reverted"
    with database.transaction() as connection:
        assert silence_store.in_force(connection, stage.now) == []
    stage.stores.close()


def test_job(configure: Configure, db: Database) -> None:
    """The alert worker finds it among its duties, claims it, and it is done."""
    known = configure()
    kind = importlib.import_module("alerts.jobs.tally").KIND
    stores = assemble(known)
    worker = jobs(known, stores, ruleset.load(known))
    assert "tally" in {task.name for task in worker.tasks()}
    with db.transaction() as connection:
        queue.enqueue(connection, kind, key="today")
    assert worker.step("tally", time.time())
    stores.close()
    assert rows(db, "SELECT state, message, attempts FROM jobs") == [("done", "0 open", 1)]
    assert rows(db, "SELECT actor, action FROM audit_log") == [("job:tally", "incidents.tally")]


def test_figure(configure: Configure, db: Database) -> None:
    """A collector finds it, samples it, and its values are stored."""
    known = configure()
    stores = assemble(known)
    duties = {task.name: task for task in figure_schedule.duties(known, stores, Metrics())}
    with db.transaction() as connection:
        queue.enqueue(connection, queue.Kind("sweep"))
    duties["figures"].run(time.time())
    duties["figure samples"].run(time.time())
    stores.close()
    found = rows(
        db, "SELECT series, value FROM custom_figure_values WHERE figure = 'waiting_jobs' AND series = 'sweep'"
    )
    assert found == [("sweep", 1.0)]
    assert rows(db, "SELECT error FROM custom_figures WHERE name = 'waiting_jobs'") == [("",)]
