import { html, raw } from 'hono/html';
import { encode } from 'uqr';
import type { Html } from './document.ts';

/** A QR code as SVG, drawn as one path of unit squares. */
export function qrCode(text: string): Html {
  const { size, data } = encode(text, { ecc: 'M', border: 4 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the key" shape-rendering="crispEdges"><path d="${raw(squares.join(''))}"/></svg>`;
}
