"""The job of a drift report that somebody asked for on a page."""

from core import clock
from core.db.engine import Connection
from core.db.jobs.runner import Done, Failed, Work
from core.errors import BadInput
from core.models import drift_reports, drift_requests
from ml.drift import reports
from ml.jobs._hands import JobContext

KIND = drift_requests.JOB


def run(hands: JobContext, work: Work) -> Done:
    """Make one report; the request and the report become visible together."""
    stores = hands.stores
    asked = drift_requests.of_job(stores.database, work.job.id)
    wanted = asked.spec
    try:
        limits = reports.params(hands.settings, wanted.threshold)
        report = reports.of_span(stores, wanted.start, wanted.end, limits, clock.now(), wanted.version)
    except BadInput as error:
        raise Failed(error.reason) from error

    def write(connection: Connection) -> None:
        number = drift_reports.put(connection, report, asked.requested_by)
        drift_requests.answer(connection, asked.id, number)

    return Done(write=write)
