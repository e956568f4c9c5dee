"""Series are bounded by construction: whatever a stranger sends, no label takes its value."""

import pytest

from core.web.app import App


def series(app: App) -> set[tuple[str, tuple[str, ...]]]:
    """Every series that a scrape would show."""
    families = app.recorder.families()
    return {(name, tuple(labels)) for name, family in families.items() for labels, _ in family["cells"]}


@pytest.mark.parametrize("garbage", ["path", "method", "header", "query"])
def test_garbage_grows_no_series(app: App, garbage: str) -> None:
    client = app.test_client()

    def send(what: str) -> None:
        kwargs: dict = {"path": "/nothing"}
        kwargs |= {
            "path": {"path": f"/{what}/{what}"},
            "method": {"method": what.upper()},
            "header": {"headers": {"X-Correlation-ID": what, "User-Agent": what, "Host": f"{what}.example"}},
            "query": {"query_string": {what: what}},
        }[garbage]
        client.open(**kwargs)

    send("first")
    before = series(app)
    for number in range(300):
        send(f"garbage{number}")
    assert series(app) == before


def test_one_exemplar_for_a_bucket_however_many_ids(app: App) -> None:
    client = app.test_client()
    for number in range(300):
        client.get("/nothing", headers={"X-Correlation-ID": f"id-{number}"})
    family = app.recorder.families()["gatehouse_http_request_duration_seconds"]
    assert 1 <= len(family["exemplars"]) <= len(family["edges"]) + 1


def test_an_exemplar_carries_the_callers_correlation_id(app: App) -> None:
    client = app.test_client()
    client.get("/nothing", headers={"X-Correlation-ID": "order-7"})
    answer = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.content_type.startswith("application/openmetrics-text")
    assert '# {correlation_id="order-7"}' in answer.text
    assert "order-7" not in client.get("/metrics").text
