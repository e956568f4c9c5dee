"""The watchdog is bad whatever happens."""

from alerts.evaluate.rule import Reading
from alerts.evaluate.rules import watchdog


def test_it_is_always_bad() -> None:
    parameters = watchdog.Parameters()
    assert watchdog.judge(Reading("", 1.0, 1), parameters).state == "bad"
