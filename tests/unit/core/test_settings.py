"""Settings: every problem at once, secrets from files, config files checked by field."""

import os
import shutil
from pathlib import Path

import pytest

from core import codec, settings
from core.config import Frozen
from core.errors import ConfigError


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    (tmp_path / "config" / "limits.toml").write_text("global_per_minute = -1\n")
    (tmp_path / "config" / "policy.toml").unlink()
    with pytest.raises(ConfigError) as caught:
        settings.load(
            {
                "GATEHOUSE_CONFIG": str(tmp_path / "config"),
                "GATEHOUSE_API_PORT": "http",
                "DATABASE_URL": "mysql://x",
                "REDIS_URL_FILE": "/nowhere",
            }
        )
    text = str(caught.value)
    assert all(
        part in text for part in ("GATEHOUSE_API_PORT", "DATABASE_URL", "REDIS_URL_FILE", "limits.toml", "policy.toml")
    )


def test_a_secret_may_come_from_a_file_and_never_shows(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:hunter2@h/d\n")
    known = settings.load({"DATABASE_URL_FILE": str(tmp_path / "url")})
    assert known.database_url == "postgresql://u:hunter2@h/d"
    assert "hunter2" not in repr(known)


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL is not set"):
        settings.load({}).require("database_url")


def test_a_rooms_own_file_is_checked_by_field(tmp_path: Path) -> None:
    class Mine(Frozen, frozen=True):
        number: int

    shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    known = settings.load({"GATEHOUSE_CONFIG": str(tmp_path / "config")})
    (tmp_path / "config" / "mine.toml").write_text('number = "x"\n')
    with pytest.raises(ConfigError, match=r"mine.toml, line 1: number"):
        known.section("mine", Mine)
    with pytest.raises(ConfigError, match=r"other.toml"):
        known.section("other", Mine)


def test_secrets_that_files_name(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    known = settings.load({"GATEHOUSE_A": "one", "GATEHOUSE_B_FILE": str(tmp_path / "key"), "HOME": "/root"})
    assert (known.secret("GATEHOUSE_A"), known.secret("GATEHOUSE_B"), known.secret("GATEHOUSE_C")) == (
        "one",
        "hush",
        "",
    )
    assert "hush" not in repr(known)
    assert "/root" not in repr(known)
    for name in ("HOME", "GATEHOUSE_../x", "gatehouse_a", ""):
        with pytest.raises(ConfigError, match="GATEHOUSE_"):
            known.secret(name)
    unreadable = settings.load({"GATEHOUSE_A_FILE": str(tmp_path / "none")})
    with pytest.raises(ConfigError, match=r"GATEHOUSE_A_FILE: cannot read"):
        unreadable.secret("GATEHOUSE_A")


def test_variables_in_a_rooms_file(tmp_path: Path) -> None:
    class Mine(Frozen, frozen=True):
        url: str
        names: list[str]
        plain: str = "${GATEHOUSE_X}"

    shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    (tmp_path / "config" / "mine.toml").write_text(
        'url = "${GATEHOUSE_URL:-https://x}/y"\nnames = ["${GATEHOUSE_N:-}", "$HOME ${HOME}"]\n'
    )
    environ = {"GATEHOUSE_CONFIG": str(tmp_path / "config"), "GATEHOUSE_N": "n", "HOME": "/root"}
    known = settings.load(environ)
    assert known.section("mine", Mine, variables=True) == Mine("https://x/y", ["n", "$HOME ${HOME}"])
    assert known.section("mine", Mine).url == "${GATEHOUSE_URL:-https://x}/y"
    other = settings.load({**environ, "GATEHOUSE_URL": "http://z"})
    assert other.section("mine", Mine, variables=True).url == "http://z/y"


def test_the_durable_setting_reaches_the_configuration() -> None:
    assert settings.load({"GATEHOUSE_DURABILITY": "postgres"}).config.ingest.durability == "postgres"
    with pytest.raises(ConfigError, match=r"ingest.toml, line \d+: durability"):
        settings.load({"GATEHOUSE_DURABILITY": "maybe"})


def test_a_command_finds_the_stack_of_this_folder_unless_other_stores_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = {"DATABASE_URL": "postgresql://here", "REDIS_URL": "redis://here", "GATEHOUSE_INTERNAL_TOKEN": "t" * 40}
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "GATEHOUSE_INTERNAL_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path))
    assert settings.load(settings.at_hand()).database_url == "", "no stack yet"
    (tmp_path / "addresses").write_bytes(codec.encode(published))
    assert settings.load(settings.at_hand()).database_url == "postgresql://here"
    monkeypatch.setenv("DATABASE_URL", "postgresql://here")
    assert settings.load(settings.at_hand()).internal_token == "t" * 40, "own servers, and their stack's secrets"
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    known = settings.load(settings.at_hand())
    assert (known.database_url, known.redis_url, known.internal_token) == ("postgresql://elsewhere", "", "")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    assert settings.load(settings.at_hand()).database_url == "", "two installations are never mixed"
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="DATABASE_URL_FILE: cannot read"):
        settings.load(settings.at_hand())
    monkeypatch.delenv("DATABASE_URL_FILE")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    (tmp_path / "addresses").write_bytes(b"torn")
    assert settings.load(settings.at_hand()).database_url == "postgresql://elsewhere"


def test_a_policy_of_ones_own_from_before_the_hold_out_had_a_table_goes_on(tmp_path: Path) -> None:
    shutil.copytree(settings.ROOT / "config", tmp_path / "config")
    policy = tmp_path / "config" / "policy.toml"
    shipped = settings.load({}).config.policy.holdout
    text = policy.read_text()
    start = text.index("[holdout]")
    policy.write_text(text[:start] + text[text.index("[profiles", start) :])
    assert settings.load({"GATEHOUSE_CONFIG": str(tmp_path / "config")}).config.policy.holdout == shipped


def test_the_number_of_shards_reaches_the_configuration() -> None:
    assert settings.load({}).config.ingest.stream_shards == 1
    assert settings.load({"GATEHOUSE_STREAM_SHARDS": "12"}).config.ingest.stream_shards == 12
    for wrong in ("0", "65", "many"):
        with pytest.raises(ConfigError, match=r"ingest.toml(, line \d+)?: stream_shards"):
            settings.load({"GATEHOUSE_STREAM_SHARDS": wrong})


def test_a_preference_is_set_unless_somebody_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEHOUSE_TEST_LIBRARY", raising=False)
    settings.prefer("GATEHOUSE_TEST_LIBRARY", "first")
    settings.prefer("GATEHOUSE_TEST_LIBRARY", "second")
    assert os.environ.pop("GATEHOUSE_TEST_LIBRARY") == "first"
