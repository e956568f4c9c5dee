"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.process import Process
from core.events.performance.profile import Profile
from core.events.performance.queries import Queries

Report = Endpoint | Process | Profile | Queries
KINDS = (Endpoint, Process, Profile, Queries)
