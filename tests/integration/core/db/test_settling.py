"""Every connection is settled, the first to a server and those that know what it has."""

from typing import Any

from core.db import engine
from core.db.engine import Database

SETTLED = {  # as PostgreSQL shows them over TCP, the last in milliseconds
    "TimeZone": "UTC",
    "client_connection_check_interval": "2s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


def test_each_connection_has_its_settings_whichever_comes_first(database_url: str) -> None:
    engine._has.clear()
    for _ in range(2):
        database = Database(database_url)
        try:
            with database.raw() as one, database.raw() as other:
                assert [_settings(one), _settings(other)] == [SETTLED] * 2
        finally:
            database.close()
    assert len(engine._has) == 1


def _settings(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", (list(SETTLED),))
        return dict(cursor.fetchall())
