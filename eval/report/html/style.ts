/** The look of the report; it follows the reader's light or dark setting and prints on paper. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2733;--soft:#5c6b7a;--line:#dfe5ea;--page:#f6f8fa;--card:#fff;--good:#1a7f5a;--bad:#c2362f;--accent:#2458a6;--mark:#ffe9a8;--yes:#1a7f5a;--no:#c2362f}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#97a5b3;--line:#2c3743;--page:#11171d;--card:#1a222b;--good:#4cc296;--bad:#f0766f;--accent:#7fb0ff;--mark:#5a4a12;--yes:#1f7a58;--no:#a93a34}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 80px}h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:44px 0 4px}h3{font-size:14px;margin:0 0 10px;color:var(--soft);font-weight:600}
.soft{color:var(--soft)}.verdict{display:inline-block;padding:2px 12px;border-radius:99px;font-weight:600;color:#fff;background:var(--yes)}.verdict.no{background:var(--no)}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(330px,1fr));gap:16px;margin:16px 0}.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;overflow:auto}.wide{grid-column:1/-1}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600;color:var(--soft);font-size:13px}td.n,th.n{text-align:right;white-space:nowrap}
.pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}.tile b{display:block;white-space:nowrap;font-size:26px;line-height:1.2}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(230px,1fr));gap:12px;margin:14px 0}
svg{width:100%;max-width:640px;height:auto;display:block}svg text{fill:var(--soft);font:11px system-ui,sans-serif}svg text.axis{font-size:12px}svg text.count{fill:var(--ink);font-weight:600}.grid-line,svg .grid{stroke:var(--line);fill:none}svg .guide{stroke:var(--soft);stroke-dasharray:4 4;fill:none}svg .curve{stroke:var(--accent);stroke-width:2;fill:none}svg .right{fill:var(--good)}svg .wrong{fill:var(--bad)}svg .track{fill:var(--line)}
.controls{display:flex;flex-wrap:wrap;gap:10px;margin:14px 0}input,select{font:inherit;padding:7px 10px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--ink)}input{flex:1 1 260px}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:8px 0;padding:0 14px}summary{cursor:pointer;padding:10px 0;overflow-wrap:anywhere}details pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace;background:var(--page);border-radius:8px;padding:10px;margin:0 0 12px}
.tag{display:inline-block;font-size:12px;border:1px solid var(--line);border-radius:6px;padding:0 6px;margin-left:6px;color:var(--soft)}mark{background:var(--mark);color:inherit;border-radius:3px}
a{color:var(--accent)}details.more{padding:0 14px 4px}details.more>summary{font-weight:600;color:var(--soft)}details.more .card{background:var(--page)}section{scroll-margin-top:12px}
@media(max-width:600px){main{padding:20px 12px 60px}.card{padding:12px}th,td{padding:5px 6px 5px 0;font-size:13px}.tile b{font-size:21px}.grid{grid-template-columns:1fr}.tiles{grid-template-columns:1fr 1fr}}
@media print{.controls{display:none}.card,details{break-inside:avoid}}
`
