import { openBrowser } from '../browser.fixture.ts';
import { startTenant } from '../tenant.fixture.ts';

/** A tenant with Rosa, who may do everything, and others who may do less. */
export async function startConsole(tenant: object = {}) {
  const person = (userName: string) => ({
    userName,
    email: `${userName}@acme.example`,
    familyName: userName,
    credential: userName.toUpperCase(),
  });
  const running = await startTenant({
    tenant: {
      users: ['rosa', 'uma', 'reader', 'nobody'].map(person),
      administrators: [
        {
          name: 'Locum',
          clientId: 'IAS_ID',
          clientSecret: 'IAS_SECRET',
          permissions: ['Manage Users', 'Manage Groups'],
        },
        { user: 'rosa' },
        { user: 'uma', permissions: ['Manage Users'] },
        { user: 'reader', permissions: ['Read Users'] },
      ],
      policyAuthorizations: true,
      groups: [{ displayName: 'technical_users - MANAGE_TECHNICAL_USERS', members: ['rosa'] }],
      ...tenant,
    },
  });
  const enter = async (userName: string, path = '/admin') => {
    const browser = openBrowser(running.fetch);
    const page = await browser.signIn(userName, running.credential(userName.toUpperCase()), path);
    return { ...browser, page };
  };
  return { ...running, enter };
}

export type RunningConsole = Awaited<ReturnType<typeof startConsole>>;
