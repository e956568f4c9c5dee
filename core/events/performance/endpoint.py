"""Requests and durations of one endpoint in one minute."""

from typing import ClassVar

from core.events import endpoint_series
from core.events.performance.reported import Reported


class Endpoint(Reported, tag="endpoint", kw_only=True):
    """What one process saw of an endpoint in one minute since it last said so: what several say adds up.

    Names are OpenTelemetry's http.route, http.request.method, http.response.status_code (0: none was sent) and
    error.type. `buckets` has how many hits took how long: bucket i is of more than 1.02^(i-1) to 1.02^i seconds.
    """

    kept_by: ClassVar[str] = "endpoint_days"
    route: endpoint_series.Route
    method: endpoint_series.Method
    status: endpoint_series.Status
    hits: endpoint_series.Hits
    seconds_sum: endpoint_series.Sum
    seconds_min: endpoint_series.Seconds
    seconds_max: endpoint_series.Seconds
    buckets: endpoint_series.Buckets
    error_type: endpoint_series.Text = ""

    def complete(self) -> None:
        """Cut its time to the minute. Raises BadInput where its figures contradict each other."""
        self.timestamp = float(self.timestamp or 0) // 60 * 60
        endpoint_series.check(self.hits, self.seconds_sum, self.seconds_min, self.seconds_max, self.buckets)
