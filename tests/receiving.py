"""Local receivers for tests: on free ports, with the faults a test asks for, and a wire that reaches them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from alerts.notify.http_transport import Wire
from core.alerting.notification import Notice
from simulator.receiving.plan import Plan, Script
from simulator.receiving.run import Receivers, start

NOTICE = Notice(
    incident_id="A1-0123456789abcdef",
    event="trigger",
    rule="A1",
    series="",
    severity="high",
    title="Fraud rate is high",
    summary="4.21 % of the transactions of the last 10 minutes were blocked.",
    began_at=1_700_000_000.0,
    at=1_700_000_840.0,
    status="open",
    value=4.2123,
    limit=3.0,
    unit="%",
    link="https://console.example/admin/monitoring/alerts/incidents/A1-0123456789abcdef",
    runbook="https://console.example/admin/monitoring/alerts/runbooks/A1",
    correlation_id="c0ffee",
    details={"profile": "normal"},
)


def notice(**changes: Any) -> Notice:
    """The example with changes."""
    return msgspec.structs.replace(NOTICE, **changes)


@contextmanager
def receiving(folder: Path, plan: Plan | None = None, api_url: str = "", hang: float = 1.0) -> Iterator[Receivers]:
    """Receivers until the block ends."""
    found = start("127.0.0.1", (0, 0), folder, plan=plan or Script(), api_url=api_url, hang=hang)
    try:
        yield found
    finally:
        found.close()


def wire(receivers: Receivers, **changes: str) -> Wire:
    """What a channel uses to reach them; `changes` replace variables."""
    known = {**receivers.variables, **changes}
    return Wire(lambda name: known.get(name, ""))
