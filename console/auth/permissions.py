"""Who may reach what: one table. What is not in it is denied, and a test fails.

Pages of the contract (`console/page.py`) and their actions put their own rows in with `admit`; the rest is listed here.

Endpoints are Flask's names; Dash's are their paths under the prefix. Names of callbacks are their outputs.
"""

from flask import Flask

from console.auth.roles import Role

# Answer without a session. Of the assets only those of the login page, see console/auth/guard.py.
OPEN = frozenset(
    {
        "login", "login_submit", "mfa", "mfa_submit", "enrol", "enrol_submit", "emergency", "emergency_submit",
        "invitation", "invitation_submit", "oidc", "oidc_callback", "session_state",
    }
)  # fmt: skip

# The least role of everything else.
LEAST: dict[str, Role] = {
    "": "viewer",
    "_dash-layout": "viewer",
    "_dash-dependencies": "viewer",
    "_dash-update-component": "viewer",
    "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": "viewer",
    "_reload-hash": "viewer",
    "_favicon.ico": "viewer",
    "<path:path>": "viewer",
    "assets": "viewer",
    "root": "viewer",
    "prefix": "viewer",
    "live": "viewer",
    "logout": "viewer",
    "account": "viewer",
    "account_password": "viewer",
    "account_codes": "viewer",
    "account_session_end": "viewer",
    "account_sessions_end": "viewer",
    "passkey_new": "viewer",
    "passkey_add": "viewer",
    "passkey_remove": "viewer",
    "model": "viewer",
    "model_retrain": "operator",
    "model_training": "viewer",
    "training_upload": "analyst",
    "training_file": "analyst",
    "training_start": "analyst",
    "training_discard": "analyst",
    "training_stored": "analyst",
    "training_run": "viewer",
    "training_cancel": "analyst",
    "training_promote": "operator",
    "training_refuse": "operator",
    "model_versions": "viewer",
    "version": "viewer",
    "version_compare": "viewer",
    "version_card": "viewer",
    "version_json": "viewer",
    "version_artefact": "operator",
    "version_promote": "operator",
    "version_rollback": "operator",
    "version_shadow": "operator",
    "version_unshadow": "operator",
    "version_ensemble": "operator",
    "model_drift": "viewer",
    "drift_request": "analyst",
    "drift_report": "viewer",
    "drift_compare": "viewer",
    "drift_html": "viewer",
    "drift_json": "viewer",
    "alerts": "viewer",
    "alerts_csv": "viewer",
    "channel_test": "operator",
    "channel_resume": "operator",
    "actions_switch": "operator",
    "incident": "viewer",
    "artefact": "viewer",
    "incident_acknowledge": "operator",
    "incident_acknowledge-all": "operator",
    "incident_resolve": "operator",
    "incident_assign": "operator",
    "incident_escalate": "operator",
    "incident_comment": "analyst",
    "action_approve": "operator",
    "action_refuse": "operator",
    "action_revert": "operator",
    "silences": "viewer",
    "silence_create": "operator",
    "silence_end": "operator",
    "backtests": "viewer",
    "backtest": "viewer",
    "backtest_csv": "viewer",
    "backtest_request": "analyst",
    "runbooks": "viewer",
    "runbook": "viewer",
    "users": "admin",
    "user": "admin",
    "user_invite": "admin",
    "user_role": "admin",
    "user_disable": "admin",
    "user_enable": "admin",
    "user_unlock": "admin",
    "user_reset_mfa": "admin",
    "user_link": "admin",
    "user_session_end": "admin",
    "user_sessions_end": "admin",
}

# Callbacks of Dash, by output.
CALLBACKS: dict[str, Role] = {}

# Dangerous changes: they want a second factor that was shown lately (step-up).
FRESH: set[str] = (
    {
        "account_password", "account_codes", "passkey_new", "passkey_add", "passkey_remove",
        "user_invite", "user_role", "user_disable", "user_enable", "user_unlock", "user_reset_mfa",
        "user_link", "actions_switch", "action_approve", "model_retrain",
        "training_promote", "version_promote", "version_rollback", "version_shadow", "version_ensemble",
    }
)  # fmt: skip

# Pages that a person opens by address: without a session they lead to the login, not to a problem document.
PAGES: set[str] = (
    {
        "", "root", "prefix", "account", "users", "user", "model", "model_training",
        "training_file", "training_run", "model_versions", "version", "version_compare",
        "model_drift", "drift_report", "drift_compare", "alerts", "incident", "silences", "backtests", "backtest",
        "runbooks", "runbook",
    }
)  # fmt: skip


def admit(name: str, role: Role, step_up: bool = False, page: bool = False) -> None:
    """Put the row of a page, a file or an action into the tables; the same row any number of times."""
    LEAST[name] = role
    if step_up:
        FRESH.add(name)
    if page:
        PAGES.add(name)


def name_of(endpoint: str, prefix: str) -> str:
    """The name of a Flask endpoint in the tables above."""
    if endpoint.endswith("dash_assets.static"):
        return "assets"
    return endpoint.removeprefix(prefix) if endpoint.startswith(prefix) else endpoint


def unlisted(server: Flask, prefix: str, health: tuple[str, ...]) -> list[str]:
    """Endpoints of an application that the tables forget."""
    names = {name_of(rule.endpoint, prefix) for rule in server.url_map.iter_rules()}
    return sorted(names - LEAST.keys() - OPEN - set(health))
