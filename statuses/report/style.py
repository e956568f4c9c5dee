"""How the report looks, in both colours, without anything from elsewhere."""

CSS = """
:root{color-scheme:light dark;--page:#f4f6f9;--panel:#fff;--line:#dfe5ec;--text:#131a24;--muted:#556173;--ok:#1668c7;
--review:#755c00;--blocked:#a11246;--good:#0b7a63;--shade:#a1124622}
@media(prefers-color-scheme:dark){:root{--page:#0b0e13;--panel:#12161d;--line:#232a35;--text:#e6eaf0;--muted:#9aa6b5;
--ok:#4aa3ff;--review:#f5c026;--blocked:#f76b76;--good:#3fc1a3;--shade:#f76b7626}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:14px/1.5 Inter,system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:22px;margin:0}
h2{font-size:18px;margin:32px 0 4px}
h3{font-size:14px;margin:20px 0 6px}
.lead{font-size:17px;margin:8px 0}
.muted,footer,figcaption,li{color:var(--muted);font-size:12px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;background:var(--panel);border:1px solid var(--line)}
th,td{text-align:right;padding:5px 9px;border-bottom:1px solid var(--line);white-space:nowrap}
thead th{color:var(--muted);font-size:12px;font-weight:500}
tr>:first-child{text-align:left}
td.late{color:var(--muted)}
details{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:10px 0;padding:8px 14px}
summary{cursor:pointer}
.inform summary{color:var(--muted)}
figure{margin:8px 0}
svg{display:block;width:100%;max-width:820px;height:auto}
svg.bars{display:inline-block;height:42px}
.count{fill:none;stroke:var(--ok);stroke-width:1.4}
.expected{fill:none;stroke:var(--review);stroke-width:1.4;stroke-dasharray:4 3}
.episode{fill:var(--shade)}
.fired{stroke:var(--blocked);stroke-width:1.4}
.mark{fill:var(--blocked)}
.bar{fill:var(--ok)}
.grid{stroke:var(--line)}
.tick{fill:var(--muted);font-size:11px}
@media print{details{break-inside:avoid}}
"""
