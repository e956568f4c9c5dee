"""A model card as one page of HTML: no scripts, nothing loaded from anywhere, light and dark."""

from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, EDGE = 340, 240, 36
_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1a2230, #e6eaf2); --soft: light-dark(#5b6577, #9aa5b8);
  --line: light-dark(#d5dae3, #323b4d); --paper: light-dark(#fff, #131823); --mark: light-dark(#2457c5, #7aa2ff); }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem } table { border-collapse: collapse; margin: .5rem 0 }
th, td { text-align: right; padding: .2rem .7rem; border-bottom: 1px solid var(--line);
  font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left } th { color: var(--soft); font-weight: 600 }
figure { display: inline-block; margin: 0 1rem 1rem 0 }
figcaption { color: var(--soft); font-size: .85rem; max-width: 340px }
.warn { border-left: 4px solid #c77700; padding: .3rem .8rem; margin: .4rem 0 }
.big { display: flex; flex-wrap: wrap; gap: 1.5rem } .big div { min-width: 7rem } .big b { display: block }
code { overflow-wrap: anywhere } svg text { fill: var(--soft); font-size: 11px }
svg .axis { stroke: var(--line) } svg .mark { stroke: var(--mark); fill: none; stroke-width: 2 }
svg .even { stroke: var(--soft); stroke-dasharray: 4 4 } svg rect, svg circle { fill: var(--mark) }
"""
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Model card</title>
<meta name="viewport" content="width=device-width"><style>"""
_PROTOCOL = """<p>The newest rows are the test; rows of the time that labels take belong to neither side, and cards or
wallets whose fraud is known by then are no test.</p>"""


def page(card: dict[str, Any]) -> str:
    """The page of a card."""
    model, data, split, measures = card["model"], card["data"], card["split"], card["measures"]
    parts = [
        f"<h1>Model card: {_text(model['algorithm'])}</h1>",
        f"<p>{_text(model['note'])}</p>" if model["note"] else "",
        *[f'<p class="warn">{_text(warning)}</p>' for warning in card["warnings"]],
        _big(measures),
        "<h2>How good is it</h2>",
        _line(card["precision_recall"], "recall", "precision", "Precision by recall on the test rows."),
        _line(card["roc"], "fpr", "tpr", "Share of frauds found by share of honest ones flagged.", even=True),
        _calibration(card["calibration"]),
        _costs(card["costs"]),
        _table(card["by_threshold"], ("threshold", "tp", "fp", "fn", "tn", "precision", "recall", "f1")),
        _table(card["top_k"], ("k", "precision", "recall"), "Precision among the k highest scores"),
        _table(card["card_precision"], ("k", "precision", "days"), "Card precision at k, a day"),
        "<h2>What it looks at</h2>",
        _bars(card["importance"]),
        _features(card["features"]),
        "<h2>What it was made from</h2>",
        _facts({**data, "left_out": "; ".join(data["left_out"]) or "nothing"}),
        "<h2>How it was judged</h2>",
        _PROTOCOL,
        _facts(split),
        "<h2>How it was made</h2>",
        _facts({name: value for name, value in model.items() if name not in ("note", "parameters")}),
        *[f"<h3>{_text(name)}</h3>{_facts(values)}" for name, values in model["parameters"].items()],
    ]
    body = "\n".join(part for part in parts if part)
    return f"{_HEAD}{_STYLE}</style></head><body>\n{body}\n</body></html>\n"


def _big(measures: dict[str, Any]) -> str:
    shown = {
        "AUC ROC": measures["auc_roc"],
        "Average precision": measures["average_precision"],
        f"Precision at {measures['threshold']:.2f}": measures["precision"],
        "Recall": measures["recall"],
        "F1": measures["f1"],
        "Brier score": measures["brier"],
        "Calibration error": measures["calibration_error"],
    }
    return '<div class="big">' + "".join(f"<div>{_text(n)}<b>{v:.4f}</b></div>" for n, v in shown.items()) + "</div>"


def _line(rows: Sequence[dict[str, float]], x: str, y: str, caption: str, even: bool = False) -> str:
    points = " ".join(f"{_x(row[x]):.1f},{_y(row[y]):.1f}" for row in rows)
    drawn = f'<polyline class="mark" points="{points}"/>'
    return _figure((_EVEN if even else "") + drawn, x, y, caption)


def _calibration(rows: Sequence[dict[str, float]]) -> str:
    drawn = _EVEN
    for row in rows:
        x = _x(row["mean_score"])
        drawn += f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(row["low"]):.1f}" y2="{_y(row["high"]):.1f}"/>'
        drawn += f'<circle cx="{x:.1f}" cy="{_y(row["observed"]):.1f}" r="4"/>'
    return _figure(
        drawn, "mean score", "observed", "Calibration with 95 % intervals: on the dashed line a score is a rate."
    )


def _costs(costs: dict[str, Any]) -> str:
    rows, best = costs["by_threshold"], costs["best"]
    most = max([row["cost"] for row in rows] + [1e-9])
    caption = (
        f"Cost by threshold: a missed fraud costs {costs['missed']}, a false alarm {costs['false_alarm']:g} USD. "
        f"Cheapest at {best['threshold']:.2f}: {best['cost']:,.0f} USD; "
        f"to flag nothing costs {costs['nothing']:,.0f} USD."
    )
    points = " ".join(f"{_x(row['threshold']):.1f},{_y(row['cost'] / most):.1f}" for row in rows)
    return _figure(f'<polyline class="mark" points="{points}"/>', "threshold", f"cost, top {most:,.0f} USD", caption)


def _bars(rows: Sequence[dict[str, Any]]) -> str:
    shown = [row for row in rows if row["share"] > 0][:20]
    drawn = "".join(
        f'<text x="0" y="{i * 20 + 14}">{_text(row["feature"])[:40]}</text>'
        f'<rect x="240" y="{i * 20 + 4}" width="{max(1.0, row["share"] * 300):.1f}" height="12"/>'
        f'<text x="{244 + row["share"] * 300:.1f}" y="{i * 20 + 14}">{100 * row["share"]:.1f} %</text>'
        for i, row in enumerate(shown)
    )
    height = max(20, len(shown) * 20)
    return (
        f'<figure><svg viewBox="0 0 600 {height}" width="600" height="{height}" role="img" '
        f'aria-label="Importance of features">'
        f"{drawn}</svg><figcaption>Mean size of the exact SHAP values.</figcaption></figure>"
    )


def _figure(drawn: str, x: str, y: str, caption: str) -> str:
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{_text(caption)}">'
        f'<line class="axis" x1="{EDGE}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(0)}"/>'
        f'<line class="axis" x1="{EDGE}" y1="{_y(0)}" x2="{EDGE}" y2="{_y(1)}"/>{drawn}'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">{_text(x)}</text>'
        f'<text x="4" y="12">{_text(y)}</text>'
        f"</svg><figcaption>{_text(caption)}</figcaption></figure>"
    )


