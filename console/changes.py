"""What changed in the range of a chart, from the monitoring API: what its marks are made of (`figures/bins.py`)."""

from urllib.parse import urlencode

import msgspec

from console.figures.bins import Bins
from core.errors import HttpUnavailable
from core.http import HttpClient
from core.monitoring.changes import Change

READ = "/api/monitoring/changes"


def marked(client: HttpClient, bins: Bins, service: str = "") -> Bins:
    """The bins with what changed in them."""
    return bins._replace(changed=read(client, bins, service))


def read(client: HttpClient, bins: Bins, service: str = "") -> list[Change]:
    """What changed in a range, without deploys of other services than the one; nothing while it cannot be read."""
    try:
        answer = client.get(f"{READ}?{urlencode({'from': bins.first * 60, 'to': bins.after * 60})}")
        if answer.status != 200:
            return []
        found = msgspec.json.decode(answer.body, type=list[Change])
    except (HttpUnavailable, msgspec.MsgspecError):
        return []
    return [one for one in found if not service or one.service in ("", service)]
