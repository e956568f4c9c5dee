"""What the dashboard shows, in its order: rows of panels, each with its PromQL. docs/metrics.md tells of the metrics.

Every expression answers on a running stack, also before anything has happened: a tool for bad days must not be empty
because nothing is wrong. `process` is the label by which a scrape configuration names our processes.
"""

from deploy.grafana.panel import BAD, OK, WARN, Panel, Query, Row


def _rate(metric: str, by: str = "", where: str = "", span: str = "5m") -> str:
    group = f" by ({by})" if by else ""
    return f"sum{group} (rate({metric}{where}[{span}]))"


_ALL = _rate("gatehouse_http_requests_total", "process")
_FAILED = _rate("gatehouse_http_requests_total", "process", '{status=~"5.."}')
_BLOCKED = '{decision="BLOCKED"}'

ROWS = (
    Row(
        "Fraud scoring",
        (
            Panel(
                "Prediction requests",
                "Scoring requests answered in the last hour.",
                (Query("sum(increase(fraud_prediction_requests_total[1h]))"),),
                kind="stat",
                width=4,
                decimals=0,
            ),
            Panel(
                "Fraud predictions",
                "Predictions of the last hour that were BLOCKED.",
                (Query(f"sum(increase(fraud_predictions_total{_BLOCKED}[1h]))"),),
                kind="stat",
                width=4,
                decimals=0,
            ),
            Panel(
                "Fraud rate",
                "Blocked share of all predictions in a rolling hour (K2); target below 2 %, alert above 3 %.",
                (Query('100 * max(gatehouse_fraud_rate_ratio{window="1h",policy="in_force"})'),),
                unit="percent",
                kind="stat",
                width=4,
                steps=((2, WARN), (3, BAD)),
                decimals=2,
            ),
            Panel(
                "Model health",
                "Whether every scoring worker has a model in force.",
                (Query('floor(sum(fraud_model_loaded) / sum(gatehouse_workers{process="scoring"}))'),),
                kind="stat",
                width=4,
                base=BAD,
                steps=((1, OK),),
                words={0: "no model", 1: "healthy"},
            ),
            Panel(
                "Requests/s",
                "Scoring requests a second.",
                (Query("sum(rate(fraud_prediction_requests_total[5m]))"),),
                unit="reqps",
                kind="stat",
                width=4,
                decimals=2,
            ),
            Panel(
                "p95 latency",
                "p95 of the scoring latency over five minutes (K3); target below 50 ms, alert above 100 ms.",
                (Query('max(gatehouse_api_latency_p95_seconds{window="5m"})'),),
                unit="s",
                kind="stat",
                width=4,
                steps=((0.05, WARN), (0.1, BAD)),
            ),
            Panel(
                "Fraud detection rate",
                "Predictions a minute by decision.",
                (Query(f"60 * {_rate('fraud_predictions_total', 'decision')}", "{{decision}}"),),
                unit="cpm",
            ),
            Panel(
                "Scoring latency",
                "Quantiles of the scoring service's own histogram; a point names the correlation id of a request.",
                tuple(
                    Query(
                        f"histogram_quantile({q}, {_rate('fraud_prediction_latency_seconds_bucket', 'le')})",
                        f"p{q * 100:g}",
                        exemplars=q == 0.95,
                    )
                    for q in (0.5, 0.95, 0.99)
                ),
                unit="s",
            ),
            Panel(
                "Fraud rate by window",
                "As decided, and as the normal profile would have decided (A11): A1 looks at ten minutes.",
                (
                    Query(
                        '100 * max by (window, policy) (gatehouse_fraud_rate_ratio{window=~"1h|10m"})',
                        "{{window}} {{policy}}",
                    ),
                ),
                unit="percent",
                steps=((2, WARN), (3, BAD)),
            ),
        ),
    ),
    Row(
        "Platform",
        (
            Panel(
                "Transactions/hour",
                "Purchases and transfers in a rolling hour (K1).",
                (Query('max(gatehouse_transactions_per_hour{window="1h"})', "transactions"),),
            ),
            Panel(
                "Revenue/hour",
                "Ticket sales and platform fees in a rolling hour (K4).",
                (Query('max(gatehouse_revenue_usd_per_hour{window="1h"})', "revenue"),),
                unit="currencyUSD",
            ),
            Panel(
                "Drift",
                "Largest KL divergence of a feature against training (M4); the line is A3's limit.",
                (Query("max(gatehouse_drift_kl) or vector(0)", "largest"),),
                steps=((0.1, WARN), (0.15, BAD)),
            ),
            Panel(
                "Failed second factors",
                "Most failures of one account in five minutes (A4 from three).",
                (Query("max(gatehouse_mfa_failures)", "one account"),),
                steps=((3, BAD),),
            ),
            Panel(
                "Services",
                "The newest check of each: 1 UP, 0.5 SLOW, 0 DOWN.",
                (Query("min by (service) (gatehouse_service_up)", "{{service}}"),),
                base=BAD,
                steps=((0.5, WARN), (1, OK)),
            ),
            Panel(
                "Blocked addresses",
                "Addresses over their rate limit that are blocked now.",
                (Query("max(gatehouse_blocked_ips)", "blocked"),),
            ),
        ),
    ),
    Row(
        "Alerts",
        (
            Panel(
                "Firing in Prometheus",
                "Alerts of this Prometheus that fire now, the watchdog left out.",
                (Query('count(ALERTS{alertstate="firing",alertname!="GatehouseWatchdog"}) or vector(0)'),),
                kind="stat",
                steps=((1, BAD),),
                width=4,
            ),
            Panel(
                "Evaluating workers",
                "Alert workers that hold the lease; exactly one should.",
                (Query("sum(alerts_evaluating)"),),
                kind="stat",
                base=BAD,
                steps=((1, OK), (2, BAD)),
                width=4,
            ),
            Panel(
                "Evaluations",
                "Evaluations of the alert rules a minute, by what became of them.",
                (Query(f"60 * {_rate('alerts_ticks_total', 'result')}", "{{result}}"),),
                unit="cpm",
            ),
            Panel(
                "Deliveries",
                "Messages to channels a minute, by result.",
                (
                    Query(
                        f"60 * ({_rate('alerts_deliveries_total', 'channel, result')}) or vector(0)",
                        "{{channel}} {{result}}",
                    ),
                ),
                unit="cpm",
            ),
        ),
    ),
    Row(
        "Transaction statuses",
        (
            Panel(
                "Judging workers",
                "Processes that hold the judge's lease; exactly one should.",
                (Query("sum(statuses_leader)"),),
                kind="stat",
                base=BAD,
                steps=((1, OK), (2, BAD)),
                width=4,
            ),
            Panel(
                "Judged minutes",
                "Minutes of all sources that were judged, a minute.",
                (Query(f"60 * {_rate('statuses_minutes_total')}", "judged"),),
                unit="cpm",
            ),
        ),
    ),
    Row(
        "Incidents and training",
        (
            Panel(
                "Open incidents",
                "Incidents that are not resolved.",
                (Query("max(alerts_incidents_open)", "open"),),
                steps=((1, WARN),),
            ),
            Panel(
                "Messages waiting",
                "Age of the oldest message to a channel that is due.",
                (Query("max(alerts_outbox_age_seconds)", "oldest"),),
                unit="s",
                steps=((60, BAD),),
            ),
            Panel(
                "Training runs",
                "Training runs of the last day, by how they ended.",
                (Query("sum by (state) (increase(training_runs_total[1d])) or vector(0)", "{{state}}"),),
            ),
        ),
    ),
    Row(
        "Our own processes",
        (
            Panel(
                "Up",
                "Whether Prometheus reaches each process.",
                (Query('min by (process) (up{process!=""})', "{{process}}"),),
                base=BAD,
                steps=((1, OK),),
            ),
            Panel(
                "HTTP requests/s",
                "Requests answered a second, by process.",
                (Query(_ALL, "{{process}}"),),
                unit="reqps",
            ),
            Panel(
                "HTTP errors",
                "Share of the answers that were server errors.",
                (Query(f"100 * ({_FAILED} or 0 * {_ALL}) / {_ALL}", "{{process}}"),),
                unit="percent",
                steps=((5, BAD),),
            ),
            Panel(
                "Event stream",
                "Age of the oldest event that is not stored yet.",
                (Query("max(gatehouse_stream_oldest_seconds)", "oldest"),),
                unit="s",
                steps=((15, WARN), (60, BAD)),
            ),
            Panel(
                "Last stored event",
                "How long ago the newest stored event happened.",
                (Query("time() - max(gatehouse_last_event_timestamp_seconds)", "age"),),
                unit="s",
            ),
            Panel(
                "Events taken in",
                "Events a second that the monitoring API took, and refused as invalid.",
                (
                    Query(_rate("gatehouse_events_taken_total"), "taken"),
                    Query(_rate("gatehouse_events_refused_total"), "refused"),
                ),
                unit="eps",
            ),
            Panel(
                "Memory",
                "Resident memory of all workers of a process.",
                (Query("sum by (process) (gatehouse_resident_memory_bytes)", "{{process}}"),),
                unit="bytes",
            ),
            Panel(
                "CPU",
                "Cores in use, by process.",
                (Query("sum by (process) (irate(gatehouse_cpu_seconds[5m]))", "{{process}}"),),
            ),
            Panel(
                "Workers",
                "Live workers of each process.",
                (Query("sum by (process) (gatehouse_workers)", "{{process}}"),),
            ),
        ),
    ),
)


def expressions() -> list[str]:
    """Every PromQL expression of the dashboard."""
    return [query.expr for row in ROWS for panel in row.panels for query in panel.queries]
