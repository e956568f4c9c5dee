"""The delay of the stream is the age of its oldest entry, and nothing while it is empty."""

import time

from collector.figure import FigureContext
from collector.figures.stream_delay import compute
from core import settings
from core.db.redis_client import Live
from core.pipeline import stream
from core.stores import assemble


def test_it_is_the_age_of_the_oldest_entry(database_url: str, redis_url: str, live: Live) -> None:
    known = settings.load({"DATABASE_URL": database_url, "REDIS_URL": redis_url})
    stores = assemble(known)
    try:
        context = FigureContext(stores, known, time.time())
        assert compute(context) == 0.0
        before = time.time()
        stream.add(live, b"[]")
        time.sleep(0.05)
        delay = compute(context)
        assert 0.04 <= delay <= time.time() - before + 0.01
    finally:
        stores.close()
