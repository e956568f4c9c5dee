"""A console on real stores, and people who are in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from console.app import PREFIX, create_app
from core import settings as core_settings
from core.db.engine import Database
from core.identity import users
from core.settings import Settings
from core.stores import Stores, assemble
from core.web.app import App
from tests.people import QUICK, Authenticator, enter, session_token

PASSWORD = "a long enough secret"
HASH = QUICK.hash(PASSWORD)
VARIABLES = {
    "GATEHOUSE_SECRET_KEY": "k" * 40,
    "GATEHOUSE_ADMIN_PASSWORD_HASH": HASH,
    "GATEHOUSE_NETWORKS": "127.0.0.0/8, 203.0.113.0/24",
}

# Where nothing listens: a stack that runs on this machine must not answer in place of what a test leaves out.
NOBODY = {f"GATEHOUSE_{name}_URL": "http://127.0.0.1:9" for name in ("API", "SCORING", "COLLECTOR")}


@pytest.fixture
def settings(redis_url: str, database_url: str, tmp_path: Path) -> Settings:
    """Of this test's own stores."""
    known = {
        "REDIS_URL": redis_url,
        "DATABASE_URL": database_url,
        "GATEHOUSE_DATA": str(tmp_path),
        **NOBODY,
        **VARIABLES,
    }
    return core_settings.load(known)


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    """What another process has of them."""
    found = assemble(settings)
    yield found
    found.close()


@pytest.fixture
def app(settings: Settings) -> Iterator[App]:
    """The application; its administrator is `admin`."""
    made = create_app(settings)
    yield made
    made.close()


@pytest.fixture
def phone(app: App) -> Authenticator:
    """The administrator's, enrolled."""
    phone = Authenticator()
    enter(app, PREFIX, "admin", phone)
    return phone


class Person:
    """Somebody who is logged in."""

    def __init__(self, client: FlaskClient, phone: Authenticator) -> None:
        self.client = client
        self.phone = phone

    def token(self) -> str:
        """The token of the session's forms."""
        return session_token(self.client, PREFIX)

    def post(self, path: str, **data: str) -> tuple[int, str]:
        """Send a form of a page; status and text."""
        answer = self.client.post(PREFIX + path, data={"csrf": self.token(), **data})
        return answer.status_code, answer.get_data(as_text=True)

    def is_in(self) -> bool:
        """Whether the session is good."""
        return self.client.get(PREFIX).status_code == 200


@pytest.fixture
def person(app: App, db: Database) -> Callable[[str, str], Person]:
    """`person(name, role)`: a new user of a role, who is in."""

    def make(name: str, role: str) -> Person:
        if name != "admin":
            with db.transaction() as connection:
                assert users.insert(connection, name, role, password_hash=HASH)
        phone = Authenticator()
        return Person(enter(app, PREFIX, name, phone), phone)

    return make
