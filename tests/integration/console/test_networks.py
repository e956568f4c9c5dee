"""The console answers only to the networks that it is told; health probes come from anywhere."""

import shutil
import time

import pytest

from console.app import PREFIX, create_app
from console.auth.networks import allowed_networks
from core import settings
from core.errors import ConfigError
from core.web.client import within
from tests.integration.console.conftest import VARIABLES

CONFIGURED = {"development": ["127.0.0.0/8"], "production": ["10.0.0.0/8"]}


def get(app, path, address):
    return app.test_client().get(path, environ_base={"REMOTE_ADDR": address})


@pytest.mark.parametrize("path", ["login", "", "_dash-layout", "assets/gatehouse.css", "nowhere"])
def test_a_stranger_sees_nothing(app, path):
    answer = get(app, PREFIX + path, "198.51.100.9")
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert get(app, PREFIX + path, "127.0.0.1").status_code != 403


def test_a_probe_is_answered(app):
    assert get(app, "/healthz", "198.51.100.9").status_code == 200


def test_metrics_are_inside_the_rule_and_a_stranger_learns_no_dependency(app):
    for outside in ("198.51.100.9", "10.1.2.3"):
        assert get(app, "/metrics", outside).status_code == 403
        assert get(app, "/readyz", outside).json in ({"status": "ok"}, {"status": "unavailable"})
    assert get(app, "/metrics", "127.0.0.1").status_code == 200
    assert set(get(app, "/readyz", "127.0.0.1").json) == {"postgres", "redis", "monitoring API"}


def test_prometheus_scrapes_from_its_own_network_or_with_a_token(redis_url, database_url, tmp_path):
    known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path), **VARIABLES}
    token = "t" * 40
    more = {"GATEHOUSE_OPERATIONS_NETWORKS": "10.77.0.0/24", "GATEHOUSE_INTERNAL_TOKEN": token}
    app = create_app(settings.load({**known, **more}))
    try:
        assert get(app, "/metrics", "10.77.0.9").status_code == 200
        assert get(app, PREFIX + "login", "10.77.0.9").status_code == 403
        for given, status in ((token, 200), ("u" * 40, 403)):
            headers = {"Authorization": f"Bearer {given}"}
            answer = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}, headers=headers)
            assert answer.status_code == status
    finally:
        app.close()


def test_a_stranger_is_reported_once(app, live):
    for _ in range(3):
        get(app, PREFIX, "198.51.100.9")
    for _ in range(100):
        entries = live.redis.xrange("gatehouse:{live}:events")
        if any(b"network-denied" in fields[b"e"] for _, fields in entries):
            break
        time.sleep(0.05)
    assert sum(fields[b"e"].count(b"network-denied") for _, fields in live.redis.xrange("gatehouse:{live}:events")) == 1


@pytest.mark.parametrize(
    ("variables", "inside", "outside"),
    [
        ({}, "127.0.0.1", "10.1.2.3"),
        ({"GATEHOUSE_HOST": "0.0.0.0"}, "10.1.2.3", "127.0.0.1"),
        ({"GATEHOUSE_ENVIRONMENT": "production"}, "10.1.2.3", "192.168.0.1"),
        ({"GATEHOUSE_NETWORKS": "192.0.2.0/24, 2001:db8::/32"}, "2001:db8::7", "127.0.0.1"),
    ],
)
def test_where_people_may_come_from(variables, inside, outside):
    allowed = allowed_networks(settings.load(variables), CONFIGURED)
    assert within(inside, allowed)
    assert not within(outside, allowed)


def test_a_wrong_network_is_named():
    with pytest.raises(ConfigError, match=r"GATEHOUSE_NETWORKS: 'ten/8'"):
        allowed_networks(settings.load({"GATEHOUSE_NETWORKS": "ten/8"}), CONFIGURED)
    with pytest.raises(ConfigError, match=r"networks\.development contains no network"):
        allowed_networks(settings.load({}), {"production": ["10.0.0.0/8"]})
    with pytest.raises(ConfigError, match="GATEHOUSE_ENVIRONMENT"):
        settings.load({"GATEHOUSE_ENVIRONMENT": "staging"})


def test_behind_a_proxy_the_reported_address_counts(redis_url, database_url, tmp_path):
    config = tmp_path / "config"
    shutil.copytree(settings.ROOT / "config", config)
    text = (config / "limits.toml").read_text().replace("trusted_proxies = []", 'trusted_proxies = ["127.0.0.1/32"]')
    (config / "limits.toml").write_text(text)
    known = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "GATEHOUSE_DATA": str(tmp_path), **VARIABLES}
    app = create_app(settings.load({**known, "GATEHOUSE_CONFIG": str(config)}))
    try:
        far = app.test_client().get(PREFIX + "login", headers={"X-Forwarded-For": "198.51.100.9"})
        near = app.test_client().get(PREFIX + "login", headers={"X-Forwarded-For": "127.0.0.2"})
        assert (far.status_code, near.status_code) == (403, 200)
    finally:
        app.close()
