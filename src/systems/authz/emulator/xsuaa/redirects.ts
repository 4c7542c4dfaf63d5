/** Patterns that are allowed without being listed (btp:f117cab). */
const ALWAYS = ['http://localhost:*/**', 'https://localhost:*/**', 'http://localhost/**', 'https://localhost/**'];

/** Whether an application may be returned to at a URI; `*` is within a label or path segment, `**` any path (btp:517895a). */
export function isAllowedRedirect(registered: readonly string[], uri: string): boolean {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    return false;
  }
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.hash !== '' || url.username !== '') return false;
  const plain = `${url.protocol}//${url.host}${url.pathname}`;
  return [...registered, ...ALWAYS].some((pattern) => expressionOf(pattern).test(plain));
}

/** A URI without wildcards stands for what is below it, too: approuter's callback is not listed in SAP's examples. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/\/+$/, '')
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}${pattern.includes('*') ? '' : '(?:/.*)?'}/?$`, 'i');
}
