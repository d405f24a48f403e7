"""The frame and the look of the HTML reports: one page that needs nothing beside itself, light and dark. No content."""

from html import escape

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def html_page(
    title: str, body: str, style: str = "", script: str = "", style_without_script: str = ""
) -> str:
    """A whole page.

    Args:
        title: plain text. body: HTML. style, script: what this page needs beside STYLE.
        style_without_script: used where scripts do not run.
    """
    without = f"<noscript><style>{style_without_script}</style></noscript>" if style_without_script else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{STYLE}{style}</style>{without}</head>\n"
        f"<body><main>{body}</main>{f'<script>{script}</script>' if script else ''}</body></html>\n"
    )


STYLE = """
:root{color-scheme:light dark;--window:#eef0f3;--surface:#fbfcfd;--border:#c6ccd4;--text:#1a1e24;--muted:#4c5561;
--accent:#0a5fc0;--good:#176b43;--bad:#b3261e;--second:#b0560a;--third:#176b43;--fourth:#8a3ab9;--fifth:#b3261e;
--sixth:#4c5561;--chosen:#e2ecf8}
@media (prefers-color-scheme:dark){:root{--window:#191b1f;--surface:#212429;--border:#353a42;--text:#e8eaed;
--muted:#a9b1bc;--accent:#62aefc;--good:#5fd39a;--bad:#ff8a80;--second:#f0a04b;--third:#5fd39a;--fourth:#d29bf5;
--fifth:#ff8a80;--sixth:#a9b1bc;--chosen:#243447}}
*{box-sizing:border-box}
body{margin:0;background:var(--window);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:40px 24px 56px}
h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:4px 0 12px;text-wrap:balance}
h2{font-size:18px;line-height:1.3;margin:0 0 12px}
h2 span{font-weight:400;font-size:14px;margin-left:6px}
.eyebrow{margin:0;color:var(--muted);font-size:13px;font-weight:600}
.lead{font-size:18px;max-width:68ch;margin:0 0 8px}
.muted,.note,figcaption,dt{color:var(--muted)}
section{margin-top:36px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:12px;margin-top:28px}
.tile{background:var(--surface);border:1px solid var(--border);border-radius:10px;padding:16px 18px}
.tile h2{font-size:13px;font-weight:600;color:var(--muted);margin:0}
.tile p{margin:0}
.value{font-size:24px;font-weight:600;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.delta,.delta .change{margin:0;font-size:14px}
.note{font-size:13px;margin-top:8px!important}
.note strong{color:var(--text)}
.plain{margin:0;padding-left:20px;max-width:75ch}
.empty{background:var(--surface);border:1px solid var(--border);border-radius:10px;padding:14px 18px;margin:0 0 12px}
.empty:empty{display:none}
.scroll{overflow-x:auto;background:var(--surface);border:1px solid var(--border);border-radius:10px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:9px 11px;text-align:right;white-space:nowrap;vertical-align:top}
th[scope=row],th:first-child{text-align:left}
th[scope=row]{font-weight:600;max-width:190px;overflow:hidden;text-overflow:ellipsis}
thead th{font-size:13px;color:var(--muted);border-bottom:1px solid var(--border)}
thead th span{display:block;font-weight:400;font-size:12px}
tbody tr+tr>*{border-top:1px solid var(--border)}
.total>*{border-top:2px solid var(--border)!important;font-weight:600}
.change{display:block;white-space:nowrap;font-size:12px;font-weight:600;color:var(--muted)}
.change.good{color:var(--good)}
.change.bad{color:var(--bad)}
figcaption .change{display:inline;margin-left:4px}
figcaption b{display:block;color:var(--text);overflow-wrap:anywhere}
figure{margin:0}
figcaption{font-size:13px;padding:7px 2px 0}
details summary{cursor:pointer;padding:8px 0;color:var(--accent);font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));gap:12px}
.chart{background:var(--surface);border:1px solid var(--border);border-radius:10px;padding:12px 12px 6px}
.chart figcaption{padding:0 2px 4px;color:var(--text);font-weight:600}
.chart svg{display:block;width:100%;height:auto;font:11px system-ui,sans-serif}
.chart text{fill:var(--muted)}
.chart .name{fill:var(--text);font-weight:600}
.grid{stroke:var(--border)}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.line.s0{stroke:var(--accent)}
circle.s0{fill:var(--accent)}
.line.s1{stroke:var(--second);stroke-dasharray:5 3}
circle.s1{fill:var(--second)}
.line.s2{stroke:var(--third);stroke-dasharray:2 2}
circle.s2{fill:var(--third)}
.line.s3{stroke:var(--fourth);stroke-dasharray:8 3 2 3}
circle.s3{fill:var(--fourth)}
.line.s4{stroke:var(--fifth);stroke-dasharray:10 4}
circle.s4{fill:var(--fifth)}
.line.s5{stroke:var(--sixth);stroke-dasharray:1 3}
circle.s5{fill:var(--sixth)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:32px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0;font-size:13px}
dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:40px;font-size:13px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (max-width:520px){main{padding:24px 14px}h1{font-size:27px}
dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@media print{body{background:#fff}.tile,.chart,tr{break-inside:avoid}}
"""
