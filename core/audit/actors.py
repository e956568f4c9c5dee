"""Who the audit log and the incidents name when no person acts. No account may be called so
(core/identity/usernames.py).
"""

SYSTEM = "gatehouse"
INSTALLATION = "installation"
ANONYMOUS = "anonymous"
COMMAND_LINE = "command line"

# Ours, and what people take for ours. Names with a prefix (`token:`, `action:`, `pagerduty:`) hold a colon and those of
# a command line a blank, which no account's name may.
RESERVED = frozenset(
    {
        SYSTEM, INSTALLATION, ANONYMOUS, COMMAND_LINE, "action", "actions", "admin-cli", "alert", "alerter",
        "alertmanager", "alerts", "api", "audit", "background", "backtest", "canary", "cli", "collector",
        "command-line", "console", "cron", "daemon", "everybody", "everyone", "gatekeeper", "guest",
        "internal", "label-events", "labels", "ml", "model", "nobody", "none", "null", "pagerduty", "policy",
        "postgres", "provider", "redis", "rule", "scaler", "scheduler", "scoring", "service", "simulator",
        "slack", "stack", "system", "token", "tokens", "trainer", "training", "unknown", "user", "webhook",
        "worker",
    }
)  # fmt: skip
