"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.queries import Queries

Report = Endpoint | Queries
KINDS = (Endpoint, Queries)
