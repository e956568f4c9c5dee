"""Makes partitions ahead and lets old data go, once an hour."""

from collector import analytics_rollup, query_rollup
from core import clock
from core.config import RetentionConfig
from core.db import partitions
from core.db.engine import Database
from core.db.queries import sql
from core.models import uploads
from core.security import threat_store


def run(
    database: Database, keep: RetentionConfig, threat_days: float = 90.0, exception_groups: int = 1_000
) -> list[str]:  # fmt: skip
    """One round; returns the partitions made and dropped. Raises DatabaseUnavailable.

    `exception_groups` is how many different exceptions of a service may be kept.
    """
    days = dict.fromkeys(partitions.TABLES, keep.raw_days)
    days |= {"api_requests": keep.requests_days, "status_counts": keep.status_days}
    days |= {"request_counts": keep.requests_days, "process_samples": keep.process_days}
    days |= {"endpoint_minutes": keep.endpoint_days + 1, "endpoint_hours": keep.rollup_days}
    days |= {"custom_figure_values": keep.figure_days}
    changed = partitions.ensure(database, ahead=keep.partitions_ahead, days=days)
    changed += partitions.drop_before(database, days)
    for name, value in (
        ("drop_slots", keep.slot_hours),
        ("drop_rollups", keep.rollup_days),
        ("drop_confusion", keep.rollup_days),
        ("drop_endpoint_days", keep.rollup_days),
        ("drop_endpoint_series", keep.rollup_days),
        ("drop_profile_minutes", keep.profile_days),
        ("drop_profile_hours", keep.profile_days),
        ("drop_profile_runs", keep.profile_days),
        ("drop_profile_series", keep.profile_days),
        ("drop_profile_stacks", keep.profile_days),
        ("drop_profile_frames", keep.profile_days),
        ("drop_exception_minutes", keep.slot_hours),
        ("drop_exception_hours", keep.exception_days),
        ("drop_exception_users", keep.exception_days),
        ("drop_exception_samples", keep.exception_days),
        ("drop_exceptions", keep.exception_days),
        ("make_room_for_exceptions", exception_groups),
        ("drop_process_hours", keep.rollup_days),
        ("drop_processes", keep.rollup_days),
        ("drop_monitoring_days", keep.rollup_days),
        ("drop_storage_days", keep.rollup_days),
        ("drop_outliers", keep.outlier_days),
        ("drop_outlier_days", keep.outlier_days),
        ("drop_checks", keep.check_days),
        ("drop_host", keep.check_days),
        ("drop_keys", keep.raw_days),
    ):
        with database.raw() as connection, connection.cursor() as cursor:
            cursor.execute(sql(f"collector.{name}"), (value,))
    with database.raw() as connection, connection.cursor() as cursor:
        cursor.execute(sql("status_counts.drop_changes"))
        cursor.execute(sql("figures.drop_figures"), (keep.figure_days,))
        cursor.execute(sql("figures.drop_series"))
        cursor.execute(sql("deploys.drop"), {"days": keep.rollup_days})
    query_rollup.drop(database, keep)
    analytics_rollup.check(database, clock.now())
    analytics_rollup.drop(database, keep.rollup_days)
    threat_store.sweep(database, clock.now(), threat_days)
    uploads.drop_expired(database, clock.now())
    return changed
