import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, SubaccountPair } from './store.ts';

/** Subaccounts that stand in for each other (recordings of disaster-recovery/subaccount-pair, July 2026). */
export function createPairSemantics(ctx: EmulatorContext, store: AccountsStore, rights: AccountRights) {
  const pairOf = (subaccount: string) => store.pairs.by('subaccount', subaccount)[0];

  function administers({ caller }: TenantCall, ...subaccounts: readonly string[]): boolean {
    return subaccounts.every((guid) => {
      const subaccount = store.subaccounts.get(guid);
      return subaccount !== undefined && rights.administersSubaccount(caller, subaccount);
    });
  }

  return {
    get({ caller, zone }: TenantCall): Answer {
      const subaccount = store.subaccounts.get(zone.guid);
      if (!subaccount || !rights.readsSubaccount(caller, subaccount)) return notAuthorized();
      const pair = pairOf(zone.guid);
      return pair ? found(view(pair)) : unpaired(zone.guid);
    },

    create(call: TenantCall): Answer {
      const { zone, caller, params } = call;
      const other = params.withSubaccount ?? '';
      const partner = store.subaccounts.get(other);
      if (partner?.globalAccount !== caller.globalAccount.guid || other === zone.guid)
        return refusal(`invalid subaccount ${other}`, ctx.id());
      if (!administers(call, zone.guid, other)) return notAuthorized();
      for (const guid of [zone.guid, other]) {
        const pair = pairOf(guid);
        // Recording resource_disaster_recovery_subaccount_pair.error_existing.
        if (pair) return refusal(`subaccount ${guid} is already paired in subaccount pair ${pair.id}`, ctx.id());
      }
      const pair: SubaccountPair = {
        id: ctx.id(),
        globalAccount: caller.globalAccount.guid,
        subaccounts: [zone.guid, other],
        createdAt: ctx.now(),
        createdBy: caller.user,
      };
      store.pairs.set(pair.id, pair);
      return { status: 201, json: { message: 'Subaccounts are paired successfully' } };
    },

    delete(call: TenantCall): Answer {
      const pair = pairOf(call.zone.guid);
      if (!pair) return unpaired(call.zone.guid);
      if (!administers(call, ...pair.subaccounts)) return notAuthorized();
      store.pairs.delete(pair.id);
      return found({ message: 'Subaccounts are unpaired successfully' });
    },
  };

  function view({ id, globalAccount, subaccounts, createdAt, createdBy }: SubaccountPair): object {
    return {
      created_at: Math.floor(createdAt / 1000),
      created_by: createdBy,
      global_account_id: globalAccount,
      id,
      subaccounts: subaccounts.flatMap((guid) => {
        const subaccount = store.subaccounts.get(guid);
        return subaccount ? [{ id: guid, region: subaccount.region, subdomain: subaccount.subdomain }] : [];
      }),
    };
  }

  /** assumed: code and words. */
  function unpaired(guid: string): Answer {
    const message = `subaccount ${guid} is not paired`;
    const json = { error_code: 'NOT_FOUND', error_message: message, request_id: ctx.id() };
    return { status: 404, json, alike: true };
  }
}

function refusal(message: string, requestId: string): Answer {
  const json = { error_code: 'INVALID_INPUT', error_message: message, request_id: requestId };
  return { status: 400, json, alike: true };
}
