"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint

Report = Endpoint
KINDS = (Endpoint,)
