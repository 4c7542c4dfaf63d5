import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { seedId } from '../../../emulation/seed-id.ts';
import type { Zone } from '../../../emulation/world.ts';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { holdsRole } from '../../protocols/btp-cli/emulator/rights.ts';
import { jobId } from './operations.ts';
import type { AccountsStore, SubscribableApplication, Subscription } from './store.ts';
import { subscriptionView } from './subscription-views.ts';

/** assumed: how long a subscription takes depends on the application's callbacks and was not recorded. */
const DURATION_MS = 10_000;

/** Subscriptions of subaccounts to the applications of a landscape (notes §2.16; recordings of July 2026). */
export function createSubscriptionSemantics(ctx: EmulatorContext, store: AccountsStore) {
  const takesTime = ctx.switched('accounts.operationsTakeTime', true);
  const keyOf = (zone: Zone, appName: string) => `${zone.guid}/${appName}`;

  const reads = ({ caller, zone }: TenantCall) =>
    holdsRole(ctx, caller, zone.guid, ['Subaccount_Admin', 'Subaccount_Viewer', 'Application_Subscriptions_Viewer']);
  const writes = ({ caller, zone }: TenantCall) => holdsRole(ctx, caller, zone.guid, ['Subaccount_Admin']);

  /** Technical and commercial name are both understood (terraform-provider-btp sends either). */
  function applicationOf({ params }: TenantCall): SubscribableApplication | undefined {
    const { appName, planName } = params;
    const named = [...store.applications.values()].find(
      (application) => application.appName === appName || application.commercialAppName === appName,
    );
    return planName === undefined || named?.plans.some(({ name }) => name === planName) ? named : undefined;
  }

  const inProcess = ({ since }: Subscription) => takesTime && ctx.now() < since + DURATION_MS;

  /** What is over by now: an unsubscription that has ended leaves nothing. */
  function current(zone: Zone, application: SubscribableApplication): Subscription | undefined {
    const key = keyOf(zone, application.appName);
    const subscription = store.subscriptions.get(key);
    if (subscription?.operation !== 'unsubscribe' || inProcess(subscription)) return subscription;
    store.subscriptions.delete(key);
    return undefined;
  }

  function view(zone: Zone, application: SubscribableApplication, planName: string, listed = false): object {
    const subscription = current(zone, application);
    const mine = subscription?.planName === planName ? subscription : undefined;
    return subscriptionView(zone, application, planName, mine && { ...mine, inProcess: inProcess(mine) }, listed);
  }

  function begin(call: TenantCall, application: SubscribableApplication, operation: Subscription['operation']): Answer {
    const { zone, params, caller } = call;
    const before = current(zone, application);
    const planName = params.planName ?? before?.planName ?? firstPlan(application);
    store.subscriptions.set(keyOf(zone, application.appName), {
      guid: before?.guid ?? ctx.id(),
      subaccount: zone.guid,
      planName,
      operation,
      since: ctx.now(),
      createdAt: before?.createdAt ?? ctx.now(),
      createdBy: before?.createdBy ?? caller.user,
    });
    return found({ jobId: jobId(ctx.now()) });
  }

  return {
    list(call: TenantCall): Answer {
      if (!reads(call)) return notAuthorized();
      const applications = [...store.applications.values()].flatMap((application) =>
        application.plans.map(({ name }) => view(call.zone, application, name, true)),
      );
      return found({ applications });
    },

    /** An application that nobody subscribed to is found all the same, as `NOT_SUBSCRIBED`. */
    get(call: TenantCall): Answer {
      if (!reads(call)) return notAuthorized();
      const application = applicationOf(call);
      if (!application) return unknown(call);
      const planName = call.params.planName ?? current(call.zone, application)?.planName ?? firstPlan(application);
      return found(view(call.zone, application, planName));
    },

    subscribe(call: TenantCall): Answer {
      if (!writes(call)) return notAuthorized();
      const application = applicationOf(call);
      if (!application) return unknown(call);
      if (current(call.zone, application)) return cisFailure('The subscription exists already', 50002, 409);
      const { appId, roleTemplates } = application;
      const templates = roleTemplates.map((name) => ({ name, description: name, scopes: [`${appId}.${name}`] }));
      ctx.world
        .use('authorization')
        .registerApplication({ zone: call.zone.guid, appId, roleTemplates: templates, roleCollections: [] });
      return begin(call, application, 'subscribe');
    },

    update(call: TenantCall): Answer {
      if (!writes(call)) return notAuthorized();
      const application = applicationOf(call);
      if (!application || !current(call.zone, application)) return unknown(call);
      return begin(call, application, 'update');
    },

    unsubscribe(call: TenantCall): Answer {
      if (!writes(call)) return notAuthorized();
      const application = applicationOf(call);
      if (!application || !current(call.zone, application)) return unknown(call);
      return begin(call, application, 'unsubscribe');
    },
  };
}

const firstPlan = ({ plans }: SubscribableApplication) => plans[0]?.name ?? '';

/** assumed: code and words. */
function unknown({ params }: TenantCall): Answer {
  return cisFailure(`Application ${params.appName} not found`, 50001, 404);
}

/** XSUAA application of a subscribable application when the seed names none. */
export function applicationId(appName: string): string {
  return `${appName}!t${1000 + (Number.parseInt(seedId('application', appName).slice(0, 6), 16) % 9000)}`;
}
