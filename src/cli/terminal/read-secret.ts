import { Secret } from '../../kernel/secret.ts';
import type { Io } from '../io.ts';
import type { Ask } from '../parts/parts.ts';
import { UsageError } from '../usage-error.ts';

/** Largest secret in characters; a service key with certificates fits. */
const MAX_SECRET = 64 * 1024;

/** Reads a secret: asked for on a terminal, else all of stdin. One line break at the end is not part of it. */
export async function readSecret(io: Io, ask: Ask, question: string): Promise<Secret> {
  if (io.stdin.isTTY) {
    const answer = await ask.secret(question);
    if (!answer) throw new UsageError('no secret was given');
    return answer;
  }
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of io.stdin) {
    text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    if (text.length > MAX_SECRET) throw new UsageError(`a secret has at most ${MAX_SECRET} characters`);
  }
  const secret = (text + decoder.decode()).replace(/\r?\n$/, '');
  if (secret === '')
    throw new UsageError('stdin is empty', 'pipe the secret in: printf %s "$SECRET" | locum vault set NAME');
  return new Secret(secret);
}
