import { revocationSignature } from '../clients/hashes.ts';
import type { UaaClient, UaaUser } from '../rows.ts';

/** The signature of new tokens: with the newest secret of a client that has two (UAA UaaTokenServices). */
export function signatureOf(client: UaaClient, user: UaaUser | undefined): string {
  return sign(client, client.secret?.split(' ').at(-1), user);
}

/** The signatures that are good now: one for each secret of the client. */
export function goodSignatures(client: UaaClient, user: UaaUser | undefined): readonly string[] {
  const secrets = client.secret === undefined ? [undefined] : client.secret.split(' ');
  return secrets.map((secret) => sign(client, secret, user));
}

function sign(client: UaaClient, secret: string | undefined, user: UaaUser | undefined): string {
  const person = user ? [user.id, user.password ?? '', user.salt, user.email, user.userName] : [];
  return revocationSignature([client.id, secret, client.tokenSalt, ...person]);
}
