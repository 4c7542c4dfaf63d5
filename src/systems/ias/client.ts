import { ZodError } from 'zod';
import { createBudget } from '../../kernel/budget.ts';
import type { LoginOutcome } from '../../kernel/doctor/logins.ts';
import { RemoteError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { SystemContext } from '../../kernel/system.ts';
import { createHttp } from '../protocols/http/client.ts';
import { batchesOf, eq, listAll, type Patch, patchBody } from '../protocols/scim/client.ts';
import { SCIM_MEDIA_TYPE } from '../protocols/scim/wire.ts';
import { type SeenUser, seenUser } from './seen-user.ts';
import { type TenantApi, tenantApi } from './tenant-api.ts';
import { IAS_SCHEMA, MESSAGE_CODE_HEADER, passwordServiceAnswer, userResource } from './wire.ts';

/** Users that one query asks for: each may be found by name and by e-mail, and both must fit a page of 100. */
const USERS_PER_QUERY = 50;

/** A password that a logon proved; `change-required`: it is right, but initial or expired. */
export type Proof = 'proven' | 'change-required';

/** Typed calls to one IAS tenant. */
export interface IasClient {
  readonly host: string;
  /** Users that have one of these login names or e-mails. Calls grow with pages, not with users. */
  find(wanted: readonly { readonly userName: string; readonly email: string }[]): Promise<readonly SeenUser[]>;
  /** Asks the tenant to describe itself: it is there and takes our credentials. */
  describe(): Promise<void>;
  create(user: JsonObject): Promise<SeenUser>;
  patch(id: string, operations: readonly Patch[], operation?: string): Promise<void>;
  /**
   * Sets a definitive password, and unlocks. With a version the tenant refuses with 412 when the user is another one by now: a
   * request that comes late undoes nothing.
   */
  setPassword(id: string, password: Secret, version?: string): Promise<void>;
  /** Ends a lock after failed logons. */
  unlock(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Proves a password by one logon at the password service. Call it through the login guard. */
  logOn(userName: string, password: Secret): Promise<Exclude<LoginOutcome<Proof>, { status: 'spared' }>>;
}

/** The client of a tenant; one per host, engine and login, so that who asks the same at the same time is answered once. */
export async function iasClient(ctx: SystemContext, host: string): Promise<IasClient> {
  const api = await tenantApi(ctx, host);
  return ctx.memo(`ias/client/${host}/${api.login}`, async () => connect(ctx, api));
}

function connect(ctx: SystemContext, { host, scim }: TenantApi): IasClient {
  const headers = { accept: SCIM_MEDIA_TYPE, 'content-type': SCIM_MEDIA_TYPE };
  const service = createHttp({ system: 'ias', ctx, budget: createBudget({ concurrency: 4 }, ctx) });
  const users = `https://${host}/scim/Users`;
  const userUrl = (userId: string) => `${users}/${encodeURIComponent(userId)}`;
  const asked = new Map<string, Promise<readonly SeenUser[]>>();

  async function patch(
    userId: string,
    operations: readonly Patch[],
    operation = 'update user',
    version?: string,
  ): Promise<void> {
    const body = JSON.stringify(patchBody(operations));
    const match: Record<string, string> = version === undefined ? {} : { 'if-match': `"${version}"` };
    await scim({
      operation,
      method: 'PATCH',
      url: userUrl(userId),
      headers: { ...headers, ...match },
      body,
      expect: [200, 204],
    });
  }

  async function query(filters: readonly string[]): Promise<readonly SeenUser[]> {
    const pages = await Promise.all(
      batchesOf(filters, USERS_PER_QUERY).map((filter) =>
        listAll(scim, { operation: 'find users', url: users, headers, filter, resource: userResource }),
      ),
    ).catch((error: unknown) => {
      throw unreadable('find users', error);
    });
    return pages.flat().map(seenUser);
  }

  return {
    host,
    find(wanted) {
      const filters = wanted.map(
        ({ userName, email }) => `${eq('userName', userName)} or ${eq('emails.value', email)}`,
      );
      // Users and passwords are observed side by side and ask the same: one answer serves both.
      const key = filters.join('\n');
      const underWay = asked.get(key);
      if (underWay) return underWay;
      const fresh = query(filters).finally(() => asked.delete(key));
      asked.set(key, fresh);
      return fresh;
    },
    async describe() {
      const url = `https://${host}/scim/ServiceProviderConfig`;
      await scim({ operation: 'read service provider configuration', url, headers });
    },
    async create(user) {
      const body = JSON.stringify(user);
      const call = { operation: 'create user', method: 'POST', url: users, headers, body, expect: [201] };
      const response = await scim(call);
      try {
        return seenUser(userResource.parse(await response.json()));
      } catch (error) {
        throw unreadable('create user', error);
      }
    },
    patch: (userId, operations, operation) => patch(userId, operations, operation),
    setPassword: (userId, password, version) =>
      patch(
        userId,
        [
          { op: 'replace', path: 'password', value: password.reveal() },
          // Without it the password would be initial and had to be changed at the first logon (ias dbe3c08).
          { op: 'replace', path: `${IAS_SCHEMA.sap}:passwordDetails.status`, value: 'enabled' },
          { op: 'replace', path: `${IAS_SCHEMA.sap}:passwordDetails.failedLoginAttempts`, value: 0 },
        ],
        'set password',
        version,
      ),
    unlock: (userId) =>
      patch(
        userId,
        [{ op: 'replace', path: `${IAS_SCHEMA.sap}:passwordDetails.failedLoginAttempts`, value: 0 }],
        'unlock user',
      ),
    async remove(userId) {
      await scim({ operation: 'delete user', method: 'DELETE', url: userUrl(userId), headers, expect: [204, 404] });
    },
    async logOn(userName, password) {
      const credentials = Buffer.from(`${userName}:${password.reveal()}`).toString('base64');
      const response = await service({
        operation: 'prove password',
        method: 'POST',
        url: `https://${host}/service/users/password`,
        headers: { authorization: `Basic ${credentials}`, accept: 'application/json' },
        expect: [200, 401],
        mutation: true,
      });
      if (response.status === 200) {
        const answer = passwordServiceAnswer.safeParse(await response.json().catch(() => undefined));
        // A proxy's friendly page is no proof.
        if (!answer.success) throw unreadable('prove password', answer.error);
        return { status: 'accepted', value: 'proven' };
      }
      await response.body?.cancel();
      const code = response.headers.get(MESSAGE_CODE_HEADER);
      // The password was right: nothing is spent.
      if (code === 'PASSWORD_CHANGE_REQUIRED') return { status: 'accepted', value: 'change-required' };
      return { status: 'refused', reason: code?.slice(0, 60) ?? 'wrong user name or password' };
    },
  };
}

function unreadable(operation: string, cause: unknown): unknown {
  if (!(cause instanceof ZodError)) return cause;
  const remedy = 'check the host of the identity provider: its answer is not that of an IAS tenant';
  return new RemoteError('ERR_REMOTE_BROKEN', { system: 'ias', operation, status: 200, remedy, cause });
}
