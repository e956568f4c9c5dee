"""Upgrade and roll-back with no lost event: schema and code change under load; everything acknowledged is counted."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.db.migrate import migrate
from core.http import HttpClient
from stack.backup import backup, restore
from tests.faults.audit import audit, missing, rollup_errors, rows
from tests.faults.load import Load
from tests.growth.neighbours import find
from tests.tree import ROOT
from tests.upgrade.relay import Relay
from tests.upgrade.releases import releases, unpack

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]
STEADY_SECONDS, SETTLE_SECONDS = 2.0, 60.0
# What people upgrade from is the newest release; `all` takes some minutes for each.
COVERED = releases() if os.environ.get("GATEHOUSE_UPGRADE") == "all" else releases()[-1:]


@pytest.fixture(params=COVERED, ids=lambda release: release.name.replace(" ", "-"))
def relay(request, tmp_path: Path) -> Iterator[Relay]:
    """A stack that runs an older release, schema included."""
    try:
        find("nginx")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    made = Relay(request.param, unpack(request.param, tmp_path / "old"))
    try:
        made.start()
        yield made
    finally:
        made.close()


def test_code_and_schema_change_under_load(relay: Relay, capsys: pytest.CaptureFixture[str]) -> None:
    tell = teller(capsys)
    with under_load(relay, tell, "old release, then its schema brought to today's"):
        applied = migrate(relay.database)
        assert applied or relay.release == releases()[-1]
    assert relay.trees() == {relay.old}
    with under_load(relay, tell, "each process replaced by today's"):
        relay.forward()
    assert relay.trees() == {ROOT}
    answers_well(relay)
    label(relay, "unsure")
    with under_load(relay, tell, "each process back to the old release, on today's schema"):
        relay.back()
    assert relay.trees() == {relay.old}
    answers_well(relay)
    relay.token_each()
    with under_load(relay, tell, "and forward again, one after another with a token of its own"):
        relay.forward()
    answers_well(relay)
    relay.job("audit", (sys.executable, "-m", "core.audit.check"), ROOT)


@pytest.mark.parametrize("relay", releases()[:1], indirect=True, ids=lambda release: release.name.replace(" ", "-"))
def test_the_schema_goes_back_by_a_backup_and_what_waits_in_the_stream_is_kept(
    relay: Relay, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As docs/operations.md says it: while no collector stores anything, all that comes waits in the stream."""
    tell, url, file = teller(capsys), relay.supervisor.env["DATABASE_URL"], tmp_path / "before.dump"
    with under_load(relay, tell, "stored by the old release, collectors stopped, schema and entrances renewed, undone"):
        relay.stop("collector")
        backup(url, file)
        old_schema = columns(relay)
        assert migrate(relay.database)
        for kind in ("scoring", "api"):
            relay.replace(kind, ROOT)
        relay.wait(STEADY_SECONDS)
        assert columns(relay) != old_schema
        for kind in ("api", "scoring"):
            relay.replace(kind, relay.old)
        restore(url, file, over=True)
        assert columns(relay) == old_schema
        relay.begin("collector", relay.old)
    assert relay.trees() == {relay.old}
    answers_well(relay)
    with under_load(relay, tell, "the schema brought to today's a second time, and the code"):
        assert migrate(relay.database)
        relay.forward()
    answers_well(relay)


def columns(relay: Relay) -> set[tuple[str, str, str]]:
    """Every column of every table, with its type."""
    known = "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
    return {(table, column, kind) for table, column, kind in rows(relay.database, known)}


def teller(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints through pytest."""

    def tell(what: str) -> None:
        with capsys.disabled():
            print(f"\n  {what}", end="")

    return tell


def label(relay: Relay, what: str) -> None:
    """An analyst's word about a transaction that was scored, by the API of this release."""
    ((name,),) = rows(relay.database, "SELECT transaction_id FROM fraud_predictions LIMIT 1")
    client = HttpClient(relay.settings.api_url, timeout=15, token=relay.settings.own_token)
    event = {"kind": "label", "transaction_id": name, "label": what, "source": "analyst"}
    assert client.post_json("/api/v1/events", event).status == 202
    assert relay.wait_until(lambda: bool(rows(relay.database, "SELECT 1 FROM labels")), SETTLE_SECONDS)


@contextmanager
def under_load(relay: Relay, tell: Callable[[str], None], what: str) -> Iterator[None]:
    """Runs the block under a load of its own; then nothing is lost, doubled, set aside or refused."""
    run = secrets.token_hex(3)
    load = Load(relay.settings.api_url, relay.settings.scoring_url, relay.settings.own_token, run)
    load.start()
    relay.wait(STEADY_SECONDS)
    try:
        yield
        relay.wait(STEADY_SECONDS)
    finally:
        ledger = load.finish()
    relay.wait_until(lambda: missing(relay.database, ledger, run) == 0, SETTLE_SECONDS)
    relay.wait_until(lambda: not rollup_errors(relay.database), 5.0)
    findings = audit(relay.database, ledger, run)
    told = ", ".join(f"{f.kind} {f.acknowledged}/{f.stored}" for f in findings)
    tell(f"{what}: acknowledged/stored {told}; answers {dict(sorted(ledger.answers.items()))}")
    assert all(finding.acknowledged > 0 for finding in findings)
    assert [finding for finding in findings if not finding.is_clean] == []
    assert rollup_errors(relay.database) == {}
    assert rows(relay.database, "SELECT * FROM set_aside") == []
    assert {status for status in ledger.answers if status >= 500} <= {503}, ledger.answers
    assert not ledger.answers.keys() & {401, 403}, ledger.answers
    assert not ledger.unsaid, "a 503 did not say when to come again"


def answers_well(relay: Relay) -> None:
    """Every part of the live page and a transaction scored in each phase can be read."""
    client = HttpClient(relay.settings.api_url, timeout=15, token=relay.settings.own_token)
    relay.wait(1.5)
    snapshot = client.get("/api/monitoring/snapshot").json()
    assert {name: part["error"] for name, part in snapshot["parts"].items() if "error" in part} == {}
    assert snapshot["down"] == []
    for (name,) in rows(relay.database, "SELECT transaction_id FROM fraud_predictions ORDER BY random() LIMIT 20"):
        assert client.get(f"/api/v1/transactions/{name}").status == 200, name
