"""Each test has a database of its own that knows nothing of any other test's, and nothing of it stays."""

import os
import subprocess
import sys
import tempfile

import psycopg2
import pytest

from stack.postgres import DATABASE
from tests import databases
from tests.databases import copied, short_lived_directory


def ask(url, statement):
    """The rows of a statement, on a connection of its own."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


WRITTEN = "INSERT INTO users (name, role, passkey_handle) VALUES ('ada', 'viewer', '') RETURNING id"


def test_rows_sequences_and_tables_of_one_copy_are_unknown_to_the_next(postgres_server):
    with copied(postgres_server, "first_of_two", DATABASE) as url:
        first = ask(url, WRITTEN)
        ask(url, "CREATE TABLE own (n int)")
        ask(url, "DROP TABLE schema_migrations")
        ask(url, "ALTER DATABASE \"first_of_two\" SET timezone = 'Asia/Tokyo'")
    with copied(postgres_server, "second_of_two", DATABASE) as url:
        assert ask(url, "SELECT count(*) FROM users") == [(0,)]
        assert ask(url, WRITTEN) == first
        assert ask(url, "SELECT to_regclass('own'), to_regclass('schema_migrations') IS NOT NULL") == [(None, True)]
        assert ask(url, "SHOW timezone") == [("UTC",)]


def test_two_copies_at_once_are_two(postgres_server):
    with copied(postgres_server, "one", DATABASE) as one, copied(postgres_server, "other", DATABASE) as other:
        ask(one, WRITTEN)
        assert ask(other, "SELECT count(*) FROM users") == [(0,)]


def test_who_is_still_connected_is_cut_off_and_finds_no_database_again(postgres_server):
    with copied(postgres_server, "left_open", DATABASE) as url:
        connection = psycopg2.connect(url)
    with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        psycopg2.connect(url)


def test_a_copy_ends_when_its_test_fails(postgres_server):
    with pytest.raises(ZeroDivisionError), copied(postgres_server, "unlucky", DATABASE):
        raise ZeroDivisionError
    assert ask(postgres_server.url("postgres"), "SELECT 1 FROM pg_database WHERE datname = 'unlucky'") == []


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_sees_no_database_but_its_own(postgres_server, database_url, turn):
    own = database_url.rpartition("/")[2]
    found = ask(database_url, "SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
    assert found == [(own,)]
    assert ask(database_url, "SELECT count(*) FROM users") == [(0,)]
    ask(database_url, WRITTEN)


def test_the_data_lies_in_memory_where_there_is_room_and_else_on_disk(tmp_path, monkeypatch):
    memory, disk = tmp_path / "memory", tmp_path / "disk"
    memory.mkdir()
    disk.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    monkeypatch.setattr(databases, "ROOM", 1)
    made = short_lived_directory(memory)
    assert made.parent == memory
    assert made.stat().st_mode & 0o077 == 0
    assert short_lived_directory(tmp_path / "none").parent == disk
    monkeypatch.setattr(databases, "ROOM", 1 << 62)
    assert short_lived_directory(memory).parent == disk


def test_what_a_killed_session_left_behind_goes_and_what_a_living_one_has_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(databases, "ROOM", 1)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, mine, strange = (tmp_path / f"gatehouse-tests-{n}-x" for n in (ended.pid, os.getpid(), "old"))
    for folder in (left, mine, strange):
        folder.mkdir()
        (folder / "file").touch()
    made = short_lived_directory(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, strange, made])
