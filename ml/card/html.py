"""A model card as one page of HTML: no scripts, nothing loaded from anywhere, light and dark."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT, EDGE = 340, 250, 44
_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1a2230, #e6eaf2); --soft: light-dark(#5b6577, #9aa5b8);
  --line: light-dark(#d5dae3, #323b4d); --paper: light-dark(#fff, #131823); --mark: light-dark(#2457c5, #7aa2ff); }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem } table { border-collapse: collapse; margin: .5rem 0 }
th, td { text-align: right; padding: .2rem .7rem; border-bottom: 1px solid var(--line);
  font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left } th { color: var(--soft); font-weight: 600 }
figure { display: inline-block; vertical-align: top; margin: 0 1rem 1rem 0 }
figcaption { color: var(--soft); font-size: .85rem; max-width: 340px }
.warn { border-left: 4px solid #c77700; padding: .3rem .8rem; margin: .4rem 0 }
.big { display: flex; flex-wrap: wrap; gap: 1.5rem } .big div { min-width: 7rem } .big b { display: block }
code { overflow-wrap: anywhere } svg text { fill: var(--soft); font-size: 11px }
svg .axis { stroke: var(--line) } svg .mark { stroke: var(--mark); fill: none; stroke-width: 2 }
svg .even { stroke: var(--soft); stroke-dasharray: 4 4 } svg rect, svg circle { fill: var(--mark) }
"""
_SHARES = ("0 %", "25 %", "50 %", "75 %", "100 %")
_SCORES = ("0", "0.25", "0.50", "0.75", "1")
_FOUND = ("recall: share of frauds found", "precision: share of flagged rows that are fraud")
_FLAGGED = ("false positive rate: share of legitimate rows flagged", "recall: share of frauds found")
_PLAIN = {"k": "k", "precision": "precision", "recall": "recall"}
_CARDS = {
    "k": "cards per day, at most",
    "precision": "precision",
    "low": "from (95 %)",
    "high": "to",
    "looked_at": "cards reviewed per day",
    "cards": "cards per day",
    "days": "days",
}
_BY_THRESHOLD = {
    "threshold": "from",
    "tp": "frauds found",
    "fp": "false alarms",
    "fn": "frauds missed",
    "tn": "legitimate passed",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
}
_FOLDS = {
    "test_from": "from",
    "test_to": "to",
    "train_rows": "learnt from",
    "rows": "rows",
    "frauds": "frauds",
    "auc_roc": "AUC ROC",
    "average_precision": "average precision",
    "mean_score": "mean score",
    "fraud_rate": "fraud rate",
}
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Model card</title>
<meta name="viewport" content="width=device-width"><style>"""
_PROTOCOL = """<p>Rows within the label delay are in neither set, and cards or wallets with fraud known by then are
excluded from the test, day by day.</p>"""


def page(card: dict[str, Any]) -> str:
    """The page of a card."""
    model, data, split, measures = card["model"], card["data"], card["split"], card["measures"]
    parts = [
        f"<h1>Model card: {_text(model['algorithm'])}</h1>",
        f"<p>{_text(model['note'])}</p>" if model["note"] else "",
        *[f'<p class="warn">{_text(warning)}</p>' for warning in card["warnings"]],
        _big(measures, card.get("intervals", {})),
        "<h2>Quality</h2>",
        _line(card["precision_recall"], ("recall", "precision"), _FOUND, "Precision by recall on the test rows."),
        _line(card["roc"], ("fpr", "tpr"), _FLAGGED, "ROC curve; the dashed line is chance.", even=True),
        _calibration(card["calibration"]),
        _costs(card["costs"]),
        _table(card["by_threshold"], _BY_THRESHOLD, "By fraud threshold"),
        _table(card["top_k"], {**_PLAIN, "k": "highest scores"}, "Precision among the k highest scores"),
        _table(card["card_precision"], _CARDS, "Card precision at k, per day"),
        "<h2>Feature importance</h2>",
        _bars(card["importance"]),
        _features(card["features"]),
        "<h2>Training data</h2>",
        _facts({**data, "left_out": "; ".join(data["left_out"]) or "nothing"}),
        "<h2>Test method</h2>",
        _PROTOCOL,
        _facts(split),
        _table(card.get("folds", []), _FOLDS, "Windows, oldest first"),
        "<h2>Training</h2>",
        _facts({name: value for name, value in model.items() if name not in ("note", "parameters", "search")}),
        *[f"<h3>{_text(name)}</h3>{_facts(values)}" for name, values in model["parameters"].items()],
    ]
    body = "\n".join(part for part in parts if part)
    return f"{_HEAD}{_STYLE}</style></head><body>\n{body}\n</body></html>\n"


def _big(measures: dict[str, Any], drawn: dict[str, Any]) -> str:
    """The headline, with 95 % intervals where the card has them (those of older cards have none)."""
    shown = {
        "AUC ROC": "auc_roc",
        "Average precision": "average_precision",
        f"Precision at {measures['threshold']:.2f}": "precision",
        "Recall": "recall",
        "F1": "f1",
        "Brier score": "brier",
        "Brier skill": "brier_skill",
        "Mean score": "mean_score",
        "Fraud rate": "fraud_rate",
        "Calibration error": "calibration_error",
    }
    cells = []
    for words, name in shown.items():
        if name in measures:
            ends = f"<small>{drawn[name][0]:.4f} to {drawn[name][1]:.4f}</small>" if name in drawn else ""
            cells.append(f"<div>{_text(words)}<b>{measures[name]:.4f}</b>{ends}</div>")
    made = f"95 % intervals by a bootstrap of {drawn['groups']:,} {_text(drawn['by'])} groups" if drawn else ""
    one = made.replace("row groups", "rows").replace("day groups", "days").replace("entity groups", "entities")
    return f'<div class="big">{"".join(cells)}</div>' + (f"<p>{one}.</p>" if one else "")


def _line(
    rows: Sequence[dict[str, float]], keys: tuple[str, str], words: tuple[str, str], caption: str, even: bool = False
) -> str:
    """A curve; `keys` and `words` are of the axes, across and up."""
    points = " ".join(f"{_x(row[keys[0]]):.1f},{_y(row[keys[1]]):.1f}" for row in rows)
    drawn = f'<polyline class="mark" points="{points}"/>'
    return _figure((_EVEN if even else "") + drawn, *words, caption)


def _calibration(rows: Sequence[dict[str, float]]) -> str:
    drawn = _EVEN
    for row in rows:
        x = _x(row["mean_score"])
        drawn += f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(row["low"]):.1f}" y2="{_y(row["high"]):.1f}"/>'
        drawn += f'<circle cx="{x:.1f}" cy="{_y(row["observed"]):.1f}" r="4"/>'
    return _figure(
        drawn,
        "score",
        "share that was fraud",
        "Calibration with 95 % intervals; on the dashed line scores equal the fraud rate.",
        across=_SCORES,
    )


def _costs(costs: dict[str, Any]) -> str:
    rows, best = costs["by_threshold"], costs["best"]
    most = max([row["cost"] for row in rows] + [1e-9])
    caption = (
        f"Cost by threshold: a missed fraud costs {costs['missed']}, a false alarm {costs['false_alarm']:g} USD. "
        f"{_cheapest(best, costs['nothing'])}"
    )
    points = " ".join(f"{_x(row['threshold']):.1f},{_y(row['cost'] / most):.1f}" for row in rows)
    up = [_short(most * share / 4) for share in range(5)]
    drawn = f'<polyline class="mark" points="{points}"/>'
    return _figure(drawn, "fraud threshold", "cost, USD", caption, across=_SCORES, up=up)


def _cheapest(best: dict[str, Any], nothing: float) -> str:
    if "judged_on" not in best:
        return f"Cheapest at {best['threshold']:.2f}; flagging nothing costs {nothing:,.0f} USD."
    return (
        f"{best['threshold']:.2f} was cheapest on the earlier {best['chosen_on']:,} test rows; on the other "
        f"{best['judged_on']:,} it costs {best['cost']:,.0f} USD, and flagging nothing {best['nothing']:,.0f} USD."
    )


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


def _figure(
    drawn: str, x: str, y: str, caption: str, across: Sequence[str] = _SHARES, up: Sequence[str] = _SHARES
) -> str:
    """A chart; `across` and `up` are the numbers at quarters of the axes."""
    ticks = "".join(
        f'<line class="axis" x1="{_x(i / 4):.1f}" x2="{_x(i / 4):.1f}" y1="{_y(0):.1f}" y2="{_y(0) + 4:.1f}"/>'
        f'<text x="{_x(i / 4):.1f}" y="{_y(0) + 16:.1f}" text-anchor="{"end" if i == 4 else "middle"}">{text}</text>'
        for i, text in enumerate(across)
    ) + "".join(
        f'<line class="axis" x1="{EDGE - 4}" x2="{EDGE}" y1="{_y(i / 4):.1f}" y2="{_y(i / 4):.1f}"/>'
        f'<text x="{EDGE - 6}" y="{_y(i / 4) + 4:.1f}" text-anchor="end">{text}</text>'
        for i, text in enumerate(up)
    )
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{_text(caption)}">'
        f'<line class="axis" x1="{EDGE}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(0)}"/>'
        f'<line class="axis" x1="{EDGE}" y1="{_y(0)}" x2="{EDGE}" y2="{_y(1)}"/>{ticks}{drawn}'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">{_text(x)}</text>'
        f'<text x="4" y="12">{_text(y)}</text>'
        f"</svg><figcaption>{_text(caption)}</figcaption></figure>"
    )


def _table(rows: Sequence[dict[str, Any]], names: Mapping[str, str], title: str = "") -> str:
    """`names`: of each column its key and what stands above it."""
    if not rows:
        return ""
    head = "".join(f"<th>{_text(words)}</th>" for words in names.values())
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
    return _table(
        shown, {name: name for name in ("feature", "type", "missing", "range")}, "Features: least, median, most"
    )


def _facts(values: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_text(k.replace('_', ' '))}</td><td><code>{_text(v)}</code></td></tr>" for k, v in values.items()
    )
    return f"<table>{rows}</table>"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10_000_000:  # a seed is no amount
        return f"{value:,}"
    return escape("" if value is None else str(value))


def _short(number: float) -> str:
    """A number in the room beside an axis: `754`, `12k`, `1.2M`."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if number >= 10 * size or (size == 1e6 and number >= size):
            return f"{number / size:.{0 if number >= 10 * size else 1}f}{letter}"
    return f"{number:,.0f}"


def _x(share: float) -> float:
    return EDGE + share * (WIDTH - EDGE - 12)


def _y(share: float) -> float:
    return HEIGHT - EDGE + 6 - share * (HEIGHT - EDGE - 14)


_EVEN = f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
