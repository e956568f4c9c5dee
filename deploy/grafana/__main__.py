"""`python -m deploy.grafana` (`make dashboards`) writes the dashboard's JSON; a test proves the file equal."""

import json
from pathlib import Path

from deploy.grafana.dashboard import dashboard

FILE = Path(__file__).parent / "dashboards" / "gatehouse.json"


def written() -> str:
    """The file's text."""
    return json.dumps(dashboard(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(written())
