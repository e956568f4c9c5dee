"""The job that looks at a file: what it sees is kept with its end, and a file that cannot be read says why."""

import io
import time

from sqlalchemy import text

from core.models import uploads
from core.models.uploads import Upload
from core.settings import Settings
from core.stores import Stores
from core.web.metrics import Metrics
from ml import worker
from tests.training import quick


def give(stores: Stores, content: bytes) -> int:
    bounds = {"most_bytes": 10_000_000, "keep_seconds": 60.0, "most_files": 9}
    return uploads.store(stores.database, stores.audit, "f.csv", io.BytesIO(content), "ann", time.time(), **bounds)  # type: ignore[arg-type]


def seen(stores: Stores, settings: Settings, number: int) -> Upload:
    assert worker.jobs(settings, stores, quick(), Metrics()).step("look", time.time())
    found = uploads.one(stores.database, number)
    assert found is not None
    return found


def test_what_is_in_a_file_is_kept(stores: Stores, settings: Settings) -> None:
    found = seen(stores, settings, give(stores, b"amount,is_fraud\n1.5,0\n2.5,1\n"))
    assert (found.state, found.message) == ("looked", "")
    assert found.look is not None
    assert [column.name for column in found.look.columns] == ["amount", "is_fraud"]


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(stores: Stores, settings: Settings) -> None:
    found = seen(stores, settings, give(stores, b"amount,is_fraud\n"))
    assert (found.state, found.look) == ("refused", None)
    assert "f.csv" in found.message


def test_a_file_that_is_gone_leaves_no_job(stores: Stores, settings: Settings) -> None:
    number = give(stores, b"a,b\n1,2\n")
    with stores.database.transaction() as connection:
        assert uploads.discard(connection, stores.audit, number, "ann")
        assert not uploads.discard(connection, stores.audit, number, "ann")
        assert connection.execute(text("SELECT count(*) FROM jobs")).scalar_one() == 0
    assert not worker.jobs(settings, stores, quick(), Metrics()).step("look", time.time())
