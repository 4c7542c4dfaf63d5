import { z } from 'zod';

/** A base address that secrets may be sent to; a slash at its end is added. */
export const httpsUrl = z
  .string()
  .regex(/^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])[^\s?#]+$/, 'an https address without query')
  .transform((url) => (url.endsWith('/') ? url : `${url}/`));

/** Words with slashes between them. */
export const slashed = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^/\s]+(\/[^/\s]+)*$/, 'words with slashes between them, none at the ends');
