import { readFileSync } from 'node:fs';
import type { Description } from '../judge.ts';

/** GitHub's own description (github.json), and the refusals that it describes elsewhere (schema `basic-error`). */
export const githubDescription: Description = {
  ...(JSON.parse(readFileSync(new URL('github.json', import.meta.url), 'utf8')) as Description),
  refusals: Object.fromEntries(
    ['401', '403', '404', '422', '429'].map((status) => [
      status,
      { schema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] } },
    ]),
  ),
};
