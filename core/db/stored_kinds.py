"""What is kept in PostgreSQL, by kind: its tables, how long it is kept, and whether it may be archived and deleted.

Tables of no kind are counted as `other`, so that the sizes of all kinds are that of the database.
"""

from typing import NamedTuple

OTHER = "other"
LEAST_DAYS = 7  # nothing younger is deleted


class StoredKind(NamedTuple):
    """`time` is the column of its first table that says how old a row is; `keep` the setting of retention.toml.

    Kinds without a setting are kept for ever. What `may_go` can be archived and deleted by a person.
    """

    name: str
    title: str
    tables: tuple[str, ...]
    time: str = ""
    keep: str = ""
    may_go: bool = False


ALL = (
    StoredKind("transactions", "Transactions", ("transactions",), "timestamp", "raw_days", True),
    StoredKind("predictions", "Predictions", ("fraud_predictions",), "timestamp", "raw_days", True),
    StoredKind("shadow", "Predictions in shadow mode", ("shadow_predictions",), "timestamp", "raw_days", True),
    StoredKind("requests", "Requests", ("api_requests", "request_counts"), "timestamp", "requests_days", True),
    StoredKind("security", "Security events", ("security_events",), "timestamp", "raw_days", True),
    StoredKind("statuses", "Transaction statuses", ("status_counts",), "timestamp", "status_days", True),
    StoredKind("endpoint-minutes", "Endpoints by the minute", ("endpoint_minutes",), "timestamp", "endpoint_days",
               True),
    StoredKind("endpoint-hours", "Endpoints by the hour", ("endpoint_hours",), "timestamp", "rollup_days", True),
    StoredKind("endpoint-days", "Endpoints by the day", ("endpoint_days", "endpoint_series", "endpoint_stale"),
               "timestamp", "rollup_days"),
    StoredKind("query-minutes", "Queries by the minute", ("query_minutes",), "timestamp", "query_minute_days"),
    StoredKind("query-hours", "Queries by the hour and day", ("query_hours", "query_days", "query_series",
                                                              "query_stale"), "timestamp", "query_days"),
    StoredKind("store-samples", "Samples of PostgreSQL and Redis", ("store_samples",), "timestamp", "check_days"),
    StoredKind("profiles", "Profiles", ("profile_hours", "profile_minutes", "profile_stacks", "profile_frames",
                                        "profile_series", "profile_runs"), "timestamp", "profile_days"),
    StoredKind("outliers", "Outliers", ("outliers", "outlier_days"), "timestamp", "outlier_days"),
    StoredKind("processes", "Reports of processes", ("process_samples",), "timestamp", "process_days", True),
    StoredKind("process-hours", "Processes by the hour", ("process_hours", "processes"), "timestamp", "rollup_days"),
    StoredKind("outliers", "Outliers", ("outliers", "outlier_days"), "", "outlier_days"),
    StoredKind("exceptions", "Exceptions", ("exception_groups", "exception_hours", "exception_minutes",
                                            "exception_samples", "exception_users"), "", "exception_days"),
    StoredKind("profiles", "Profiles", ("profile_minutes", "profile_hours", "profile_stacks", "profile_frames",
                                        "profile_series", "profile_runs"), "", "profile_days"),
    StoredKind("queries", "Queries", ("query_days", "query_hours", "query_minutes", "query_series", "query_stale"), "",
               "query_days"),
    StoredKind("figures", "Custom figures", ("custom_figure_values", "custom_figures"), "timestamp", "figure_days"),
    StoredKind("rollups", "Roll-ups of key figures", ("rollups", "confusion_minutes"), "", "rollup_days"),
    StoredKind("checks", "Service checks and host samples", ("service_checks", "host_samples"), "timestamp",
               "check_days"),
    StoredKind("keys", "Idempotency keys", ("event_keys",), "received_at", "raw_days"),
    StoredKind("labels", "Labels", ("labels", "effective_labels", "label_files", "label_changes"), "labelled_at"),
    StoredKind("audit", "Audit log", ("audit_log", "audit_checks", "audit_head")),
    StoredKind("alerts", "Incidents and notifications", ("incidents", "incident_events", "outbox", "alert_ticks",
                                                         "action_runs", "action_artefacts")),
    StoredKind("models", "Models and training files", ("models", "model_cards", "training_runs", "uploads",
                                                       "upload_chunks", "feature_histograms", "drift_reports")),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in ALL}
