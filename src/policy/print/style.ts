/** For paper first: A4, black on white, no row torn apart. */
export const STYLE = `
@page{size:A4;margin:14mm}
*{box-sizing:border-box}
body{font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;color:#101828;background:#fff;margin:0 auto;padding:24px;max-width:1100px}
h1{font-size:26px;margin:0}
h2{font-size:19px;margin:28px 0 8px;border-bottom:2px solid #101828;padding-bottom:4px}
h3{font-size:14px;margin:12px 0 4px}
small{color:#475467;font-size:12px}
code{font-size:12px}
table{width:100%;border-collapse:collapse;margin:8px 0 16px}
caption{text-align:left;padding:6px 0}
th,td{border-bottom:1px solid #d0d5dd;padding:5px 8px 5px 0;text-align:left;vertical-align:top}
thead th{font-size:12px;color:#475467;font-weight:600}
tr{break-inside:avoid}
td ul{margin:4px 0 0;padding-left:18px}
q{color:#475467}
blockquote{margin:8px 0;padding:8px 12px;border-left:3px solid #98a2b3;white-space:pre-wrap}
figure{margin:0;overflow-x:auto}
figure svg{width:100%;height:auto}
.boxes{list-style:none;padding-left:0}
.boxes li{break-inside:avoid;padding:3px 0 3px 24px;position:relative}
.boxes li::before{content:"";position:absolute;left:0;top:7px;width:12px;height:12px;border:1.5px solid #101828}
.P1,.P2,.P3,.P4{display:inline-block;min-width:30px;padding:1px 7px;border:1px solid;border-radius:4px;font-weight:700;text-align:center}
.P1{color:#b42318;background:#fef3f2}
.P2{color:#b93815;background:#fff6ed}
.P3{color:#854a0e;background:#fefbe8}
.P4{color:#087443;background:#f6fef9}
@media print{body{padding:0;max-width:none;font-size:11px}.page{break-before:page}h2{break-after:avoid}.wide{break-before:page}}
`
