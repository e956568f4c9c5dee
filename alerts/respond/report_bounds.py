"""What an action does because of reports is bounded by who reported, and by hour (X8)."""

from alerts.respond.action import ActionContext
from core.security import report_bounds
from core.security.report_bounds import Effect

LOOK_BACK = 25 * 3600.0  # reports may come a day late
UNKNOWN = ["unknown"]


def excess(context: ActionContext, account: str, effect: Effect, value: str) -> str:
    """Use up one of the hour's of those who reported the failures of `account`; why it may not be done, or empty.

    A security event says so, too.
    """
    most = context.settings.config.limits.reported_per_hour
    senders = report_bounds.senders_of_failures(context.connection, account, context.now - LOOK_BACK) or UNKNOWN
    if report_bounds.admit(context.connection, senders, effect, value, context.now, most):
        return ""
    report_bounds.refuse(context.stores.publisher.publish, senders, effect, value, context.now, most)
    return f"{value} was skipped: reports from {', '.join(senders)} have caused {most} of these within an hour"
