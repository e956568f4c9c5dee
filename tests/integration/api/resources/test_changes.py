"""Deploys, starts with another configuration, incidents, policies and models are one list, oldest first."""

import time

from flask.testing import FlaskClient
from sqlalchemy import text

from core.db.engine import Database
from core.endpoints import config_starts
from core.endpoints.deploys import Announced, announce
from tests import alerting
from tests.integration.api.making import get


def test_changes_of_every_kind_are_one_list(client: FlaskClient, db: Database) -> None:
    at = (time.time() - 1800) // 60 * 60
    announce(db, Announced("shop", "v2", at, True), at, 50)
    for files in ({"rules.toml": "a"}, {"rules.toml": "b"}, {"rules.toml": "b"}):
        config_starts.note(db, "alerts", files, at + 10)
        config_starts.note(db, "collector", files, at + 11)
    alerting.rule(db, "A1", "Fraud rate", "high", {"kind": "window"})
    alerting.fire(db, "A1", "A1-1", at + 20, severity="high")
    with db.transaction() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # the models do not matter here
        connection.execute(
            text("INSERT INTO policy_versions (version, created_at, profile, fraud_threshold, review_from, block_from,"
                 " actor) OVERRIDING SYSTEM VALUE VALUES (7, to_timestamp(:at), 'strict', .5, .4, .6, 'ann')"),
            {"at": at + 30},
        )  # fmt: skip
        connection.execute(
            text("INSERT INTO model_role_changes (at, role, kind, before, after, actor)"
                 " VALUES (to_timestamp(:at), 'champion', 'promote', 2, 3, 'ann')"), {"at": at + 40},
        )  # fmt: skip
    found = get(client, f"/api/monitoring/changes?from={at - 60}&to={at + 120}")
    assert [(one["kind"], one["title"]) for one in found] == [
        ("deploy", "shop v2"), ("configuration", "rules.toml"), ("incident", "A1 fires"), ("policy", "strict v7"),
        ("model", "champion v3"),
    ]  # fmt: skip
    assert found[0]["t"] == at * 1000
    assert get(client, f"/api/monitoring/changes?from={at - 600}&to={at - 60}") == []
