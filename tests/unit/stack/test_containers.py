"""The secrets of containers are made once, fit together, and are closed to others."""

import stat

import pytest
from argon2 import PasswordHasher

from core import process_tokens, settings
from stack import containers


@pytest.fixture
def folders(tmp_path):
    made = [tmp_path / name for name in ("secrets", "redis", "postgres")]
    for folder in made:
        folder.mkdir()
    return made


def contents(folders):
    return {path: path.read_text() for folder in folders for path in folder.iterdir()}


def test_the_secrets_fit_together_and_stay(folders, capsys):
    mine, redis, postgres = folders
    containers.make_secrets(mine, "admin", redis, postgres)
    password = capsys.readouterr().out.split("password ")[1].split(" ")[0]
    first = contents(folders)
    names = ("DATABASE_URL", "REDIS_URL", "GATEHOUSE_SECRET_KEY", "GATEHOUSE_INTERNAL_CALLERS")
    files = {
        f"{name}_FILE": str(mine / name.removeprefix("GATEHOUSE_").lower())
        for name in (*names, "GATEHOUSE_ADMIN_PASSWORD_HASH")
    }
    known = settings.load(files)
    assert f":{(postgres / 'password').read_text()}@postgres:" in known.database_url
    assert f"requirepass {known.redis_url.split(':')[2].split('@')[0]}\n" in (redis / "redis.conf").read_text()
    assert PasswordHasher().verify(known.admin_password_hash, password)
    shown = {name: (mine / f"{name}_token").read_text() for name in process_tokens.SCOPES}
    assert known.internal_callers == {name: process_tokens.digest(token) for name, token in shown.items()}
    assert not (mine / "internal_token").exists(), "nothing opens everything"
    containers.make_secrets(mine, "admin", redis, postgres)
    assert contents(folders) == first
    assert capsys.readouterr().out == ""
    assert {stat.S_IMODE(path.stat().st_mode) for path in mine.iterdir()} == {0o400}


def test_a_missing_directory_is_one_sentence(tmp_path, capsys):
    assert containers.main([str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("containers: ")
    assert containers.main([]) == 2


def test_folders_of_the_servers_that_are_not_ours_are_left_alone(folders, monkeypatch):
    """`docker run -u 1000 … /secrets`: the image has these folders too, and they belong to somebody else."""
    mine, redis, postgres = folders
    monkeypatch.setattr(containers.os, "access", lambda path, mode: False)
    containers.make_secrets(mine, "admin", redis, postgres)
    assert contents([redis, postgres]) == {}
    assert (mine / "admin_password_hash").exists()


def test_each_service_gets_what_it_needs_and_nothing_else(folders, tmp_path):
    mine, redis, postgres = folders
    services = tmp_path / "services"
    for name in containers.NEEDS:
        (services / name).mkdir(parents=True)
    containers.make_secrets(mine, "admin", redis, postgres, services)
    assert containers.NEEDS.keys() == process_tokens.SCOPES.keys() | {"processes"}
    for name, needed in containers.NEEDS.items():
        found = {path.name: path.read_text() for path in (services / name).iterdir()}
        own = {"own_token": (mine / f"{name}_token").read_text()} if name in process_tokens.SCOPES else {}
        assert found == own | {one: (mine / one).read_text() for one in (*containers.COMMON, *needed)}
    assert "admin_password_hash" not in containers.NEEDS["processes"]
    assert "postgres_password" not in containers.COMMON
    everything = "".join(path.read_text() for path in (services / "processes").iterdir())
    assert not any((mine / f"{name}_token").read_text() in everything for name in process_tokens.SCOPES)


def test_the_shared_token_of_the_release_before_is_known_until_the_second_start(folders, tmp_path):
    mine, redis, postgres = folders
    services = tmp_path / "services"
    for name in containers.NEEDS:
        (services / name).mkdir(parents=True)
    (mine / "internal_token").write_text("as the release before made it, 0123456789")
    (services / "processes" / "internal_token").write_text("as the release before made it, 0123456789")
    containers.make_secrets(mine, "admin", redis, postgres, services)
    assert {(services / name / "internal_token").read_text() for name in containers.NEEDS} == {
        "as the release before made it, 0123456789"
    }
    containers.make_secrets(mine, "admin", redis, postgres, services)
    assert not list(tmp_path.rglob("internal_token"))
