"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.process import Process
from core.events.performance.queries import Queries

Report = Endpoint | Process | Queries
KINDS = (Endpoint, Process, Queries)
