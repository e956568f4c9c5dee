"""All kinds of report, one line each."""

from core.events.performance.endpoint import Endpoint
from core.events.performance.outlier import Outlier

Report = Endpoint | Outlier
KINDS = (Endpoint, Outlier)
