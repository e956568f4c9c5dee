"""Doors may be open on a machine of one's own only."""

import pytest

from core.access_checks import problems_of

SOUND = {"GATEHOUSE_AUTH": "on", "GATEHOUSE_ENVIRONMENT": "", "GATEHOUSE_HOST": "127.0.0.1"}


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"GATEHOUSE_AUTH": "off"}, []),
        ({"GATEHOUSE_HOST": "0.0.0.0"}, []),
        ({"GATEHOUSE_AUTH": "off", "GATEHOUSE_HOST": "0.0.0.0"}, ["loopback"]),
        ({"GATEHOUSE_AUTH": "yes", "GATEHOUSE_ENVIRONMENT": "test"}, ["GATEHOUSE_AUTH", "GATEHOUSE_ENVIRONMENT"]),
    ],
)
def test_each_wrong_door_is_named(changed: dict[str, str], wrong: list[str]) -> None:
    found = problems_of(SOUND | changed)
    assert len(found) == len(wrong)
    assert all(word in sentence for word, sentence in zip(wrong, found, strict=True))
