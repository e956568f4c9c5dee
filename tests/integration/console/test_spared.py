"""A session stands whatever its address did; assets are named by their content and kept."""

import re

import pytest

from console.app import PREFIX
from core import clock
from core.db import keys
from core.db.engine import Database
from tests.people import session_token

FAR = {"REMOTE_ADDR": "203.0.113.5"}


def asked(client, path, **headers):
    return client.get(PREFIX + path, environ_base=FAR, headers=headers)


def flood(app):
    """More than the address may ask, from somebody without a session."""
    return [asked(app.test_client(), "login").status_code for _ in range(101)]


@pytest.fixture
def session(person):
    """The administrator's, from far away."""
    return person("admin", "admin").client


def test_a_live_session_is_not_blocked_by_its_address(app, session):
    assert {asked(session, "account").status_code for _ in range(130)} == {200}, "nor does it count"
    assert flood(app) == [200] * 100 + [429]
    assert asked(app.test_client(), "login").status_code == 429
    assert asked(session, "account").status_code == 200


def test_whoever_is_spared_is_looked_up_once_a_request(app, session, monkeypatch):
    looks = []
    look = Database.look
    monkeypatch.setattr(Database, "look", lambda self, *asked: looks.append(asked) or look(self, *asked))
    assert asked(session, "account").status_code == 200
    assert len(looks) == 1


def test_neither_a_block_nor_the_threat_list_closes_it_out(app, session, live):
    live.redis.zadd(keys.BLOCKED_IPS, {FAR["REMOTE_ADDR"]: clock.now() + 600})
    app.admission._refreshed = 0.0
    app.admission.refresh([])
    assert asked(app.test_client(), "login").status_code == 429
    assert asked(session, "account").status_code == 200


def test_a_session_that_ended_is_closed_out_again(app, session):
    flood(app)
    token = session_token(session, PREFIX)
    session.post(f"{PREFIX}logout", data={"csrf": token}, environ_base=FAR)
    assert asked(session, "account").status_code == 429


def test_a_made_up_session_spares_nobody(app):
    client = app.test_client()
    client.set_cookie("gatehouse_session", "x" * 43, path=PREFIX)
    assert [asked(client, "login").status_code for _ in range(101)] == [200] * 100 + [429]


def test_assets_cost_nothing_and_are_kept_for_a_year(app, session):
    for page in ("", "account", "alerts"):
        text = asked(session, page).get_data(as_text=True)
        named = re.findall(rf'["\']({PREFIX}assets/[^"\']+)["\']', text)
        assert named
        for address in named:
            answer = session.get(address, environ_base=FAR)
            assert re.fullmatch(r"[^?]+\?v=[0-9a-f]{12}", address), address
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            for font in re.findall(
                r'url\("\.\./(fonts/[^"]+)"', answer.get_data(as_text=True) if "css" in address else ""
            ):
                assert "immutable" in session.get(f"{PREFIX}assets/{font}").headers["Cache-Control"]
    old = session.get(f"{PREFIX}assets/login.css?v=000000000000")
    assert "immutable" not in old.headers["Cache-Control"]
    for _ in range(120):
        assert asked(app.test_client(), "assets/login.css").status_code == 200
    assert asked(app.test_client(), "login").status_code == 200


def test_guesses_among_the_assets_count(app):
    answers = [asked(app.test_client(), "assets/vendor/plotly.min.js").status_code for _ in range(103)]
    assert answers[:100] == [401] * 100
    assert answers[-1] == 429
