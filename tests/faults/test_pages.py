"""No page lost, none doubled (A7): see tests/faults/campaign.py.

`GATEHOUSE_CRASH_RUNS` says how many seeded runs; CI takes some, 1,000 take a while. `GATEHOUSE_CRASH_SEED` is the first
seed.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.campaign import HANG, POINTS, Campaign
from tests.receiving import receiving

RUNS = int(os.environ.get("GATEHOUSE_CRASH_RUNS", "12"))
SEED = int(os.environ.get("GATEHOUSE_CRASH_SEED", "1"))

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300 + 30 * RUNS)]


@pytest.mark.parametrize("series", [1, 7])
def test_no_page_is_lost_and_pagerduty_shows_one_incident(
    database_url: str, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], series: int
) -> None:
    kills: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    doubled: Counter[str] = Counter()
    bad = []
    with receiving(tmp_path / "receivers", hang=HANG) as receivers:
        environ = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)}
        campaign = Campaign(environ, receivers, tmp_path, series)
        try:
            for seed in range(SEED, SEED + RUNS):
                verdict = campaign.run(seed)
                kills += verdict.kills
                faults += verdict.faults
                doubled += verdict.doubled
                if not verdict.is_good:
                    bad.append(verdict)
        finally:
            campaign.close()
    with capsys.disabled():
        print(f"\n  {RUNS} runs of {series} series, lives: {dict(kills.most_common())}")
        print(f"  faults met: {dict(faults.most_common())}; messages that came more than once: {dict(doubled)}")
    assert bad == []
    assert sum(kills[point] for point in POINTS) > 0, "no life was killed at a fail point"
