/** How the page looks. Charts take their colours from the same variables. */

const LIGHT =
  "--ink:#1b1f24;--dim:#57606a;--line:#d0d7de;--page:#ffffff;--soft:#f6f8fa;--mark:#fff3d6;--ai:#b0440c;--rest:#1f5fbf;";
const DARK =
  "--ink:#e6e9ed;--dim:#a3acb8;--line:#3b434d;--page:#14181d;--soft:#1c2229;--mark:#3a2d10;--ai:#f5a15c;--rest:#83b4ff;";

export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
body.vscode-light{${LIGHT}color-scheme:light}
body.vscode-dark{${DARK}color-scheme:dark}
body.vscode-high-contrast{${DARK}--page:#000000;--line:#8a94a0}
body.vscode-high-contrast-light{${LIGHT}--line:#57606a}
html{background:var(--page)}
body{margin:0;padding:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.2rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}
p,li{max-width:48rem;overflow-wrap:anywhere}
.facts{color:var(--dim);margin:0}
ul{padding-left:1.2rem}
li{margin:.3rem 0}
.wide{overflow-x:auto;margin:.8rem 0}
.wide:focus-visible{outline:2px solid var(--rest);outline-offset:2px}
.chart svg{display:block;width:100%;min-width:34rem;height:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--dim);padding:.2rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);overflow-wrap:break-word}
td:not(.n){min-width:7rem}
thead th{border-bottom:2px solid var(--line);font-weight:600;overflow-wrap:normal}
tbody th{font-weight:600;min-width:6rem}
tbody th.part{font-weight:400;padding-left:1rem}
.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
tr.marked th,tr.marked td{background:var(--mark)}
@media print{
:root,body,body.vscode-dark{${LIGHT}color-scheme:light}
main{max-width:none;padding:0}
.wide{overflow:visible}
.chart svg{min-width:0}
h2{break-after:avoid}
tr,.chart{break-inside:avoid}
body{font-size:10pt}
table{font-size:8.5pt}
th,td{padding-right:.4rem}
td:not(.n),tbody th{min-width:0}
td.n{white-space:normal}
}
`;
