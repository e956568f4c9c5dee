"""The small work of the training worker: looks at files that were given, makes drift reports that were asked for.

Both answer within seconds, beside a run that trains; whoever asked sees the answer, or the sentence that says why not.
"""

from core import clock, log
from core.errors import BadInput, Unreachable
from core.settings import Settings
from core.store import drift_reports, drift_requests, uploads
from core.store.assembly import Stores
from ml import drift, look, sheet

_log = log.get(__name__)


class Errands:
    """What is done one at a time, each claimed in PostgreSQL."""

    LOOK_SECONDS = 0.5

    def __init__(self, stores: Stores, settings: Settings) -> None:
        self._stores = stores
        self._settings = settings
        rules = settings.config.uploads
        self._limits = sheet.Limits(rules.unpacked_bytes, rules.most_columns, rules.most_values)

    def look(self, now: float) -> bool:
        """Look at one file; whether there was one."""
        found = uploads.claim(self._stores.database, now)
        if found is None:
            return False
        try:
            content = uploads.content(self._stores.database, found.id)
            seen = look.at(sheet.parse(content, found.name, limits=self._limits))
        except BadInput as error:
            uploads.looked(self._stores.database, found.id, None, str(error))
            return True
        except Unreachable:
            raise
        except Exception as error:
            uploads.looked(self._stores.database, found.id, None, _ours(error, upload=found.id))
            return True
        uploads.looked(self._stores.database, found.id, seen)
        _log.info("looked at a file", upload=found.id, rows=seen.rows, columns=len(seen.columns))
        return True

    def drift(self, now: float) -> bool:
        """Make one report; whether one was asked for."""
        asked = drift_requests.claim(self._stores.database, now)
        if asked is None:
            return False
        wanted = asked.spec
        try:
            limits = drift.params(self._settings, wanted.threshold)
            report = drift.of_span(self._stores, wanted.start, wanted.end, limits, now, wanted.version)
        except BadInput as error:
            drift_requests.finish(self._stores.database, asked.id, clock.now(), None, error.reason)
            return True
        except Unreachable:
            raise
        except Exception as error:
            drift_requests.finish(self._stores.database, asked.id, clock.now(), None, _ours(error, request=asked.id))
            return True
        number = drift_reports.save(self._stores.database, report, asked.requested_by)
        drift_requests.finish(self._stores.database, asked.id, clock.now(), number)
        _log.info("made a drift report", request=asked.id, report=number, verdict=report.verdict)
        return True


def _ours(error: Exception, **what: int) -> str:
    """A sentence about a bug: it is logged whole, and not met again and again."""
    _log.error("an errand failed", exc_info=error, **what)
    return f"an error of ours: {type(error).__name__}; the log of the training worker has more"
