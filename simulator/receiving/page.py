"""The one page of the receivers: what on-call people would have got, newest first, and PagerDuty's incidents."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from core.clock import to_datetime
from simulator.receiving.inbox import Arrival

TYPE = "text/html; charset=utf-8"
SHOWN = 200
# Messages carry what strangers wrote: only links to this machine, such as the console's, can be clicked.
LINK = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?/[^\s<>|&]*")
STYLE = """
:root{color-scheme:light dark}body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:20px}h2{font-size:15px;margin:1.6rem 0 .4rem}p{max-width:60rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:4px 10px 4px 0}
tr{border-bottom:1px solid #8884}td.t{white-space:nowrap;font-variant-numeric:tabular-nums}
pre{white-space:pre-wrap;margin:0;font:12px/1.4 ui-monospace,monospace}button{font:inherit;min-height:30px}
.no{opacity:.6}.wide{overflow-x:auto}
"""
SCRIPT = """
document.addEventListener('click', async event => {
  const button = event.target.closest('button[data-key]');
  if (!button) return;
  const body = JSON.stringify({key: button.dataset.key, action: button.dataset.action});
  const answer = await fetch('/act', {method: 'POST', headers: {'Content-Type': 'application/json'}, body});
  const said = await answer.json();
  if (said.problem) alert(said.problem); else location.reload();
});
setTimeout(() => location.reload(), 10000);
"""


def html(arrivals: Sequence[Arrival], receivers: Mapping[str, Any]) -> bytes:
    """The page."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Local receivers</title><style>{STYLE}</style><h1>Local receivers</h1>",
        "<p>Fake PagerDuty, Slack, mail server, Twilio, webhook and heartbeat monitor, used because no real channel is "
        "configured. This page shows the notifications that were sent.</p>",
        _incidents(getattr(receivers.get("pagerduty"), "incidents", {})),
        _heartbeat(receivers.get("heartbeat")),
        "<h2>Messages, newest first</h2><div class=wide><table>",
        "<tr><th>Time<th>Receiver<th>Event<th>Answer<th>Message</tr>",
        *(_row(one) for one in reversed([a for a in arrivals if a.receiver != "heartbeat"][-SHOWN:])),
        f"</table></div><script>{SCRIPT}</script></html>",
    ]
    return "".join(parts).encode()


def _incidents(known: dict[str, list[dict[str, Any]]]) -> str:
    rows = []
    for key, incidents in reversed(known.items()):
        for incident in reversed(incidents):
            buttons = "".join(
                f"<button data-key='{escape(key, True)}' data-action={action}>{word}</button> "
                for action, word in (("acknowledged", "Acknowledge"), ("resolved", "Resolve"), ("annotated", "Note"))
                if incident["status"] != "resolved"
            )
            rows.append(
                f"<tr><td>{escape(incident['status'])}<td>{escape(incident['title'])}"
                f"<td><code>{escape(key)}</code><td>{buttons}</tr>"
            )
    shown = f"<table>{''.join(rows[:50])}</table>" if rows else "<p>No incidents yet.</p>"
    return f"<h2>PagerDuty incidents</h2>{shown}"


def _heartbeat(heartbeat: Any) -> str:
    silent = heartbeat.silent_for() if heartbeat else None
    words = "never called" if silent is None else f"last called {silent:.0f} s ago"
    return f"<h2>Heartbeat monitor</h2><p>{words}</p>"


def _linked(text: str) -> str:
    return LINK.sub(r'<a href="\g<0>" rel=noreferrer>\g<0></a>', escape(text, True))


def _row(one: Arrival) -> str:
    shown = f"<pre>{_linked(one.text)}</pre>" if one.text else ""
    cells = (f"{to_datetime(one.at):%H:%M:%S}", one.receiver, one.event, one.answer)
    words = "".join(f"<td class=t>{escape(cell)}" for cell in cells)
    return f"<tr class={'yes' if one.taken else 'no'}>{words}<td>{shown}</tr>"
