"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.exception import ExceptionReport
from core.events.performance.outlier import Outlier
from core.events.performance.process import Process
from core.events.performance.profile import Profile
from core.events.performance.queries import Queries

Report = Endpoint | ExceptionReport | Outlier | Process | Profile | Queries
KINDS = (Endpoint, ExceptionReport, Outlier, Process, Profile, Queries)
