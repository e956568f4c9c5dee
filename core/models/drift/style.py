"""How a drift report looks. `RULES` name colours by variables, so they fit a page of its own and the console."""

# A page of its own: its colours in both modes, and the room around the report.
PAGE = """
:root{color-scheme:light dark;--page:#f4f6f9;--panel:#fff;--line:#dfe5ec;--text:#131a24;--muted:#556173;--ok:#1668c7;
--review:#755c00;--blocked:#a11246;--good:#0b7a63;--before:#b9c3d0;--after:#1668c7}
@media(prefers-color-scheme:dark){:root{--page:#0b0e13;--panel:#12161d;--line:#232a35;--text:#e6eaf0;--muted:#9aa6b5;
--ok:#4aa3ff;--review:#f5c026;--blocked:#f76b76;--good:#3fc1a3;--before:#4a5568;--after:#4aa3ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:14px/1.5 Inter,system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
@media print{details{break-inside:avoid}}
"""

# The report itself; the console nests these rules under a class.
RULES = """
header{display:flex;align-items:center;gap:16px;flex-wrap:wrap}
h1{font-size:22px;margin:0}
.verdict{margin:0;padding:3px 12px;border:1px solid currentColor;border-radius:999px;font-weight:600}
.verdict.ok,.stable .state{color:var(--good)}
.verdict.watch,.absent .state,.added .state{color:var(--review)}
.verdict.retrain,.drifted .state{color:var(--blocked)}
.verdict.insufficient,.skipped .state,.insufficient .state{color:var(--muted)}
.summary{font-size:17px;margin:12px 0}
.context{display:flex;flex-wrap:wrap;gap:8px 32px;margin:0 0 16px}
dt{color:var(--muted);font-size:12px}
dd{margin:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:var(--panel);border:1px solid var(--line);border-radius:8px}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-size:12px;font-weight:500;white-space:nowrap}
tbody th{font-weight:600}
.n{text-align:right;white-space:nowrap}
.state{white-space:nowrap}
.role{color:var(--muted);font-weight:400;font-size:12px;border:1px solid var(--line);border-radius:4px;padding:0 5px}
.column-note,.figure{color:var(--muted);font-size:12px}
.figure{white-space:nowrap}
a{color:var(--ok)}
.gauge{display:inline-block;position:relative;width:80px;height:8px;background:var(--line);border-radius:4px;
vertical-align:middle;overflow:hidden}
.gauge i{display:block;height:100%;background:var(--muted)}
.gauge.over i{background:var(--blocked)}
.gauge::after{content:"";position:absolute;left:50%;top:0;bottom:0;border-left:1px solid var(--text)}
details{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:12px 0;padding:10px 14px}
summary{cursor:pointer}
svg{display:block;width:100%;max-width:820px;min-width:480px;height:auto;margin:8px 0}
.before{fill:var(--before)}
path.after{fill:none;stroke:var(--after);stroke-width:2}
.now{fill:none;stroke:var(--after);stroke-width:1.6}
.hit{fill:transparent}
.grid{stroke:var(--line)}
.tick{fill:var(--muted);font-size:11px}
.name{fill:var(--text);font-size:12px}
.legend{margin:8px 0 0;color:var(--muted);font-size:12px}
.patch{display:inline-block;width:14px;height:10px;margin-left:8px;vertical-align:middle}
.patch.before{background:var(--before)}
.patch.after{border:2px solid var(--after)}
.small{width:auto;font-size:12px}
ul{margin:8px 0;padding-left:20px;color:var(--muted);font-size:12px}
footer{color:var(--muted);font-size:12px;margin-top:24px}
"""