def _table(rows: Sequence[dict[str, Any]], names: Sequence[str], title: str = "") -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{_text(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{_text(row[name])}</td>" for name in names) + "</tr>" for row in rows)
    return (f"<h3>{_text(title)}</h3>" if title else "") + f"<table><tr>{head}</tr>{body}</table>"


def _features(rows: Sequence[dict[str, Any]]) -> str:
    shown = [
        {
            "feature": row["name"],
            "type": row["type"],
            "missing": f"{100 * row['missing_share']:.1f} %",
            "range": f"{row['categories']} words, riskiest: {', '.join(row['riskiest'])}"
            if "categories" in row
            else f"{row.get('minimum', 0):g} … {row.get('median', 0):g} … {row.get('maximum', 0):g}",
        }
        for row in rows
    ]
    return _table(shown, ("feature", "type", "missing", "range"), "Features: least, median, most")


def _facts(values: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_text(k.replace('_', ' '))}</td><td><code>{_text(v)}</code></td></tr>" for k, v in values.items()
    )
    return f"<table>{rows}</table>"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return escape("" if value is None else str(value))


def _x(share: float) -> float:
    return EDGE + share * (WIDTH - EDGE - 12)


def _y(share: float) -> float:
    return HEIGHT - EDGE + 6 - share * (HEIGHT - EDGE - 14)


_EVEN = f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
