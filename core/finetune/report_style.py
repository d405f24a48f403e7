"""How the report's wipes look and move: CSS and a few lines of script. What every page shares: exchange.html_page."""

STYLE = """
.chosen>*{background:var(--chosen);font-weight:600}
.words{white-space:normal;text-align:left;min-width:180px}
.wipes{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:20px;margin-bottom:16px}
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
.key{display:inline-block;width:16px;height:12px;border-radius:3px;vertical-align:-1px;margin-left:4px}
.key.tint{background:#ff3b5c99;border:1px solid #ff3b5c}
.key.line{background:#fff;border:2px solid #141414;height:7px;vertical-align:1px}
@media (max-width:520px){.wipes{grid-template-columns:1fr}}
@media print{.wipe{break-inside:avoid}}
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
