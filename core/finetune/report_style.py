"""How the report looks and how its wipes move: CSS for both themes and a few lines of script. No content here."""

STYLE = """
:root{color-scheme:light dark;--window:#eef0f3;--surface:#fbfcfd;--border:#c6ccd4;--text:#1a1e24;--muted:#4c5561;
--accent:#0a5fc0;--good:#176b43;--bad:#b3261e;--second:#b0560a;--chosen:#e2ecf8}
@media (prefers-color-scheme:dark){:root{--window:#191b1f;--surface:#212429;--border:#353a42;--text:#e8eaed;
--muted:#a9b1bc;--accent:#62aefc;--good:#5fd39a;--bad:#ff8a80;--second:#f0a04b;--chosen:#243447}}
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
.chosen>*{background:var(--chosen);font-weight:600}
.words{white-space:normal;text-align:left;min-width:180px}
.change{display:block;white-space:nowrap;font-size:12px;font-weight:600;color:var(--muted)}
.change.good{color:var(--good)}
.change.bad{color:var(--bad)}
figcaption .change{display:inline;margin-left:4px}
figcaption b{display:block;color:var(--text);overflow-wrap:anywhere}
.wipes{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:20px;margin-bottom:16px}
figure{margin:0}
.wipe{--cut:50%;position:relative;border-radius:8px;overflow:hidden;background:#000;line-height:0}
.wipe img{width:100%;height:auto;display:block}
.wipe .old{position:absolute;inset:0;height:100%;clip-path:inset(0 calc(100% - var(--cut)) 0 0)}
.wipe input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:ew-resize;touch-action:pan-y}
.cut{position:absolute;top:0;bottom:0;left:var(--cut);width:2px;margin-left:-1px;background:#fff;
box-shadow:0 0 0 1px #0009;pointer-events:none}
.cut::after{content:"◂▸";position:absolute;top:50%;left:50%;transform:translate(-50%,-50%);background:#fff;color:#111;
border-radius:99px;font:600 13px/26px system-ui,sans-serif;width:34px;text-align:center;box-shadow:0 0 0 1px #0009}
.wipe input:focus-visible~.cut{width:4px;margin-left:-2px}
.wipe:has(input:focus-visible){outline:3px solid var(--accent);outline-offset:2px}
.side{position:absolute;top:8px;left:8px;background:#000a;color:#fff;font-size:12px;line-height:1;padding:5px 8px;
border-radius:6px;pointer-events:none}
.side.right{left:auto;right:8px}
figcaption{font-size:13px;padding:7px 2px 0}
.key{display:inline-block;width:16px;height:12px;border-radius:3px;vertical-align:-1px;margin-left:4px}
.key.tint{background:#ff3b5c99;border:1px solid #ff3b5c}
.key.line{background:#fff;border:2px solid #141414;height:7px;vertical-align:1px}
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
.line.s1{stroke:var(--second);stroke-dasharray:5 3}
circle.s0{fill:var(--accent)}
circle.s1{fill:var(--second)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:32px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0;font-size:13px}
dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:40px;font-size:13px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (max-width:520px){main{padding:24px 14px}h1{font-size:27px}.wipes{grid-template-columns:1fr}
dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@media print{body{background:#fff}.wipe,.tile,tr{break-inside:avoid}}
"""

STYLE_WITHOUT_SCRIPT = """
.wipe{display:grid;grid-template-columns:1fr 1fr;gap:2px}
.wipe .old{position:static;clip-path:none;order:-1}
.wipe input,.cut{display:none}
"""

SCRIPT = """
for (const slider of document.querySelectorAll('.wipe input')) {
  slider.addEventListener('input', () => {
    slider.parentElement.style.setProperty('--cut', slider.value + '%');
    slider.setAttribute('aria-valuetext', 'old model left of ' + slider.value + ' percent');
  });
}
"""
