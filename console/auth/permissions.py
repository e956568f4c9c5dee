"""Who may reach what: one table. What is not in it is denied, and a test fails.

Pages of the contract (`console/page.py`) and their actions put their own rows in with `admit`; the rest is listed here.

Endpoints are Flask's names; Dash's are their paths under the prefix. Names of callbacks are their outputs.
"""

from flask import Flask

from console.auth.roles import Role

# Answer without a session. Of the assets only those of the login page, see console/auth/guard.py.
PUBLIC = frozenset(
    {
        "login", "login_submit", "mfa", "mfa_submit", "enrol", "enrol_submit", "emergency", "emergency_submit",
        "invitation", "invitation_submit", "judge_link", "judge_link_submit", "oidc", "oidc_callback", "session_state",
    }
)  # fmt: skip

# The least role of everything else.
REQUIRED_ROLE: dict[str, Role] = {
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
    "live_numbers": "viewer",
    "logout": "viewer",
}

# Callbacks of Dash, by output.
CALLBACKS: dict[str, Role] = {}

# Dangerous changes: they want a second factor that was shown lately (step-up).
STEP_UP_REQUIRED: set[str] = set()

# Pages that a person opens by address: without a session they lead to the login, not to a problem document.
PAGES: set[str] = {"", "root", "prefix"}


def admit(name: str, role: Role, step_up: bool = False, page: bool = False) -> None:
    """Put the row of a page, a file or an action into the tables; the same row any number of times."""
    REQUIRED_ROLE[name] = role
    if step_up:
        STEP_UP_REQUIRED.add(name)
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
    return sorted(names - REQUIRED_ROLE.keys() - PUBLIC - set(health))
