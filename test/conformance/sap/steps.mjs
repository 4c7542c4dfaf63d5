// A script of this workspace tells on stdout what it did: `ok NAME`, or `not ok NAME: message` and then it ends.
import { readFileSync } from 'node:fs';

/** What the runner hands in on stdin. */
export const given = JSON.parse(readFileSync(0, 'utf8'));

export async function step(name, act) {
  try {
    const result = await act();
    console.log(`ok ${name}`);
    return result;
  } catch (error) {
    console.log(`not ok ${name}: ${error?.message ?? error}`);
    console.error(error);
    process.exit(1);
  }
}

/** A token whose claims were changed after it was signed. */
export function tampered(token) {
  const [header, payload, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  claims.scope = ['everything'];
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}
