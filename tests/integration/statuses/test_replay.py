"""A file sent through the running entrance: the same table however often, and in whichever order of its rows."""

import random
from pathlib import Path
from typing import Any

from collector.consume import Consume
from core import settings
from core.db.engine import Database
from core.db.redis_client import Live
from core.pipeline.stream import Consumer
from core.pipeline.writer import Writer
from statuses import __main__ as program
from statuses import arguments
from tests.serving import served


def test_the_same_file_is_the_same_table(
    database_url: str, redis_url: str, db: Database, live: Live, tmp_path: Path, capsys: Any
) -> None:
    lines = [
        f"2026-01-{day:02} 10:{minute:02}:{second:02},{status},{day + minute}"
        for day in (1, 2)
        for minute in range(30)
        for status in ("approved", "Denied")
        for second in (0, 30)
    ]
    codes = [f"2026-01-01 10:{minute:02}:00,0{minute % 5},{minute}" for minute in range(1, 30)]
    (tmp_path / "codes.csv").write_text("\n".join(["time,auth_code,count", *codes]))
    known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url, "GATEHOUSE_DATA": str(tmp_path)})
    loop = Consume(Consumer(live, "a"), Writer(db, 0.7), db, known.config.ingest, lambda _: None)
    tables = []
    with served(database_url, redis_url, tmp_path) as (url, _):
        for turn in range(3):
            (tmp_path / "f.csv").write_text("\n".join(["time,status,count", *lines]))
            command = ["replay", str(tmp_path / "f.csv"), "--codes", str(tmp_path / "codes.csv"), "--url", url]
            assert program.run(arguments.parser().parse_args([*command, "--source", "shop"]), known) == 0
            assert "149 rows accepted, 0 rejected" in capsys.readouterr().out
            idle = 0
            while idle < 3:
                idle = 0 if loop.step() else idle + 1
            with db.raw() as connection, connection.cursor() as cursor:
                cursor.execute("SELECT timestamp, status, auth_code, count FROM status_counts ORDER BY 1, 2, 3")
                tables.append(cursor.fetchall())
            random.Random(turn).shuffle(lines)
    assert len(tables[0]) == 149
    assert tables[1:] == tables[:1] * 2
    assert sum(row[3] for row in tables[0] if row[1] == "denied") == sum(2 * (d + m) for d in (1, 2) for m in range(30))
