"""Secrets of channels in one variable: found by their names, outranked by variables of their own, never shown."""

import pytest

from core import settings
from core.errors import ConfigError

BUNDLE = '{"GATEHOUSE_MATRIX_TOKEN": "hidden-one", "GATEHOUSE_SLACK_WEBHOOK_URL": "https://bundled"}'


def test_a_secret_is_found_in_it() -> None:
    known = settings.load({"GATEHOUSE_CHANNEL_SECRETS": BUNDLE, "GATEHOUSE_SLACK_WEBHOOK_URL": ""})
    assert known.secret("GATEHOUSE_MATRIX_TOKEN") == "hidden-one"
    assert known.secret("GATEHOUSE_SLACK_WEBHOOK_URL") == "https://bundled"
    assert known.expand("${GATEHOUSE_MATRIX_TOKEN:-none}") == "hidden-one"
    assert known.secret("GATEHOUSE_OTHER") == ""
    assert "hidden-one" not in repr(known)


def test_it_may_come_as_a_file_and_a_variable_of_its_own_wins(tmp_path) -> None:
    file = tmp_path / "channels.json"
    file.write_text(BUNDLE)
    known = settings.load({"GATEHOUSE_CHANNEL_SECRETS_FILE": str(file), "GATEHOUSE_SLACK_WEBHOOK_URL": "https://mine"})
    assert known.secret("GATEHOUSE_MATRIX_TOKEN") == "hidden-one"
    assert known.secret("GATEHOUSE_SLACK_WEBHOOK_URL") == "https://mine"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hidden-one", "must be a JSON object"),
        ('["hidden-one"]', "must be a JSON object"),
        ('{"DATABASE_URL": "hidden-one"}', "'DATABASE_URL' is no name of a secret"),
        ('{"GATEHOUSE_X": ["hidden-one"]}', "GATEHOUSE_X must be a text"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings.load({"GATEHOUSE_CHANNEL_SECRETS": text})
    assert problem in str(error.value)
    assert "hidden-one" not in str(error.value)
