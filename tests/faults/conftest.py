"""One rig for all fault cases, and the shape that each case has: load, break, mend, settle, count."""

import itertools
import os
import secrets
from collections.abc import Callable, Iterator

import pytest

from tests.faults.audit import audit, missing, rollup_errors
from tests.faults.load import KINDS, Load
from tests.faults.rig import Rig

# How long a server stays away. 60 s is what the product promises; CI takes a shorter outage of the same kind.
FAULT_SECONDS = float(os.environ.get("GATEHOUSE_FAULT_SECONDS", "8"))
STEADY_SECONDS = 2.5
SETTLE_SECONDS = 45.0
_numbers = itertools.count(1)

Case = Callable[[Callable[[], None]], None]


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """The stack that the cases of a module break, one after another; it ends with the last of them.

    Not of the package: pytest takes a folder without `__init__.py` for the whole session, and the processes would go on
    to its end at a tenth of a core.
    """
    rig = Rig()
    try:
        rig.start()
        yield rig
    finally:
        rig.close()


@pytest.fixture
def survives(rig: Rig, capsys: pytest.CaptureFixture[str]) -> Case:
    """`survives(fault)`: applies the fault under load and asserts that nothing was lost and nothing doubled."""

    def case(fault: Callable[[], None]) -> None:
        rig.become_ready()
        run = f"{secrets.token_hex(3)}{next(_numbers)}"
        load = Load(rig.settings.api_url, rig.settings.scoring_url, rig.settings.own_token, run, statuses=6.0)
        load.start()
        rig.wait(STEADY_SECONDS)
        try:
            fault()
            rig.become_ready()
            rig.wait(STEADY_SECONDS)
        finally:
            ledger = load.finish()
        rig.wait_until(lambda: missing(rig.database, ledger, run) == 0, SETTLE_SECONDS)
        rig.wait_until(lambda: not rollup_errors(rig.database), 5.0)
        findings = audit(rig.database, ledger, run)
        with capsys.disabled():
            told = ", ".join(f"{f.kind} {f.acknowledged}/{f.stored}" for f in findings)
            print(f"\n  acknowledged/stored: {told}; answers {dict(sorted(ledger.answers.items()))}")
        assert [finding.kind for finding in findings if finding.acknowledged] == list(KINDS)
        assert [finding for finding in findings if not finding.is_clean] == []
        assert rollup_errors(rig.database) == {}

    return case
