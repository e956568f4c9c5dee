"""From rows of panels to Grafana's dashboard JSON (schema version 39, Grafana 10.4 and newer). Pure."""

from typing import Any

from deploy.grafana.panel import Panel, Row
from deploy.grafana.panels import ROWS

UID = "gatehouse"
COLUMNS = 24
SIZES = {"stat": 4, "timeseries": 8}
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def dashboard(rows: tuple[Row, ...] = ROWS) -> dict[str, Any]:
    """The whole document, as Grafana's provisioning and its import page take it."""
    return {
        "uid": UID,
        "title": "Gatehouse",
        "description": "The fall-back when the console is down: every number comes from the processes' own metrics.",
        "tags": ["gatehouse"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "utc",
        "annotations": {"list": [_annotations()]},
        "templating": {"list": [_source_variable()]},
        "links": [],
        "panels": _panels(rows),
    }


def _panels(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    y = 0
    for row in rows:
        place = {"x": 0, "y": y, "w": COLUMNS, "h": 1}
        made.append(
            {"id": len(made) + 1, "type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}
        )
        y += 1
        x = height = 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, height = 0, y + height, 0
            place = {"x": x, "y": y, "w": panel.width, "h": SIZES[panel.kind]}
            made.append({"id": len(made) + 1, "gridPos": place, **_panel(panel)})
            x, height = x + panel.width, max(height, SIZES[panel.kind])
        y += height
    return made


def _panel(panel: Panel) -> dict[str, Any]:
    targets = [
        {
            "refId": chr(ord("A") + index),
            "datasource": SOURCE,
            "expr": query.expr,
            "legendFormat": query.legend or "__auto",
            "exemplar": query.exemplars,
            "instant": panel.kind == "stat",
            "range": panel.kind != "stat",
        }
        for index, query in enumerate(panel.queries)
    ]
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    steps = [{"color": panel.base, "value": None}, *({"color": colour, "value": at} for at, colour in panel.steps)]
    found: dict[str, Any] = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.lowest is not None:
        found["min"] = panel.lowest
    if panel.decimals is not None:
        found["decimals"] = panel.decimals
    if panel.words:
        options = {
            f"{value:g}": {"text": text, "index": index} for index, (value, text) in enumerate(panel.words.items())
        }
        found["mappings"] = [{"type": "value", "options": options}]
    if panel.kind == "timeseries":
        found["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 8,
            "showPoints": "never",
            "spanNulls": False,
            "thresholdsStyle": {"mode": "line" if panel.steps else "off"},
        }
        found["color"] = {"mode": "palette-classic"}
    return found


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        return {
            "colorMode": "value",
            "graphMode": "none",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "auto",
        }
    return {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _annotations() -> dict[str, Any]:
    return {
        "name": "Firing alerts",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing",alertname!="GatehouseWatchdog"}',
        "titleFormat": "{{alertname}}",
        "textFormat": "{{severity}}",
    }


def _source_variable() -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "hide": 0,
    }
