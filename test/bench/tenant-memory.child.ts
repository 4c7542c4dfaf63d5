// Opens a landscape with so many users in one tenant, logs one of them on, and prints what it needs as a line of JSON.
import { IAS, openIdentityLandscape } from './identity-landscape.ts';

const users = Number(process.argv[2]);
await using open = await openIdentityLandscape({ users, hashes: 1 });
const form = { grant_type: 'password', username: open.emailOf(users - 1), password: open.password };
const answer = await open.landscape.fetch(`${IAS}/oauth2/token`, {
  method: 'POST',
  headers: { authorization: open.application },
  body: new URLSearchParams(form),
});
if (answer.status !== 200) throw new Error(`the grant was answered ${answer.status}`);
globalThis.gc?.();
const { rss, heapUsed } = process.memoryUsage();
console.log(JSON.stringify({ rss, heapUsed }));
