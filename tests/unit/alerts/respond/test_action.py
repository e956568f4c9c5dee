"""actions.toml is read as a whole: every problem is named with its action and field."""

import shutil

import pytest

from alerts.respond import action
from core import settings
from core.errors import ConfigError

GOOD = """
[[action]]
name = "threat-list"
kind = "threat_list"
mode = "auto"
cooldown_minutes = 0
per_hour = 5
modes = { A9 = "suggest" }
"""


@pytest.fixture
def read(tmp_path):
    """Reads actions.toml of the given text."""
    folder = tmp_path / "config"
    shutil.copytree(settings.ROOT / "config", folder)

    def made(text):
        (folder / "actions.toml").write_text(text)
        return action.load(settings.load({"GATEHOUSE_CONFIG": str(folder)}))

    return made


def test_the_shipped_file_is_right():
    found = action.load(settings.load({}))
    assert set(found.by_name) >= {"strict-policy", "scale-backend", "lock-account", "list-threat", "security-incident"}
    kinds = {one.config.kind for one in found.by_name.values()}
    assert len(kinds) >= 8, "it shows how each kind of ours is used"
    assert {name for name, one in found.by_name.items() if one.outside} == {"scale-backend", "profile-scoring"}


def test_a_rule_may_have_a_mode_of_its_own(read):
    found = read(GOOD)
    assert (found.mode("threat-list", "A4"), found.mode("threat-list", "A9")) == ("auto", "suggest")
    with pytest.raises(ConfigError, match="no action 'x'"):
        found.mode("x", "A4")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("per_hour = 5", "per_hour = 0"), "action 1.per_hour: expected `int` >= 1"),
        (("cooldown_minutes = 0", "cooldown_minutes = -1"), "action 1.cooldown_minutes: expected `float` >= 0.0"),
        (("mode = \"auto\"", "mode = \"always\""), "action 1.mode: invalid enum value 'always'"),
        (("per_hour = 5", "per_hour = 5\nmost = 3"), "unknown field 'most' in action 1"),
        (("threat_list", "thread_list"), "action 'threat-list': there is no kind 'thread_list'"),
        (("per_hour = 5", "parameters = { hours = -2 }\nper_hour = 5"), "'threat-list', parameters: Expected"),
        (("per_hour = 5", "per_hour = 5\nrevert_after_minutes = 5"), "threat_list has nothing to revert"),
        (("threat_list", "ensemble"), "revert_after_minutes is missing; what ensemble changes must have an end"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(read, change, problem):
    with pytest.raises(ConfigError) as raised:
        read(GOOD.replace(*change))
    assert problem in str(raised.value)


def test_all_problems_are_named_at_once(read):
    with pytest.raises(ConfigError) as raised:
        read(GOOD.replace("threat_list", "a") + GOOD + GOOD)
    assert len(raised.value.problems) == 2
