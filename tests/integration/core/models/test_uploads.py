"""Files to train on: whole or not at all, claimed by one worker, let go in time unless a run needs them."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.audit.chain import Audit
from core.db.engine import Database
from core.db.jobs import queue
from core.errors import BadInput
from core.models import training_runs, uploads
from core.models.file_preview import ColumnLook, FilePreview
from tests.jobs import claimed, end

NOW = time.time()
AUDIT = Audit("k" * 40)
SEEN = FilePreview(2, [ColumnLook("a", "number", 0.0, 2, ["1"], low=1.0, high=2.0)], {"label": "a"})


def keep(db: Database, content: bytes, most: int = 10_000_000, files: int = 5, now: float = NOW) -> int:
    return uploads.store(
        db, AUDIT, "data.csv", io.BytesIO(content), "ann", now, most_bytes=most, keep_seconds=100, most_files=files
    )


def test_a_file_comes_back_as_it_was_chunk_by_chunk(db: Database) -> None:
    content = bytes(range(256)) * 10_000
    number = keep(db, content)
    assert uploads.content(db, number) == content
    assert [len(chunk) for chunk in uploads.chunks(db, number)][:2] == [uploads.CHUNK, uploads.CHUNK]
    one = uploads.one(db, number)
    assert one is not None
    assert (one.size, one.state, one.uploaded_by, len(one.sha256)) == (2_560_000, "waiting", "ann", 64)


@pytest.mark.parametrize(
    ("content", "most", "reason"), [(b"", 10, "is empty"), (b"x" * 2_000_000, 1_500_000, "larger")]
)
def test_nothing_of_a_refused_file_stays(db: Database, content: bytes, most: int, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        keep(db, content, most)
    assert not uploads.listed(db)


def test_only_so_many_are_kept(db: Database) -> None:
    keep(db, b"a", files=1)
    with pytest.raises(BadInput, match="delete one first"):
        keep(db, b"b", files=1)


def test_two_that_come_at_once_do_not_pass_the_limit_together(db: Database) -> None:
    both_are_in = threading.Barrier(2, timeout=20)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            if not found:
                both_are_in.wait()
            return found

    def give(_: int) -> str:
        try:
            uploads.store(db, AUDIT, "d", Slow(b"a"), "ann", NOW, most_bytes=9, keep_seconds=9, most_files=3)
        except BadInput as error:
            return error.reason
        return "kept"

    keep(db, b"a", files=1)
    keep(db, b"b", files=2)
    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(give, range(2)))
    assert said == ["3 files are stored already; delete one first", "kept"]
    assert len(uploads.listed(db)) == 3


def test_one_worker_looks_and_one_that_died_is_followed(db: Database) -> None:
    number = keep(db, b"a")
    first = uploads.of_job(db, claimed(db, uploads.JOB, NOW, 30).id)
    assert (first.id, first.state) == (number, "looking")
    assert queue.claim(db, uploads.JOB, "w", NOW + 10, 30) is None
    claimed(db, uploads.JOB, NOW + 31, 30)
    claimed(db, uploads.JOB, NOW + 62, 30)
    assert queue.claim(db, uploads.JOB, "w", NOW + 93, 30) is None
    dead = uploads.one(db, number)
    assert dead is not None
    assert (dead.state, "3 times" in dead.message) == ("refused", True)


def test_what_was_seen_is_kept(db: Database) -> None:
    number = keep(db, b"a")
    job = claimed(db, uploads.JOB, NOW)
    with db.transaction() as connection:
        queue.finish(connection, job, "done", "", NOW)
        uploads.looked(connection, number, SEEN)
    one = uploads.one(db, number)
    assert one is not None
    assert (one.state, one.look) == ("looked", SEEN)
    number = keep(db, b"b")
    end(db, claimed(db, uploads.JOB, NOW), "failed", "data.csv: is empty", NOW)
    one = uploads.one(db, number)
    assert one is not None
    assert (one.state, one.look, one.message) == ("refused", None, "data.csv: is empty")


def test_a_file_goes_in_time_but_not_from_under_a_run(db: Database) -> None:
    used, free = keep(db, b"a"), keep(db, b"b")
    with db.transaction() as connection:
        run = training_runs.request(connection, "manual", NOW, "", "k", "ann", options={"file": "f"}, upload=used)
    assert uploads.drop_expired(db, NOW + 99) == 0
    assert uploads.drop_expired(db, NOW + 101) == 1
    assert uploads.one(db, free) is None
    with db.transaction() as connection, pytest.raises(BadInput, match="cancel the run first"):
        uploads.discard(connection, AUDIT, used, "ann")
    end(db, claimed(db, training_runs.JOB, NOW), "done", "well", NOW)
    assert uploads.drop_expired(db, NOW + 101) == 1
    left = training_runs.one(db, run)
    assert left is not None
    assert (left.source, left.upload) == ("file", None)
    with pytest.raises(BadInput, match="has been deleted"):
        uploads.content(db, used)
