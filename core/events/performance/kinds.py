"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.profile import Profile

Report = Endpoint | Profile
KINDS = (Endpoint, Profile)
