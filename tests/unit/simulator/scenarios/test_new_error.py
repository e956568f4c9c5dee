"""new-error: every run brings one bug of its own, of which the rule hears often enough; requests go on beside it."""

import msgspec

from core.endpoints import fingerprint
from core.events.endpoint_series import OTHER
from core.events.performance.endpoint import Endpoint
from core.events.performance.exception import ExceptionReport
from simulator.scenarios import new_error
from tests.unit.simulator.scenarios.play import pieces


def reports(run: str) -> list[ExceptionReport]:
    made = []
    for number in range(30):
        event = new_error.exception(f"{run}{number}", 1.0, "2.1", new_error.bug(int(run, 16)), number, "ann")
        made.append(msgspec.convert(event, ExceptionReport))
        made[-1].complete()
    return made


def test_a_minute_of_it_is_one_bug_and_enough_for_the_rule() -> None:
    events = [event for piece in pieces("new-error") for event in piece.events]
    raised = [msgspec.convert(event, ExceptionReport) for event in events if event["kind"] == "exception"]
    assert len(raised) > 20
    assert len({fingerprint.of(one) for one in raised}) == 1
    told = [msgspec.convert(event, Endpoint, strict=False) for event in events if event["kind"] == "endpoint"]
    for one in told:
        one.complete()
    assert sum(one.hits for one in told if one.status == 500) == len(raised)
    assert OTHER not in {one.type for one in raised}


def test_two_runs_are_two_bugs() -> None:
    marks = [{fingerprint.of(one) for one in reports(run)} for run in ("1a3f", "1a40")]
    assert [len(found) for found in marks] == [1, 1]
    assert marks[0] != marks[1]
    assert reports("1a3f")[0].causes[0].type == "KeyError"
