"""No line of prose, template or style passes 120 columns: it would scroll sideways beside the code."""

import re
from pathlib import Path

import pytest

from tests.tree import ROOT, documents, named

LIMIT = 120
STYLES = [path for path in sorted((ROOT / "console" / "assets").glob("*.css")) if path.name != "icons.css"]
TEMPLATES = sorted((ROOT / "console" / "templates").rglob("*.html"))
# Pages that become Dash layouts (and their parts); each leaves this list when it goes. What stays Jinja is not in it.
LEAVING = """
    account.html alert_parts.html alerts.html alerts_actions.html alerts_channels.html alerts_firing.html
    alerts_history.html alerts_inhibited.html alerts_pending.html alerts_rules.html alerts_silenced.html
    audit.html backtest.html backtests.html confirm.html drift.html drift_compare.html drift_parts.html
    drift_report.html hints.html incident.html model.html model_answers.html
    model_changed.html model_drifting.html model_good.html model_inputs.html model_parts.html model_tabs.html
    model_todo.html page.html page_parts.html passkey.html problem.html runbook.html
    silences.html tokens.html training.html training_file.html training_parts.html
    training_run.html
    user.html users.html version.html version_compare.html
    version_parts.html versions.html
"""


@pytest.mark.parametrize("page", documents(), ids=named)
def test_prose_is_narrow(page: Path) -> None:
    """Tables and fenced code may be wider, and so may a piece of code that cannot be broken."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    prose = [re.sub(r"`[^`]*`", "``", line) for line in text.splitlines() if not line.lstrip().startswith("|")]
    assert [line for line in prose if len(line) > LIMIT] == []


@pytest.mark.parametrize("path", [*STYLES, ROOT / "api/static/docs.css", ROOT / "api/static/docs.html"], ids=named)
def test_styles_are_narrow(path: Path) -> None:
    assert wide(path) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_are_narrow(path: Path) -> None:
    assert path.name in LEAVING.split() or wide(path) == []


def wide(path: Path) -> list[str]:
    """The lines of a file that are too long."""
    return [line for line in path.read_text().splitlines() if len(line) > LIMIT]
