/** @file The page's style: light and dark, one column on a phone, four pages in print, colour never the only cue. */

export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--line:#d0d7de;--blue:#0550ae;--orange:#a04100;--green:#1a7f37;--red:#c0232c;--grey:#6e7781}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--paper:#0d1117;--line:#30363d;--blue:#79c0ff;--orange:#ffa657;--green:#56d364;--red:#ff7b72;--grey:#8b949e}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.2rem;max-width:60rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}
.badge{display:inline-block;padding:.1rem .5rem;border:1px solid currentColor;border-radius:.3rem;font-weight:600}
.soft{color:var(--soft)}.verdict{font-size:1.1rem;margin:.8rem 0}
.gates{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:.5rem;padding:0;list-style:none}
.gates li{border:1px solid var(--line);border-left:.4rem solid var(--grey);border-radius:.3rem;padding:.4rem .6rem}
.gates .green{border-left-color:var(--green)}.gates .red{border-left-color:var(--red)}
.gates b::before{content:"\\2013 ";color:var(--grey)}.gates .green b::before{content:"\\2713 ";color:var(--green)}.gates .red b::before{content:"\\2717 ";color:var(--red)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{padding:.25rem .5rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}td.wrap{white-space:normal}
summary{cursor:pointer;padding:.5rem 0}dt{font-weight:600}dd{margin:0 0 .4rem;overflow-wrap:anywhere}:focus-visible{outline:.15rem solid var(--blue)}figure{margin:.5rem 0}svg{width:100%;height:auto}figcaption span{margin-right:1rem;font-size:.85rem;color:var(--soft)}
figcaption i{display:inline-block;width:.8rem;height:.25rem;margin-right:.3rem;vertical-align:middle}.up-key{border-left:.3rem solid transparent;border-right:.3rem solid transparent;border-bottom:.5rem solid var(--green);width:0;height:0}
.grid{stroke:var(--line);stroke-width:.6}.tick,.unit{font-size:11px;fill:var(--soft)}.line{fill:none;stroke-width:1.4}.area{opacity:.45}.band{opacity:.18}
.up{fill:var(--green)}.down{fill:var(--red)}.gain{color:var(--green)}.loss{color:var(--red)}
code{font-size:.85rem;overflow-wrap:anywhere}
@media (max-width:45rem){.plot svg{min-width:44rem}.tick,.unit{font-size:13px}}
@media print{body{max-width:none;font-size:11px}h2{break-after:avoid}figure,table{break-inside:avoid}}
`;
