"""What a second factor may look like, what is reported of each attempt, and that a recovery code opens once."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from console.app import PREFIX
from console.auth import assembly, totp
from console.auth.factor import Shown
from core import clock
from core.db.engine import Database
from core.web.app import App
from tests.integration.console.conftest import PASSWORD
from tests.people import Authenticator, form_token, give_password

Told = list[tuple[str, ...]]


@pytest.fixture
def told(phone: Authenticator, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Security events from now on: severity, action, outcome, actor."""
    found: Told = []
    words = ("severity", "action", "outcome", "actor")
    monkeypatch.setattr(assembly, "_later", lambda work: found.append(tuple(work.keywords[word] for word in words)))
    return found


def half_way(app: App) -> tuple[FlaskClient, str]:
    client = app.test_client()
    give_password(client, PREFIX, "admin", PASSWORD)
    return client, form_token(client.get(f"{PREFIX}login/mfa").get_data(as_text=True))


def show(app: App, **factor: str) -> int:
    client, token = half_way(app)
    return client.post(f"{PREFIX}login/mfa", data={"csrf": token, **factor}).status_code


def test_each_attempt_is_reported_as_what_it_was(
    app: App, phone: Authenticator, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now() + 3600
    monkeypatch.setattr(clock, "now", lambda: start)
    code = totp.code(phone.secret, totp.step_at(start))
    assert show(app, code=code) == 303
    assert show(app, code=code) == 401
    client, token = half_way(app)
    for _ in range(4):
        assert client.post(f"{PREFIX}login/mfa", data={"csrf": token, "code": "no"}).status_code == 401
    assert told == [
        ("low", "login", "success", "admin"),
        ("low", "reused-factor", "failure", "admin"),
        ("medium", "mfa", "failure", "admin"),
        ("medium", "mfa", "failure", "admin"),
        ("critical", "mfa-lock", "failure", "admin"),
        ("medium", "mfa", "failure", "admin"),
    ]


def test_a_recovery_code_opens_once_however_it_is_written(
    app: App, phone: Authenticator, told: Told, db: Database
) -> None:
    first, second, third = phone.recovery[0], phone.recovery[1], phone.recovery[2]
    assert show(app, recovery=first.replace("-", " ").upper()) == 303
    assert show(app, recovery=first) == 401
    assert show(app, recovery=second) == 303
    with db.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM mfa_failures")).scalar_one() == 0, "used is no guess"
    # No code, of no slot, of another slot, and of a slot that is used up.
    for wrong in ("-", "abcde-fghjk", f"3{third[1:]}", f"{first[0]}-aaaaa-aaaaa"):
        assert show(app, recovery=wrong) == 401
        with db.transaction() as connection:
            assert connection.execute(text("DELETE FROM mfa_failures")).rowcount == 1
    assert show(app, recovery=third) == 303
    assert [action for _, action, _, _ in told] == [
        "login", "mfa-recovery", "reused-factor", "login", "mfa-recovery", "mfa", "mfa", "mfa", "mfa",
        "login", "mfa-recovery",
    ]  # fmt: skip


def test_a_code_may_be_typed_in_groups(app: App, phone: Authenticator) -> None:
    code = phone.next()
    assert code
    assert show(app, code=f" {code[:3]} {code[3:]} ") == 303


def test_a_secret_that_cannot_be_opened_lets_nobody_in(app: App, phone: Authenticator, db: Database) -> None:
    with db.transaction() as connection:
        connection.execute(text("UPDATE users SET totp_secret = decode('00', 'hex')"))
    assert show(app, code=phone.next()) == 401
    assert show(app, recovery=phone.recovery[0]) == 303


def test_nothing_but_spaces_is_nothing() -> None:
    assert Shown().empty
    assert Shown(code=" ", recovery="\t").empty
    assert not any(shown.empty for shown in (Shown(code="1"), Shown(recovery="1"), Shown(passkey="{}")))


def test_a_form_gives_no_more_of_a_factor_than_one_can_be(app: App) -> None:
    form = {"code": "1" * 65, "recovery": "2" * 65, "passkey": "3" * 20_001}
    with app.test_request_context(method="POST", data=form):
        shown = Shown.of_form("step-up", "a-session")
    assert (shown.code, shown.recovery, shown.passkey) == ("1" * 64, "2" * 64, "3" * 20_000)
    assert (shown.purpose, shown.within, shown.kind) == ("step-up", "a-session", "")
