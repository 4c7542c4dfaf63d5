import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { Caller, CommandCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { entitlementViews } from './entitlement-views.ts';
import { jobId } from './operations.ts';
import { invalid, isAnswer } from './parameters.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, Assignment, Entitlement } from './store.ts';

/** assumed: no assignment to a subaccount was recorded from its beginning to its end. */
const DURATION_MS = 5_000;

/** What a command is about: a subaccount or a directory. */
interface Target {
  readonly guid: string;
  readonly kind: Assignment['kind'];
  readonly parent: string;
}

/** Service plans that a global account is entitled to, and their assignment to its accounts (notes §2.15; no recording). */
export function createEntitlementSemantics(ctx: EmulatorContext, store: AccountsStore, rights: AccountRights) {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);

  function subaccountOf(caller: Caller, guid: string): Target | Answer {
    const subaccount = store.subaccounts.get(guid);
    if (subaccount?.globalAccount !== caller.globalAccount.guid)
      return cisFailure(`Subaccount ${guid} not found`, 20004, 404);
    if (!rights.readsSubaccount(caller, subaccount)) return notAuthorized();
    return { guid, kind: 'SUBACCOUNT', parent: subaccount.parent ?? subaccount.globalAccount };
  }

  function directoryOf(caller: Caller, guid: string): Target | Answer {
    const directory = store.directories.get(guid);
    if (directory?.globalAccount !== caller.globalAccount.guid) return cisFailure(`Could not find ${guid}`, 20002, 404);
    if (!rights.readsDirectory(caller, directory)) return notAuthorized();
    return { guid, kind: 'DIRECTORY', parent: directory.parent ?? directory.globalAccount };
  }

  const keyOf = (target: string, { service, plan }: Pick<Entitlement, 'service' | 'plan'>) =>
    `${target}/${service}/${plan}`;

  const inProcess = ({ since, kind }: Assignment) =>
    takesTime && kind === 'SUBACCOUNT' && ctx.now() < since + DURATION_MS;

  /** What others hold of a limited plan. */
  function held(entitlement: Entitlement, except: string): number {
    return store.assignments
      .by('plan', keyOf(entitlement.globalAccount, entitlement))
      .filter((assignment) => assignment.target !== except)
      .reduce((sum, assignment) => sum + (assignment.amount ?? 0), 0);
  }

  /** `amount` of a limited plan, `enable` of an unlimited one; undefined = it is taken away. */
  function wanted(
    entitlement: Entitlement,
    params: CommandCall['params'],
    target: string,
  ): number | undefined | Answer {
    if (entitlement.amount === undefined) return params.enable === 'false' || params.amount === '0' ? undefined : 1;
    const amount = Number(params.amount ?? Number.NaN);
    if (!Number.isInteger(amount) || amount < 0) return invalid(`Invalid amount ${params.amount}`);
    if (held(entitlement, target) + amount > entitlement.amount)
      return invalid(`Not enough quota of plan ${entitlement.plan} of service ${entitlement.service}`);
    return amount === 0 ? undefined : amount;
  }

  return {
    list({ caller, params }: CommandCall): Answer {
      const { directory, subaccountFilter } = params;
      const all = store.entitlements.by('globalAccount', caller.globalAccount.guid);
      if (directory === undefined && subaccountFilter === undefined) {
        if (!rights.readsAll(caller)) return notAuthorized();
        const assignments = all.flatMap((one) => store.assignments.by('plan', keyOf(one.globalAccount, one)));
        return found(entitlementViews(all, assignments, inProcess));
      }
      const target =
        subaccountFilter === undefined ? directoryOf(caller, directory ?? '') : subaccountOf(caller, subaccountFilter);
      if (isAnswer(target)) return target;
      const assignments = store.assignments.by('target', target.guid);
      const entitled = all.filter((one) =>
        assignments.some((row) => row.service === one.service && row.plan === one.plan),
      );
      return found(entitlementViews(entitled, assignments, inProcess));
    },

    /** To a subaccount it takes its time, to a directory it is done at once and answered with `null`. */
    assign({ caller, params }: CommandCall): Answer {
      const { subaccount, directory = '', serviceName = '', servicePlanName = '' } = params;
      const target = subaccount === undefined ? directoryOf(caller, directory) : subaccountOf(caller, subaccount);
      if (isAnswer(target)) return target;
      const above = target.parent === caller.globalAccount.guid ? undefined : target.parent;
      if (!rights.administersBelow(caller, above)) return notAuthorized();
      const globalAccount = caller.globalAccount.guid;
      const entitlement = store.entitlements.get(keyOf(globalAccount, { service: serviceName, plan: servicePlanName }));
      // assumed: the words.
      if (!entitlement) return invalid(`No entitlement to plan ${servicePlanName} of service ${serviceName}`);
      const amount = wanted(entitlement, params, target.guid);
      if (typeof amount === 'object') return amount;
      const key = keyOf(target.guid, entitlement);
      if (amount === undefined) store.assignments.delete(key);
      else {
        store.assignments.set(key, {
          target: target.guid,
          kind: target.kind,
          globalAccount,
          parent: target.parent,
          service: serviceName,
          plan: servicePlanName,
          amount,
          autoAssign: params.autoAssign === 'true',
          createdAt: store.assignments.get(key)?.createdAt ?? ctx.now(),
          since: ctx.now(),
        });
      }
      return target.kind === 'DIRECTORY' ? found(null) : found({ jobId: jobId(ctx.now()) });
    },
  };
}
