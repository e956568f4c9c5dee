"""The pages Analytics and Overview."""

from collections.abc import Callable

from console.app import PREFIX
from core.db.engine import Database
from tests.components import Shown, document
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]


def page(person: Person, path: str = "analytics", status: int = 200) -> Shown:
    answer = person.client.get(f"{PREFIX}{path}")
    assert answer.status_code == status
    return Shown(document(answer)["content"])


def test_a_viewer_may_open_it_and_chooses_a_period(person: Make, db: Database) -> None:
    vic = person("vic", "viewer")
    shown = page(vic)
    assert "Predictions" in shown
    assert f"{PREFIX}analytics?period=7d" in shown.values("href")
    assert "no period" in page(vic, "analytics?period=fortnight", 400)
