import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { recordEmergency } from '../../protocols/audit/emulator.ts';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { Caller, CommandCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { jobId, type Operations } from './operations.ts';
import { invalid, isAnswer, labelsOf, productionOf } from './parameters.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, Directory, Subaccount } from './store.ts';
import { subaccountView } from './views.ts';

/** Lower-case letters, digits and hyphens, 63 at most, as in host names (assumed: a refusal was never recorded). */
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Creating, changing, moving and deleting subaccounts. */
export function createSubaccountSemantics(
  ctx: EmulatorContext,
  store: AccountsStore,
  operations: Operations,
  rights: AccountRights,
) {
  const sight = { store, operations };

  function known({ caller, params }: CommandCall): Subaccount | Answer {
    const subaccount = store.subaccounts.get(params.subaccount ?? '');
    if (subaccount && subaccount.globalAccount === caller.globalAccount.guid) return subaccount;
    return cisFailure(`Subaccount ${params.subaccount} not found`, 20004, 404);
  }

  /** The directory that `directoryID` names; the global account's own GUID stands for its root (recordings of update). */
  function parentOf(caller: Caller, guid: string | undefined): Directory | undefined | Answer {
    if (guid === undefined || guid === caller.globalAccount.guid) return undefined;
    const directory = store.directories.get(guid);
    if (directory?.globalAccount === caller.globalAccount.guid) return directory;
    return cisFailure(`Could not find ${guid}`, 20002, 404);
  }

  function regions(): ReadonlySet<string> {
    const landscapes = ctx.world.use('cloudFoundry').landscapes();
    const used = [...store.subaccounts.values()].map((subaccount) => subaccount.region);
    return new Set([...landscapes.map((landscape) => landscape.region), ...used]);
  }

  function taken(caller: Caller, subdomain: string, region: string): boolean {
    const accounts = ctx.world.use('accounts');
    return accounts.zoneBySubdomain(subdomain, region) !== undefined || caller.globalAccount.subdomain === subdomain;
  }

  /** What is active in a subaccount; of the 409 only the codes are known (notes §3.2). */
  function active({ guid }: Subaccount): Answer | undefined {
    if (store.subscriptions.by('subaccount', guid).some(({ operation }) => operation !== 'unsubscribe'))
      return cisFailure(`Subaccount ${guid} has active subscriptions`, 70012, 409);
    if (ctx.world.use('cloudFoundry').org(guid))
      return cisFailure(`Subaccount ${guid} has active environment instances`, 70015, 409);
    return undefined;
  }

  function makeAdministrator(caller: Caller, zone: string): boolean {
    const { assignRoleCollection } = ctx.world.use('authorization');
    if (!assignRoleCollection) return false;
    assignRoleCollection(
      zone,
      { userName: caller.user, email: caller.user, originKey: caller.originKey },
      'Subaccount Administrator',
    );
    return true;
  }

  return {
    create({ caller, params }: CommandCall): Answer {
      const { displayName = '', subdomain = '', region = '', description } = params;
      const parent = parentOf(caller, params.directoryID);
      if (isAnswer(parent)) return parent;
      if (!rights.administersBelow(caller, parent?.guid)) return notAuthorized();
      const labels = labelsOf(params.labels);
      if (isAnswer(labels)) return labels;
      if (displayName === '') return invalid('Display name is missing');
      if (!SUBDOMAIN.test(subdomain)) return invalid(`Invalid subdomain ${subdomain}`);
      if (!regions().has(region)) return invalid(`Region ${region} is not available`);
      if (taken(caller, subdomain, region)) {
        // assumed: a subdomain that is taken was never recorded.
        return cisFailure(`Subdomain ${subdomain} already exists`, 20005, 409);
      }
      const subaccount: Subaccount = {
        guid: ctx.id(),
        globalAccount: caller.globalAccount.guid,
        displayName,
        ...(description === undefined ? {} : { description }),
        subdomain,
        region,
        betaEnabled: params.betaEnabled === 'true',
        usedForProduction: productionOf(params.usedForProduction) ?? 'UNSET',
        ...(parent === undefined ? {} : { parent: parent.guid }),
        ...(labels === undefined ? {} : { labels }),
        createdAt: ctx.now(),
        modifiedAt: ctx.now(),
        createdBy: caller.user,
      };
      store.subaccounts.set(subaccount.guid, subaccount);
      const jobId = operations.begin('create subaccount', subaccount.guid);
      // Who creates a subaccount is its first administrator.
      makeAdministrator(caller, subaccount.guid);
      const { stateMessage: _, ...view } = subaccountView(sight, subaccount);
      return found({ ...view, technicalName: 'N/A', state: 'STARTED', jobId });
    },

    update(call: CommandCall): Answer {
      const { caller, params } = call;
      const subaccount = known(call);
      if (isAnswer(subaccount)) return subaccount;
      if (params.addMeAsAdmin === 'true') return addAdministrator(caller, subaccount);
      const parent = parentOf(caller, params.directoryID ?? subaccount.parent);
      if (isAnswer(parent)) return parent;
      const moved = parent?.guid !== subaccount.parent;
      if (!rights.administersSubaccount(caller, subaccount)) return notAuthorized();
      if (
        moved &&
        !(rights.administersBelow(caller, subaccount.parent) && rights.administersBelow(caller, parent?.guid))
      )
        return notAuthorized();
      const labels = labelsOf(params.labels);
      if (isAnswer(labels)) return labels;
      const { parent: _parent, ...rest } = subaccount;
      const changed: Subaccount = {
        ...rest,
        ...(parent === undefined ? {} : { parent: parent.guid }),
        displayName: params.displayName ?? subaccount.displayName,
        ...(params.description === undefined ? {} : { description: params.description }),
        ...(labels === undefined ? {} : { labels }),
        betaEnabled: params.betaEnabled === undefined ? subaccount.betaEnabled : params.betaEnabled === 'true',
        usedForProduction: productionOf(params.usedForProduction) ?? subaccount.usedForProduction,
        modifiedAt: ctx.now(),
        lastModifiedBy: caller.user,
      };
      store.subaccounts.set(changed.guid, changed);
      // Here, and only here, times are numbers and a missing description is null.
      return found({
        ...subaccountView(sight, changed),
        description: changed.description ?? null,
        contentAutomationState: null,
        contentAutomationStateDetails: null,
        createdDate: changed.createdAt,
        modifiedDate: changed.modifiedAt,
      });
    },

    delete(call: CommandCall): Answer {
      const { caller, params } = call;
      const subaccount = known(call);
      if (isAnswer(subaccount)) return subaccount;
      // assumed: its own administrators may not; what a level holds is created and deleted by those of the level above.
      if (!rights.administersBelow(caller, subaccount.parent)) return notAuthorized();
      const force = params.forceDelete === 'true';
      const obstacle = active(subaccount);
      if (obstacle && !force) return obstacle;
      if (force && subaccount.usedForProduction === 'USED_FOR_PRODUCTION')
        return invalid('Subaccount is marked as used for production and cannot be deleted with forceDelete=true');
      // assumed: without anything active, force makes no difference.
      if (obstacle) return forceDeletion(caller, subaccount);
      const jobId = operations.begin('delete subaccount', subaccount.guid);
      return found({
        ...subaccountView(sight, subaccount),
        state: 'DELETING',
        stateMessage: 'Delete subaccount entity',
        jobId,
      });
    },

    /** Takes a forced deletion back (recording action_restore_subaccount). */
    restore(call: CommandCall): Answer {
      const { caller } = call;
      const subaccount = known(call);
      if (isAnswer(subaccount)) return subaccount;
      if (!rights.administersBelow(caller, subaccount.parent)) return notAuthorized();
      // assumed: the words.
      if (subaccount.deletionForcedAt === undefined)
        return invalid(`Subaccount ${subaccount.guid} is not pending deletion`);
      const changed = { ...subaccount, modifiedAt: ctx.now(), lastModifiedBy: caller.user };
      store.subaccounts.set(changed.guid, changed);
      const jobId = operations.begin('restore subaccount', subaccount.guid);
      const stateMessage = 'Suspend subaccount entity';
      return found({ ...subaccountView(sight, changed), state: 'UPDATING', stateMessage, jobId });
    },
  };

  function forceDeletion(caller: Caller, subaccount: Subaccount): Answer {
    const changed: Subaccount = {
      ...subaccount,
      deletionForcedAt: subaccount.deletionForcedAt ?? ctx.now(),
      stateMessage: 'Subaccount is pending deletion',
      modifiedAt: ctx.now(),
      lastModifiedBy: caller.user,
    };
    store.subaccounts.set(changed.guid, changed);
    // assumed: nothing shows that it takes its time to suspend what is active.
    return found({ ...subaccountView(sight, changed), jobId: jobId(ctx.now()) });
  }

  /** The emergency path of an administrator of the global account: plain text (recording action_add_me_as_subaccount_admin). */
  function addAdministrator(caller: Caller, subaccount: Subaccount): Answer {
    // Customers may opt out of this (btp:1e1b7b6); assumed: then it is as if the right were missing.
    const offered = ctx.switched('accounts.addMeAsAdmin', true);
    if (!offered || !rights.administersGlobalAccount(caller)) return notAuthorized();
    if (!makeAdministrator(caller, subaccount.guid))
      return { status: 501, json: { error: 'not emulated: addMeAsAdmin' } };
    recordEmergency(ctx.world, {
      zone: subaccount.guid,
      user: caller.user,
      originKey: caller.originKey,
      type: 'Subaccount Administrator assignment',
    });
    const text = `Your current user is now assigned as an administrator to the subaccount ${subaccount.guid}`;
    return { status: 200, text };
  }
}
