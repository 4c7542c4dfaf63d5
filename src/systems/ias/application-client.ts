import { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { answerOf } from '../protocols/http/answer.ts';
import { tenantApi } from './tenant-api.ts';
import {
  APPLICATION_AUTHENTICATION,
  type ApplicationSecret,
  type AuthorizationScope,
  applicationList,
  applicationSecrets,
  newApplicationSecret,
} from './wire.ts';

const JSON_TYPE = { accept: 'application/json', 'content-type': 'application/json' };

/** An application of a tenant, as a client. */
export interface SeenApplication {
  readonly id: string;
  readonly name: string;
  /** Failed logins of its client ID in a row. */
  readonly failedLogins: number;
  /** Whether failed logins lock its client ID. */
  readonly locks: boolean;
}

/** Calls of the Application Configurations API of one tenant (ias a8fc935). */
export interface ApplicationClient {
  /** The application with a client ID, which is another UUID than its id. */
  find(clientId: string): Promise<SeenApplication | undefined>;
  secrets(application: string): Promise<readonly ApplicationSecret[]>;
  addSecret(
    application: string,
    wish: {
      readonly description: string;
      readonly scopes: readonly AuthorizationScope[];
      /** Epoch milliseconds; absent = it never ends. */
      readonly endsAt?: number;
    },
  ): Promise<{ readonly id: string; readonly secret: Secret }>;
  /** One that is gone is no error. */
  removeSecret(application: string, id: string): Promise<void>;
  /** Ends the lock of its client ID. */
  unlock(application: string): Promise<void>;
}

/** @throws ConfigError without a connection to the tenant */
export async function applicationClient(ctx: SystemContext, host: string): Promise<ApplicationClient> {
  const { applications: send } = await tenantApi(ctx, host);
  const root = `https://${host}/Applications/v1`;
  const secretsUrl = (application: string) => `${root}/${encodeURIComponent(application)}/apiSecrets`;

  return {
    async find(clientId) {
      for (let cursor: string | undefined; ; ) {
        const url = new URL(`${root}/`);
        url.searchParams.set('filter', `clientId eq ${clientId}`);
        if (cursor !== undefined) url.searchParams.set('cursor', cursor);
        const response = await send({ operation: 'find application', url, headers: JSON_TYPE, expect: [200, 404] });
        if (response.status === 404) return undefined;
        const page = await answerOf(applicationList, response);
        // A tenant that does not know the filter gives them all.
        const found = page.applications.find((one) => one[APPLICATION_AUTHENTICATION]?.clientId === clientId);
        if (found) return seen(found);
        if (page.nextCursor === undefined || page.applications.length === 0) return undefined;
        cursor = page.nextCursor;
      }
    },

    async secrets(application) {
      const response = await send({
        operation: 'list secrets of application',
        url: secretsUrl(application),
        headers: JSON_TYPE,
      });
      return (await answerOf(applicationSecrets, response)).secrets;
    },

    async addSecret(application, { description, scopes, endsAt }) {
      const response = await send({
        operation: 'create secret of application',
        method: 'POST',
        url: secretsUrl(application),
        headers: JSON_TYPE,
        body: JSON.stringify({
          description,
          ...(endsAt === undefined ? {} : { validTo: toSeconds(endsAt) }),
          authorizationScopes: scopes,
        }),
        expect: [201],
      });
      const { id, secret } = await answerOf(newApplicationSecret, response);
      return { id, secret: new Secret(secret) };
    },

    async removeSecret(application, id) {
      const url = new URL(secretsUrl(application));
      url.searchParams.set('id', id);
      await send({
        operation: 'delete secret of application',
        method: 'DELETE',
        url,
        headers: JSON_TYPE,
        expect: [200, 204, 404],
      });
    },

    async unlock(application) {
      const path = `/${APPLICATION_AUTHENTICATION}/restApiAuthentication/unlock`;
      await send({
        operation: 'unlock client ID of application',
        method: 'PATCH',
        url: `${root}/${encodeURIComponent(application)}`,
        headers: JSON_TYPE,
        body: JSON.stringify({ operations: [{ op: 'replace', path, value: true }] }),
        expect: [200, 204],
      });
    },
  };
}

function seen(one: ReturnType<typeof applicationList.parse>['applications'][number]): SeenApplication {
  const { failedLoginAttempts = 0, allowLocking = true } = one[APPLICATION_AUTHENTICATION]?.restApiAuthentication ?? {};
  return { id: one.id, name: one.name ?? one.id, failedLogins: failedLoginAttempts, locks: allowLocking };
}

/** As it was recorded: no milliseconds. */
function toSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, '');
}
