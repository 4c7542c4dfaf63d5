import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { Caller, CommandCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { type Entitled, entitlementViews } from './entitlement-views.ts';
import { jobId } from './operations.ts';
import { invalid, isAnswer } from './parameters.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, Assignment, Entitlement } from './store.ts';
import { managing } from './views.ts';

/** assumed: recorded are two answers, of which the later has it done. */
const DURATION_MS = 5_000;

/** What a command is about: a subaccount or a directory. */
interface Target {
  readonly guid: string;
  readonly kind: Assignment['kind'];
  /** Who gives it its entitlements: the nearest directory that manages them, or the global account. */
  readonly parent: string;
}

/** Service plans that a global account is entitled to, and how they are handed down (notes §2.15). */
export function createEntitlementSemantics(ctx: EmulatorContext, store: AccountsStore, rights: AccountRights) {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);

  function subaccountOf(caller: Caller, guid: string): Target | Answer {
    const subaccount = store.subaccounts.get(guid);
    if (subaccount?.globalAccount !== caller.globalAccount.guid)
      return cisFailure(`Subaccount ${guid} not found`, 20004, 404);
    if (!rights.readsSubaccount(caller, subaccount)) return notAuthorized();
    return { guid, kind: 'SUBACCOUNT', parent: managing(store, subaccount.parent, subaccount.globalAccount) };
  }

  function directoryOf(caller: Caller, guid: string): Target | Answer {
    const directory = store.directories.get(guid);
    // Recording list_resource_directory_entitlement_not_found.
    if (directory?.globalAccount !== caller.globalAccount.guid) {
      const parent = caller.globalAccount.guid;
      return invalid(`Service plan assignment not allowed for directory ${guid}, not child of parent ${parent}.`);
    }
    if (!rights.readsDirectory(caller, directory)) return notAuthorized();
    return { guid, kind: 'DIRECTORY', parent: managing(store, directory.parent, directory.globalAccount) };
  }

  const inProcess = ({ since, kind }: Assignment) =>
    takesTime && kind === 'SUBACCOUNT' && ctx.now() < since + DURATION_MS;

  const assignmentsBelow = (parent: string, { uniqueIdentifier }: Entitlement) =>
    store.assignments.by('parent', parent).filter((one) => one.uniqueIdentifier === uniqueIdentifier);

  const assignmentTo = (target: string, { uniqueIdentifier }: Entitlement) =>
    store.assignments.get(`${target}/${uniqueIdentifier}`);

  /** What a directory or the global account may hand down. */
  function entitledTo(parent: string, globalAccount: string): readonly Entitled[] {
    return store.entitlements.by('globalAccount', globalAccount).flatMap((entitlement) => {
      const given = parent === globalAccount ? undefined : assignmentTo(parent, entitlement);
      if (parent !== globalAccount && !given) return [];
      const amount = given ? given.amount : entitlement.amount;
      return [{ entitlement, amount, below: assignmentsBelow(parent, entitlement) }];
    });
  }

  /** `amount` of a limited plan, `enable` of an unlimited one; undefined = it is taken away. */
  function wanted({ entitlement, amount: limit, below }: Entitled, params: CommandCall['params'], target: string) {
    if (entitlement.amount === undefined)
      return params.enable === 'false' || params.amount === '0' ? undefined : (limit ?? 1);
    const amount = Number(params.amount ?? (params.enable === 'false' ? 0 : Number.NaN));
    if (!Number.isInteger(amount) || amount < 0) return invalid(`Invalid amount ${params.amount}`);
    const held = below.filter((one) => one.target !== target).reduce((sum, one) => sum + one.amount, 0);
    if (held + amount > (limit ?? 0))
      return invalid(`Not enough quota of plan ${entitlement.plan} of service ${entitlement.service}`);
    return amount === 0 ? undefined : amount;
  }

  /** Undefined takes it away. */
  function give(entitlement: Entitlement, target: Target, amount: number | undefined, autoAssign: boolean): void {
    const { globalAccount, uniqueIdentifier } = entitlement;
    const key = `${target.guid}/${uniqueIdentifier}`;
    if (amount === undefined) {
      store.assignments.delete(key);
      return;
    }
    const { guid, kind, parent } = target;
    const [createdAt, since] = [store.assignments.get(key)?.createdAt ?? ctx.now(), ctx.now()];
    const assigned = { target: guid, kind, globalAccount, parent, uniqueIdentifier, amount, autoAssign };
    store.assignments.set(key, { ...assigned, createdAt, since });
  }

  /** To the subaccounts that are in a directory already (`distribute`), as far as the quota goes. */
  function distribute(entitlement: Entitlement, directory: string, quota: number, each: number): void {
    const below = store.subaccounts
      .by('globalAccount', entitlement.globalAccount)
      .filter(({ parent, globalAccount }) => managing(store, parent, globalAccount) === directory);
    let left = quota;
    for (const { guid } of below) {
      if (each <= 0 || (entitlement.amount !== undefined && left < each)) return;
      left -= each;
      give(entitlement, { guid, kind: 'SUBACCOUNT', parent: directory }, each, true);
    }
  }

  return {
    list({ caller, params }: CommandCall): Answer {
      const { directory, subaccountFilter } = params;
      const globalAccount = caller.globalAccount.guid;
      const targetOf = () =>
        subaccountFilter === undefined ? directoryOf(caller, directory ?? '') : subaccountOf(caller, subaccountFilter);
      if (directory === undefined && subaccountFilter === undefined) {
        if (!rights.readsAll(caller)) return notAuthorized();
        return found(entitlementViews(entitledTo(globalAccount, globalAccount), inProcess));
      }
      // A filter that nothing matches: the plans are shown, and nobody has any (recording datasource_subaccount_entitlements.subacount_id_invalid).
      const known = subaccountFilter === undefined || store.subaccounts.get(subaccountFilter) !== undefined;
      if (!known && rights.readsAll(caller))
        return found(entitlementViews(entitledTo(directory ?? globalAccount, globalAccount), inProcess, () => false));
      const target = targetOf();
      if (isAnswer(target)) return target;
      // A directory shows what it has and hands down, a subaccount what its parent has and itself got of it.
      if (target.kind === 'DIRECTORY')
        return found(entitlementViews(entitledTo(target.guid, globalAccount), inProcess));
      const entitled = entitledTo(target.parent, globalAccount);
      return found(entitlementViews(entitled, inProcess, (one) => one.target === target.guid));
    },

    /** To a subaccount it takes its time, to a directory it is done at once and answered with `null`. */
    assign({ caller, params }: CommandCall): Answer {
      const { subaccount, directory = '', serviceName = '', servicePlanName = '', planUniqueIdentifier } = params;
      const target = subaccount === undefined ? directoryOf(caller, directory) : subaccountOf(caller, subaccount);
      if (isAnswer(target)) return target;
      const globalAccount = caller.globalAccount.guid;
      const above = target.parent === globalAccount ? undefined : target.parent;
      if (!rights.administersBelow(caller, above)) return notAuthorized();
      const entitled = entitledTo(target.parent, globalAccount).find(
        ({ entitlement }) =>
          entitlement.service === serviceName &&
          entitlement.plan === servicePlanName &&
          (planUniqueIdentifier === undefined || entitlement.uniqueIdentifier === planUniqueIdentifier),
      );
      // assumed: the words.
      if (!entitled) return invalid(`No entitlement to plan ${servicePlanName} of service ${serviceName}`);
      const amount = wanted(entitled, params, target.guid);
      if (typeof amount === 'object') return amount;
      give(entitled.entitlement, target, amount, params.autoAssign === 'true');
      if (amount !== undefined && params.distribute === 'true') {
        const each = entitled.entitlement.amount === undefined ? amount : Number(params.autoDistributeAmount ?? 0);
        distribute(entitled.entitlement, target.guid, amount, each);
      }
      return target.kind === 'DIRECTORY' ? found(null) : found({ jobId: jobId(ctx.now()) });
    },
  };
}
