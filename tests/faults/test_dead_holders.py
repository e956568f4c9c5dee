"""A process that dies in the middle of a long statement leaves no lock behind: PostgreSQL looks for its client."""

import os
import signal
import subprocess
import sys
import time

from core.db.engine import Database, text

# Far longer than the server may take to notice; it ends by itself if nothing does.
HELD_SECONDS, NOTICED_SECONDS = 60, 20.0
HOLDER = f"""
import sys
from core.db.engine import Database, text
with Database(sys.argv[1]).transaction() as connection:
    connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))
    print("held", flush=True)
    connection.execute(text("SELECT pg_sleep({HELD_SECONDS})"))
"""


def test_the_lock_of_a_killed_process_is_free_long_before_its_statement_ends(database_url: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, database_url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    database = Database(database_url)
    asked = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()")
    deadline = time.monotonic() + 10
    while True:
        with database.transaction() as connection:
            if connection.execute(asked).scalar_one():
                break
        assert time.monotonic() < deadline, "the long statement never began"
        time.sleep(0.05)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    killed = time.monotonic()
    try:
        with database.transaction() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{int(HELD_SECONDS / 2)}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))
        assert time.monotonic() - killed < NOTICED_SECONDS
    finally:
        database.close()
