import type { Address } from '../../kernel/address.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ResourceType } from '../../kernel/system.ts';
import { iasClient } from './client.ts';
import { ownUser } from './own-user.ts';
import { ofName } from './seen-user.ts';

export interface ActivationProps {
  readonly host: string;
  readonly userName: string;
  readonly email: string;
  /** `locum:<manifest>/<user>`. */
  readonly mark: string;
  readonly active: boolean;
}

export const ACTIVATION = 'ias/activation';

/** Whether a user may log on at its tenant. A manifest wants every user active; only freezing and thawing speak of it alone. */
export const iasActivation: ResourceType<ActivationProps, { readonly active: boolean }> = {
  type: ACTIVATION,

  async observe(scope, wanted, ctx) {
    const found = await (await iasClient(ctx, scope)).find(wanted.map((resource) => resource.props));
    const objects = new Map<Address, { readonly active: boolean }>();
    for (const { address, props } of wanted) {
      const user = ofName(found, props.userName);
      if (user) objects.set(address, { active: user.active });
    }
    return { objects, extras: [] };
  },

  diff({ props }, observed) {
    if (observed?.active === props.active) return { action: 'none' };
    const before = observed ? { before: observed.active } : {};
    return { action: 'update', changes: [{ path: 'active', ...before, after: props.active }] };
  },

  async converge({ resource: { props } }, ctx): Promise<JsonObject> {
    const client = await iasClient(ctx, props.host);
    const user = await ownUser(client, props);
    await client.patch(
      user.id,
      [{ op: 'replace', path: 'active', value: props.active }],
      'activate or deactivate user',
    );
    return { id: user.id, active: props.active };
  },
};
