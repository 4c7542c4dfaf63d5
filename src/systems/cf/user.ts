import { RemoteError } from '../../kernel/errors.ts';
import type { ResourceType } from '../../kernel/system.ts';
import { identityOf } from '../protocols/cf-v3/login.ts';
import { explainRefusal } from '../protocols/cf-v3/refusal.ts';
import { cloudController } from './client.ts';
import { logInUser } from './login.ts';
import { type CfUserProps, identityKey } from './props.ts';

/** A shadow user of UAA, as observed. */
export interface ObservedUser {
  readonly guid: string;
}

/**
 * `cf/user`: the shadow user in a landscape's UAA. Nobody but UAA can make it, at the user's first login, so that is how
 * it is made. Customers see it only while it is a member of one of their orgs: without a role it counts as missing, and
 * the login is repeated, which changes nothing.
 */
export const userType: ResourceType<CfUserProps, ObservedUser> = {
  type: 'cf/user',
  async observe(api, wanted, ctx) {
    const controller = await cloudController(ctx, api);
    const roles = await controller.orgRoles(wanted.flatMap((resource) => resource.props.orgs));
    const members = new Map(roles.map((role) => [role.identity && identityKey(role.identity), role.user]));
    const objects = new Map<string, ObservedUser>();
    const missing = [];
    for (const { address, props } of wanted) {
      const guid = members.get(identityKey(props));
      if (guid === undefined) missing.push({ address, props });
      else objects.set(address, { guid });
    }
    if (missing.length > 0) {
      const found = await controller.users(missing.map(({ props }) => props));
      for (const { address, props } of missing) {
        const guid = found.get(props);
        if (guid !== undefined) objects.set(address, { guid });
      }
    }
    return { objects, extras: [] };
  },
  diff({ props }, observed) {
    if (observed) return { action: 'none' };
    return {
      action: 'create',
      changes: [
        { path: 'username', after: props.email },
        { path: 'origin', after: props.originKey },
      ],
      because: 'UAA makes its shadow user at the first login',
    };
  },
  async converge({ resource: { props, user } }, ctx) {
    const { api, email, originKey } = props;
    const login = { user: user ?? email, api, email, originKey };
    const { landscape, outcome } = await logInUser(ctx, login, { fresh: true });
    if (outcome.status !== 'accepted') {
      const refusal = explainRefusal(outcome.reason, { user: login.user, originKey, landscape: landscape.name });
      const because = outcome.status === 'spared' ? `not tried, as a login was refused before: ` : '';
      throw new RemoteError('ERR_REMOTE_CREDENTIALS', {
        system: 'cf',
        operation: `first login of ${login.user} at ${landscape.name} (${because}${refusal.because})`,
        status: 401,
        serviceCode: refusal.code,
        remedy: refusal.remedy,
      });
    }
    const { userId, userName, originKey: origin } = identityOf(outcome.value);
    return { user_id: userId, user_name: userName, origin };
  },
};
