import { z } from 'zod';
import { seedId } from '../../../emulation/seed-id.ts';
import { present } from '../../protocols/scim/emulator/document.ts';
import { IAS_SCHEMA } from '../wire.ts';
import { SAP_ID_HOST } from './hosts.ts';
import { createUniversalId, setAccountPassword } from './sap-id/universal-id.ts';
import type { Services } from './services.ts';
import type { Tenant } from './store.ts';
import { createUser } from './users.ts';

const credential = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'name of a credential, e.g. ACME_ADMIN_PASSWORD');

/** The SAP ID service: S- and P-users, and the Universal IDs of persons. Passwords are names of credentials. */
export const sapIdSeed = z.strictObject({
  users: z
    .array(
      z.strictObject({
        /** `P2000000001`, `S0010000001` */
        id: z.string(),
        email: z.string(),
        givenName: z.string().optional(),
        familyName: z.string().optional(),
        credential: credential.optional(),
        /** An S-user is valid as long as its company extends it. */
        validTo: z.string().optional(),
      }),
    )
    .default([]),
  /** In front of all accounts with the address; passwords of those that have a credential are their own ones. */
  universalIds: z.array(z.strictObject({ email: z.string(), credential })).default([]),
});

export async function plantSapId(services: Services, seed: z.infer<typeof sapIdSeed>): Promise<void> {
  const { ctx, store } = services;
  const sapId: Tenant = {
    id: 'sap-id',
    host: SAP_ID_HOST,
    kind: 'sap-id',
    initialPasswordDays: 14,
    customPolicies: [],
  };
  store.tenants.set(sapId.id, sapId);
  const passwordOf = (name: string | undefined) => (name === undefined ? undefined : ctx.credentials.password(name));
  for (const user of seed.users) {
    const { givenName, familyName, validTo } = user;
    const document = present({
      userName: user.id,
      name: present({ givenName, familyName }),
      displayName: [givenName, familyName].filter(Boolean).join(' '),
      emails: [{ value: user.email, type: 'work', primary: true }],
      active: true,
      password: passwordOf(user.credential),
      [IAS_SCHEMA.sap]: present({
        mailVerified: true,
        sendMail: false,
        validTo,
        passwordDetails: user.credential === undefined ? undefined : { status: 'enabled' },
      }),
    });
    await createUser(services, sapId, document, { id: seedId('ias', sapId.id, user.id), userId: user.id });
  }
  for (const { email, credential: name } of seed.universalIds) {
    const { accounts } = await createUniversalId(services, sapId, email, ctx.credentials.password(name));
    for (const { id, credential: own } of seed.users) {
      const user = store.users.get(`${sapId.id}/${seedId('ias', sapId.id, id)}`);
      const password = passwordOf(own);
      if (!user || password === undefined || !accounts.includes(user.id)) continue;
      await setAccountPassword(services, sapId, user, ctx.credentials.password(name), password);
    }
  }
}
