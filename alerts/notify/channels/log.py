"""Kind `log`: to the worker's own log. Always there, so that a message that nobody takes is still on record."""

from alerts.notify.channel import ChannelConfig, Receipt
from alerts.notify.http_transport import Wire
from alerts.notify.message_format import headline, since
from core import log
from core.alerting.notification import Notice
from core.config import Count, Positive

KIND = "log"


class Parameters(ChannelConfig, frozen=True, kw_only=True, tag_field="kind", tag=KIND):
    """Nothing to set."""

    per_minute: Positive = 6000.0
    burst: Count = 100


def missing(parameters: Parameters, wire: Wire) -> list[str]:
    """Nothing is ever missing."""
    return []


def send(notice: Notice, parameters: Parameters, wire: Wire) -> Receipt:
    """Write one line."""
    page = log.get("page")
    (page.info if notice.event == "canary" else page.warning)(
        wire.clean(headline(notice)),
        incident_id=notice.incident_id,
        incident_event=notice.event,
        severity=notice.severity,
        since=since(notice),
        link=notice.link,
        correlation_id=notice.correlation_id,
    )
    return Receipt(status="written")
