import { html } from 'hono/html';
import type { Landscape } from '../api.ts';

/** A plain page that tells what the landscape is up to. */
export function summaryPage(landscape: Landscape) {
  const addresses = landscape.addresses();
  const faults = landscape.faults.list();
  const requests = landscape.requests.list({ limit: 25 }).toReversed();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Locum local landscape</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1d2d3e }
h2 { font-size: 1.1rem; margin-top: 2rem } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #d9d9d9; vertical-align: top; word-break: break-all }
code { font-size: .9em }
</style>
</head>
<body>
<h1>Locum local landscape</h1>
<p>Its clock says ${new Date(landscape.clock.now()).toISOString()}. The proxy is at <code>${addresses?.proxy ?? '-'}</code>;
<code>eval "$(npx locum env)"</code> points a shell at it. See also <a href="/hosts">/hosts</a>, <a href="/faults">/faults</a>,
<a href="/requests">/requests</a>, <a href="/clock">/clock</a>, <a href="/seed">/seed</a>.</p>
<h2>Services</h2>
<table><tr><th>Production host</th><th>Plain port</th></tr>
${Object.entries(addresses?.origins ?? {}).map(
  ([host, origin]) => html`<tr><td>${host}</td><td><code>${origin}</code></td></tr>
`,
)}</table>
<h2>Faults</h2>
${
  faults.length === 0
    ? html`<p>None.</p>`
    : html`<table><tr><th>Rule</th><th>Seen</th><th>Struck</th></tr>
${faults.map(
  ({
    rule,
    seen,
    struck,
  }) => html`<tr><td><code>${JSON.stringify(rule)}</code></td><td>${seen}</td><td>${struck}</td></tr>
`,
)}</table>`
}
<h2>Last requests</h2>
<table><tr><th>Time</th><th>Request</th><th>Answer</th><th>ms</th></tr>
${requests.map(
  (request) =>
    html`<tr><td>${new Date(request.time).toISOString()}</td><td><code>${request.method} ${request.url}</code></td><td>${request.status ?? request.outcome}</td><td>${request.durationMs}</td></tr>
`,
)}</table>
</body>
</html>
`;
}
