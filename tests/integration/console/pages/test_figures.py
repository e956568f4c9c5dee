"""The pages Custom figures and one figure's: charts with tables, what failed beside them, and when all is away."""

import re
import time
from collections.abc import Callable

import pytest

from console.app import PREFIX
from core.db.engine import Database
from core.http import HttpClient
from core.web.app import App
from tests.components import Shown, document
from tests.integration.api.test_custom_figures import make
from tests.integration.console.conftest import Person
from tests.integration.console.pages.inside import Inside

Make = Callable[[str, str], Person]


@pytest.fixture
def app(console_on: Callable[[HttpClient], App], inside: Inside) -> App:
    return console_on(inside)


def page(person: Person, path: str = "figures", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def words(shown: Shown) -> str:
    return re.sub(r"\s+", " ", shown.text)


def test_without_figures_it_says_how_to_add_one(person: Make) -> None:
    assert "config/figures.toml" in words(page(person("vic", "viewer")))


def test_each_figure_has_its_chart_and_its_error(person: Make, db: Database) -> None:
    make(db, time.time())
    vic = person("vic", "viewer")
    shown = page(vic)
    told = words(shown)
    assert "Depth" in told
    assert "The last sample failed: no <b>" in told
    assert "No values in this range" in told
    assert "89" in told
    hrefs = list(shown.values("href"))
    assert any(href.endswith("figures/figure?name=depth") for href in hrefs)
    ranged = page(vic, "figures?range=24h")
    assert any(href.endswith("figures/figure?name=depth&range=24h") for href in ranged.values("href"))


def test_one_figure_has_its_series_its_values_and_how_it_is_sampled(person: Make, db: Database) -> None:
    make(db, time.time())
    vic = person("vic", "viewer")
    told = words(page(vic, "figures/figure?name=depth&range=6h"))
    assert "collector/figures/depth.py" in told
    assert "Series over the range" in told
    assert "89 s" in told
    assert "There is no such figure" in words(page(vic, "figures/figure?name=none"))


def test_what_cannot_be_reached_is_named(person: Make, inside: Inside) -> None:
    vic = person("vic", "viewer")
    inside.away = True
    assert "The monitoring API cannot be reached" in words(page(vic))
    inside.away, inside.status = False, 503
    assert "PostgreSQL cannot be reached" in words(page(vic, "figures/figure?name=x"))
    inside.status = 0
    assert "Choose another range" in words(page(vic, "figures?from=x&to=y", status=400))
