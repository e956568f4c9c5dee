"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.exception import ExceptionReport

Report = Endpoint | ExceptionReport
KINDS = (Endpoint, ExceptionReport)
