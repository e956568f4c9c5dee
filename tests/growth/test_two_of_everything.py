"""Two of everything under load, one of them killed every few seconds: nothing lost, nothing doubled, sessions hold."""

import itertools
import os
import random
import secrets
from collections import Counter
from collections.abc import Iterator

import pytest
import urllib3

from tests.faults.audit import audit, missing, rollup_errors
from tests.faults.load import Load
from tests.growth.grown import Grown
from tests.growth.neighbours import find
from tests.growth.person import Person

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]
# Ten minutes with a kill every ten seconds is what the product promises; CI takes a shorter stretch of the same kind.
KILLS = int(os.environ.get("GATEHOUSE_GROWTH_KILLS", "6"))
PAUSE_SECONDS = float(os.environ.get("GATEHOUSE_GROWTH_PAUSE", "5"))
FAR = "203.0.113.77"


@pytest.fixture(scope="module")
def grown() -> Iterator[Grown]:
    """The installation, for all tests here."""
    for program in ("nginx", "pgbouncer"):
        try:
            find(program)
        except FileNotFoundError as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(error))
    made = Grown()
    try:
        made.start()
        yield made
    finally:
        made.close()


def test_nothing_is_lost_or_doubled_while_copies_die(grown, capsys):
    run = secrets.token_hex(3)
    load = Load(grown.settings.api_url, grown.settings.scoring_url, grown.settings.internal_token, run)
    load.start()
    victims = [name for names in grown.copies.values() for name in names]
    random.Random(7).shuffle(victims)
    for name in itertools.islice(itertools.cycle(victims), KILLS):
        grown.wait(PAUSE_SECONDS)
        grown.wait_until(lambda name=name: grown.pid(name) is not None, 60)
        grown.kill(name)
    grown.wait(PAUSE_SECONDS)
    grown.become_ready()
    ledger = load.finish()
    grown.wait_until(lambda: missing(grown.database, ledger, run) == 0, 60)
    grown.wait_until(lambda: not rollup_errors(grown.database), 10)
    findings = audit(grown.database, ledger, run)
    with capsys.disabled():
        told = ", ".join(f"{f.kind} {f.acknowledged}/{f.stored}" for f in findings)
        print(f"\n  {KILLS} kills; acknowledged/stored: {told}; answers {dict(sorted(ledger.answers.items()))}")
    assert all(finding.acknowledged > 0 for finding in findings)
    assert [finding for finding in findings if not finding.is_clean] == []
    assert rollup_errors(grown.database) == {}


def test_a_session_holds_on_every_copy_of_the_console(grown):
    grown.become_ready()
    person = Person(grown)
    person.come_in()
    for name in grown.copies["console"]:
        assert {person.status("account") for _ in range(10)} == {200}
        grown.kill(name)
        assert {person.status("account") for _ in range(10)} == {200}
        grown.become_ready()
    person.leave()
    assert {person.status("account") for _ in range(6)} == {303}


def test_the_limit_of_an_address_counts_over_all_copies(grown):
    grown.become_ready()
    pool = urllib3.PoolManager(retries=False)
    headers = {"X-Forwarded-For": FAR, "Authorization": f"Bearer {grown.settings.internal_token}"}
    url = f"{grown.settings.api_url}/api/monitoring/kpis"
    found = Counter(pool.request("GET", url, headers=headers).status for _ in range(160))
    limits = grown.settings.config.limits
    assert found[200] + found[429] == 160, found
    assert abs(found[200] - limits.ip_per_minute) <= 5, found  # exact to five for the second process


def test_the_live_page_says_the_same_on_every_copy(grown):
    grown.become_ready()
    pool = urllib3.PoolManager(retries=False)
    headers = {"Authorization": f"Bearer {grown.settings.internal_token}"}
    versions = []
    for _ in range(12):
        answer = pool.request("GET", f"{grown.settings.api_url}/api/monitoring/snapshot?parts=kpis", headers=headers)
        versions.append(answer.json()["version"])
    assert versions == sorted(versions)
