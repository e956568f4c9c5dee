"""A profile is captured from a live process and kept with the run; a process that cannot be profiled is named."""

import dataclasses
from pathlib import Path

from core.alerting import action_runs
from tests.serving import served


def test_a_flame_graph_of_a_live_process_is_kept(staged, environ, tmp_path):
    text = (Path(environ["GATEHOUSE_CONFIG"]) / "actions.toml").read_text()
    stage = staged(text.replace('service = "scoring", seconds = 10', 'service = "api", seconds = 1'))
    folder = tmp_path / "api"
    folder.mkdir()
    token = {"GATEHOUSE_AUTH": "on", "GATEHOUSE_INTERNAL_TOKEN": environ["GATEHOUSE_INTERNAL_TOKEN"]}
    with served(environ["DATABASE_URL"], environ["REDIS_URL"], folder, variables=token) as (url, _):
        stage.known = dataclasses.replace(stage.known, api_url=url)
        run = stage.done("profile-scoring", rule="A2")
    assert run.state == "applied", run.message
    assert run.revert_at is None
    with stage.stores.database.transaction() as connection:
        [found] = action_runs.artefacts(connection, run.id)
        kind, body = action_runs.artefact(connection, run.id, found.name)
    assert (kind, body[:4]) == ("image/svg+xml", b"<svg")


def test_a_process_that_is_away_is_asked_again_and_then_given_up(stage):
    stage.known = dataclasses.replace(stage.known, scoring_url="http://127.0.0.1:9")
    run = stage.done("profile-scoring", rule="A2")
    assert run.state == "applying"
    for _ in range(4):
        stage.now += 600
        stage.do()
    run = stage.again(run)
    assert run.state == "failed"
    assert "failed after 3 attempts" in run.message
