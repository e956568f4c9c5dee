"""A noisy day (A14): few pages instead of thousands, one for the outage, nothing critical lost or late."""

import pytest

from tests.noisy_day import WINDOWS, Day, Story


@pytest.fixture(scope="module")
def days() -> tuple[Story, Story]:
    """The same day before and after."""
    return Day(7, is_before=True).play(), Day(7, is_before=False).play()


def test_people_get_few_pages(days: tuple[Story, Story], capsys: pytest.CaptureFixture[str]) -> None:
    before, after = days
    with capsys.disabled():
        for name, one in (("before", before), ("after", after)):
            print(
                f"\n  {name}: {len(one.opened)} incidents, {one.pages} pages, {one.messages} messages,"
                f" {len(one.inhibited)} inhibited, critical after {max(one.critical):.0f} s at the latest",
                end="",
            )
        print()
    assert before.opened == after.opened, "messages change nothing about what is judged"
    assert before.pages == len(before.opened) > 1000
    assert after.pages * 20 < before.pages
    assert after.messages * 10 < before.messages


def test_the_outage_is_one_page_and_nobody_hears_of_what_follows(days: tuple[Story, Story]) -> None:
    before, after = days
    windows = {one for one in after.opened if one.startswith("W")}
    assert len(windows) == WINDOWS
    assert windows <= before.told
    assert windows <= after.inhibited - after.told
    assert len({one for one in after.told if one.startswith("processes")}) == 1


def test_nothing_is_lost_and_nothing_critical_is_late(days: tuple[Story, Story]) -> None:
    before, after = days
    critical = {one for one in after.opened if one.startswith(("A1-", "processes-"))}
    assert critical <= after.told
    assert len(after.critical) == len(critical) == 4
    assert max(after.critical) <= 5.0 < max(before.critical)
    assert after.opened == after.told | after.ended_untold | (after.unresolved - after.told)
    explained = after.inhibited | {one for one in after.ended_untold if one.startswith(("A4-", "errors-"))}
    assert after.opened - after.told <= explained | after.unresolved
