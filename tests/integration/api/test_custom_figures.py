"""Custom figures over a range: in bins, one or all, with what is wrong with them; nothing for an unknown one."""

import time

from flask.testing import FlaskClient
from msgspec import convert

from core.db.engine import Database
from core.figures.overview import ROUTE, CustomFigures
from tests.integration.api.making import get


def make(db: Database, now: float) -> None:
    """A figure of two series with 90 minutes of values by the minute, and one that failed."""
    with db.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO custom_figures (name, title, unit, source, every_seconds, seen, series, sampled_at,"
            " took_seconds, error, failed_at, failures) VALUES"
            " ('depth', 'Depth', 's', 'collector/figures/depth.py', 60, now(), '{a,b}', now(), 0.01, '', NULL, 0),"
            " ('wide', 'Wide', '', 'config/figures/wide.sql', 60, now(), %s, now(), 0.01, 'no <b>', now(), 7)",
            ([str(at) for at in range(20)],),
        )
        cursor.execute(
            "INSERT INTO custom_figure_values SELECT to_timestamp(%(start)s + 60 * n), 'depth', s, n"
            " FROM generate_series(0, 89) n, unnest('{a,b}'::text[]) s",
            {"start": int(now // 60 - 89) * 60},
        )


def test_values_in_bins(client: FlaskClient, db: Database) -> None:
    assert convert(get(client, ROUTE), CustomFigures).figures == []
    time.sleep(2.1)  # an answer is good for two seconds
    now = time.time()
    make(db, now)
    hour = convert(get(client, ROUTE), CustomFigures)
    assert [one.name for one in hour.figures] == ["depth", "wide"]
    depth, wide = hour.figures
    assert [one.name for one in depth.series] == ["a", "b"]
    assert [one.mean for one in depth.series[0].bins][-3:] == [87.0, 88.0, 89.0]
    assert len(depth.series[0].bins) == 60
    assert (wide.error, wide.failures, len(wide.series), wide.more) == ("no <b>", 7, 12, 8)
    six = convert(get(client, f"{ROUTE}?range=6h&name=depth"), CustomFigures)
    (only,) = six.figures
    assert six.step == 5
    assert sum(one.count for one in only.series[0].bins) == 90
    assert sum(one.mean * one.count for one in only.series[0].bins) == sum(range(90))
    assert {(one.least <= one.mean <= one.most) and one.last == one.most for one in only.series[0].bins} == {True}
    assert convert(get(client, f"{ROUTE}?name=none"), CustomFigures).figures == []
    assert client.get(f"{ROUTE}?range=3h").status_code == 400
    assert client.get(f"{ROUTE}?name=%00").status_code == 400
