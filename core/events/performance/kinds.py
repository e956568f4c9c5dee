"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.process import Process

Report = Endpoint | Process
KINDS = (Endpoint, Process)
