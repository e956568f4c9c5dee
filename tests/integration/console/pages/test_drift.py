"""Drift reports in the console on real stores: asked for, made by a worker, listed, read, compared, taken home."""

import time
from collections.abc import Callable

import numpy as np

from console.app import PREFIX
from core import settings as core_settings
from core.db.engine import Database
from core.models import drift_reports
from core.models import registry as models
from core.models.drift.baseline import fit
from core.models.drift.params import DriftParams
from core.settings import Settings
from core.stores import Stores
from core.web.app import App
from ml import registry
from ml.drift.judge import Sources, judge
from ml.train import training
from tests.components import seen
from tests.integration.console.conftest import Person
from tests.integration.ml.jobs.test_training import history
from tests.training import quick, work
from tests.unit.ml.examples import table

Make = Callable[[str, str], Person]


def page(person: Person, path: str = "", status: int = 200) -> str:
    return seen(person.client.get(f"{PREFIX}model/drift{path}"), status)


def keep(db: Database, shift: float) -> int:
    """A stored report in which `amount<x>` drifted by `shift` and `age` did not."""
    rng = np.random.default_rng(3)
    params = core_settings.load({}).section("drift", DriftParams)
    before = {"amount<x>": rng.normal(size=4000), "age": rng.normal(size=4000)}
    after = {"amount<x>": rng.normal(shift, size=3000), "age": rng.normal(size=3000)}
    report = judge(fit(before), after, params, time.time(), Sources("last <month>", "this week"))
    return drift_reports.save(db, report, "ann")


def test_a_report_is_asked_for_made_and_read(
    app: App, person: Make, stores: Stores, settings: Settings, db: Database
) -> None:
    ann = person("ann", "analyst")
    assert "No reports yet." in page(ann)
    assert ann.post("model/drift", span="7")[0] == 303
    assert "Waiting for a training worker" in page(ann)
    work(stores, settings, time.time())
    assert "no model has been promoted yet" in page(ann)
    version = registry.save(db, training.train(table(), quick()))
    models.promote(stores.live, db, version)
    assert ann.post("model/drift", span="7")[0] == 303
    work(stores, settings, time.time())
    html = page(ann)
    assert "Not enough data" in html
    assert "at least 50 are needed" in html
    history(stores, version, table(seed=9))
    assert ann.post("model/drift", span="30", version=str(version), threshold="40")[0] == 303
    work(stores, settings, time.time())
    html = page(ann, "/2")
    assert "3 features" in html
    assert "training data of model 1" in html
    assert ann.post("model/drift", span="30", version="9")[0] == 400


def test_a_report_is_shown_without_trusting_what_is_in_it(app: App, person: Make, db: Database) -> None:
    number = keep(db, 1.0)
    vic = person("vic", "viewer")
    html = page(vic, f"/{number}")
    assert "amount&lt;x&gt;" in html
    assert "<x>" not in html
    assert "last &lt;month&gt;" in html
    assert "Create report" not in page(vic)
    taken = vic.client.get(f"{PREFIX}model/drift/{number}.html")
    assert 'filename="gatehouse-drift-1.html"' in taken.headers["Content-Disposition"]
    assert taken.headers["Content-Security-Policy"].startswith("sandbox")
    assert vic.client.get(f"{PREFIX}model/drift/{number}.json").json["verdict"] == "retrain"
    for path in ("/77", "/77.html", "/77.json", "/0"):
        page(vic, path, 404)
    assert vic.post("model/drift", span="7")[0] == 403


def test_two_reports_say_what_changed(app: App, person: Make, db: Database) -> None:
    keep(db, 0.0)
    keep(db, 1.0)
    vic = person("vic", "viewer")
    html = page(vic, "/compare?first=1&second=2")
    assert html.index("new drift") < html.index("as before")
    assert "ceased" in page(vic, "/compare?first=2&second=1")
    assert "Drift report 9 does not exist." in page(vic, "/compare?first=1&second=9")
    assert "Choose two reports." in page(vic, "/compare")


def test_what_no_form_sends_is_no_error_of_ours(app: App, person: Make) -> None:
    ann = person("ann", "analyst")
    for query in ("?below=\u00b2", "/compare?first=\u00b2&second=0", "/compare?first=9&second=9"):
        assert ann.client.get(f"{PREFIX}model/drift{query}").status_code == 200, query
    for start, end in (("0001-01-01T00:00", "0001-01-02T00:00"), ("9999-12-30T00:00", "9999-12-31T00:00")):
        assert ann.post("model/drift", **{"from": start, "to": end})[0] == 400
