import { expect, test } from 'vitest';
import { startEmulators } from '../../emulation/compose.ts';
import { ias } from './index.ts';
import { createLocum, manifestText } from './testing.ts';

async function codes(...users: string[]) {
  const context = await startEmulators({ emulators: [], seed: {} });
  const locum = createLocum({ context, manifest: manifestText(users), env: () => undefined });
  return (await locum.lint()).map((finding) => `${finding.severity} ${finding.code} ${finding.subject}`);
}

test('has nothing to say about a technical user by the book', async () => {
  expect(await codes('name: robot', 'name: other, email: other@sap.invalid, expires: 2026-11-21')).toEqual([]);
});

test.each([
  ['name: robot, email: robot@acme.com', 'warning IAS_MAIL_DOMAIN robot'],
  ['name: robot, email: robot+ci@sap-test.de', 'warning IAS_NAME_CHARACTERS robot'],
  ['name: robot, email: röbot@sap-test.de', 'warning IAS_NAME_CHARACTERS robot'],
  ['name: robot, userType: employee', 'info IAS_USER_TYPE_INACTIVITY robot'],
  ['name: robot, expires: 2026-11-20', 'error IAS_EXPIRES_PASSED robot'],
  ['name: S0012345678', 'warning IAS_NAME_PERSONAL S0012345678'],
  ['name: p2001234567', 'warning IAS_NAME_PERSONAL p2001234567'],
])('judges %s', async (user, finding) => {
  expect(await codes(user)).toEqual([finding]);
});

test('finds the second user of an e-mail, in any case', async () => {
  expect(await codes('name: robot', 'name: other, email: Robot@sap-test.de')).toEqual([
    'error IAS_MAIL_NOT_UNIQUE other',
  ]);
});

test('warns of secrets that never end, of whichever kind', async () => {
  const context = await startEmulators({ emulators: [], seed: {} });
  const common = 'owner: basis@acme.example, purpose: Jobs, identityProvider: acme-platform, clientId: abc';
  const manifest = `${manifestText(['name: robot'])}credentials:
  - { name: guided, kind: ias-client-secret, of: system, displayName: CI, validity: never, ${common} }
  - { name: endless, kind: ias-application-secret, validity: never, ${common} }
  - { name: ending, kind: ias-application-secret, ${common} }
`;
  const locum = createLocum({ context, manifest, env: () => undefined });
  const found = (await locum.lint()).filter(({ code }) => code === 'IAS_SECRET_ENDLESS');
  expect(found.map(({ subject, severity, at }) => [subject, severity, at?.line])).toEqual([
    ['guided', 'warning', expect.any(Number)],
    ['endless', 'warning', expect.any(Number)],
  ]);
});

test('explains every code once', () => {
  const all = [...ias.rules.map((rule) => rule.kind), ...ias.findings];
  expect(new Set(all.map((kind) => kind.code)).size).toBe(all.length);
});
