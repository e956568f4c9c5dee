"""A page that cannot be shown is a page: what is away, that it looks again; programs keep the document."""

from collections.abc import Callable

import pytest

from console.app import PREFIX
from console.auth.sessions import Sessions
from core.errors import DatabaseUnavailable, RedisUnavailable
from core.models import drift_reports
from tests.integration.console.conftest import Person

Make = Callable[[str, str], Person]
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_what_is_not_there_is_said_on_a_page(person: Make) -> None:
    vic = person("vic", "viewer")
    answer = vic.client.get(f"{PREFIX}model/drift/99", headers=HTML)
    assert answer.status_code == 404
    text = answer.get_data(as_text=True)
    assert "This drift report does not exist." in text
    assert 'aria-label="Pages"' in text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert vic.client.get(f"{PREFIX}model/drift/99").json["status"] == 404


def test_a_dependency_that_is_away_is_named_and_looked_for_again(person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    vic = person("vic", "viewer")

    def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(drift_reports, "listed", away)
    answer = vic.client.get(f"{PREFIX}model/drift", headers=HTML)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    text = answer.get_data(as_text=True)
    assert "This page needs PostgreSQL, which does not respond." in text
    assert 'http-equiv="refresh"' in text
    fragment = vic.client.get(f"{PREFIX}model/drift?fragment=1", headers=HTML)
    assert fragment.content_type.startswith("application/problem+json")
    assert vic.client.get(f"{PREFIX}users", headers=HTML).status_code == 403


def test_an_address_that_leads_nowhere_is_a_page_for_people(person: Make) -> None:
    vic = person("vic", "viewer")
    answer = vic.client.get(f"{PREFIX}modle", headers=HTML)
    assert answer.status_code == 404
    text = answer.get_data(as_text=True)
    assert "Page not found." in text
    assert "Go to the live page" in text
    assert 'aria-current="page"' not in text
    assert vic.client.get(f"{PREFIX}modle").json["status"] == 404
    script = vic.client.get(f"{PREFIX}assets/nothing.js", headers={"Accept": "*/*"})
    assert script.content_type.startswith("application/problem+json")


@pytest.mark.parametrize("path", ["", "alerts", "nowhere"])
def test_without_redis_nobody_is_known_and_that_is_said_on_a_page_too(
    person: Make, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vic = person("vic", "viewer")

    def away(*_: object) -> None:
        raise RedisUnavailable("gone")

    monkeypatch.setattr(Sessions, "find", away)
    answer = vic.client.get(PREFIX + path, headers=HTML)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    text = answer.get_data(as_text=True)
    assert "Redis cannot be reached" in text
    assert 'http-equiv="refresh" content="5"' in text
    assert 'aria-label="Pages"' not in text
    assert vic.client.get(PREFIX + path).json["dependency"] == "redis"
