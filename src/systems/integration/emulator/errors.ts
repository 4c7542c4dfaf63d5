/** A page as Tomcat makes it; the runtime adds nothing to it (wording assumed). */
export function errorPage(status: 401 | 403 | 404 | 503, headers: Readonly<Record<string, string>> = {}): Response {
  const title = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' }[status];
  const text = `HTTP Status ${status} – ${title}`;
  return new Response(
    `<!doctype html><html lang="en"><head><title>${text}</title></head><body><h1>${text}</h1></body></html>`,
    {
      status,
      headers: { 'content-type': 'text/html;charset=utf-8', ...headers },
    },
  );
}
