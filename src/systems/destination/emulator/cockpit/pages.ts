import { html } from 'hono/html';
import type { DestinationRecord, Properties } from '../store.ts';
import { FORMATS } from './files.ts';

type Html = ReturnType<typeof html>;

function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <style>
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
      table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .25rem .5rem; overflow-wrap: anywhere }
    </style>
  </head>
  <body><main><h1>${title}</h1>${content}</main></body>
</html>`;
}

/** Where a page stands, and what its links have to carry along. */
export interface Place {
  readonly path: string;
  readonly query: string;
}

function exportLinks({ path, query }: Place): Html {
  const links = FORMATS.map((format) => html`<a href="${path}/export?format=${format}&${query}">${format}</a> `);
  return html`<p>Export: ${links}</p>`;
}

export function listPage(subaccount: string, place: Place, records: readonly DestinationRecord[]): Html {
  const rows = records.map(
    ({ name, properties }) =>
      html`<tr><td><a href="${place.path}/${encodeURIComponent(name)}?${place.query}">${name}</a></td><td>${properties.Type}</td><td>${properties.URL}</td><td>${properties.Authentication}</td></tr>`,
  );
  return page(
    `Destinations of ${subaccount}`,
    html`<table>
      <thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">URL</th><th scope="col">Authentication</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>
    ${exportLinks(place)}
    <form method="post" enctype="multipart/form-data" action="${place.path}?${place.query}">
      <label>Import a destination <input type="file" name="file" accept=".json,.yaml,.yml,.properties" required></label>
      <button>Import</button>
    </form>`,
  );
}

export function destinationPage(place: Place, name: string, properties: Properties, said?: string): Html {
  const rows = Object.entries(properties).map(
    ([key, value]) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>`,
  );
  return page(
    name,
    html`${said === undefined ? '' : html`<p role="status">${said}</p>`}
    <table><tbody>${rows}</tbody></table>
    ${exportLinks(place)}
    <form method="post" action="${place.path}/check?${place.query}"><button>Check Connection</button></form>`,
  );
}
