import type { Zone } from '../../../emulation/world.ts';
import { accountDate } from '../../protocols/btp-cli/emulator/dates.ts';
import type { SubscribableApplication, Subscription } from './store.ts';

const STATES = {
  subscribe: 'SUBSCRIBE_FAILED',
  update: 'UPDATE_FAILED',
  unsubscribe: 'UNSUBSCRIBE_FAILED',
} as const;

/** An application with one of its plans, and the subaccount's subscription to it if it has one (recordings of subscription?get). */
export function subscriptionView(
  zone: Zone,
  application: SubscribableApplication,
  planName: string,
  subscription: (Subscription & { readonly inProcess: boolean }) | undefined,
  listed: boolean,
): object {
  const plan = application.plans.find(({ name }) => name === planName);
  const others = application.plans.filter(({ name }) => name !== planName).map(({ name }) => name);
  return {
    ...(subscription
      ? subscribedView(zone, application, subscription, plan?.subscribed ?? {})
      : { state: 'NOT_SUBSCRIBED' }),
    authenticationProvider: 'XSUAA',
    appName: application.appName,
    commercialAppName: application.commercialAppName,
    appId: application.appId,
    planName,
    supportsPlanUpdates: others.length > 0,
    supportsParametersUpdates: false,
    supportsGetParameters: false,
    displayName: application.displayName,
    description: application.description,
    globalAccountId: zone.globalAccount,
    quota: 1,
    customerDeveloped: false,
    ...(listed ? { allowedTargetPlans: others } : {}),
    ...(plan?.details ?? descriptionOf(application, planName)),
  };
}

/** What most applications show besides (recordings); a seed that has details of its own says which. */
function descriptionOf({ description }: SubscribableApplication, planName: string): object {
  return {
    platformEntityId: '',
    planDescription: planName,
    additionalPlanFeatures: [],
    shortDescription: description,
    iconBase64: '',
    category: 'Other',
    categoryDisplayName: 'Other',
    applicationCoordinates: {},
    incidentTrackingComponent: '',
  };
}

function subscribedView(
  zone: Zone,
  application: SubscribableApplication,
  subscription: Subscription & { readonly inProcess: boolean },
  more: Readonly<Record<string, unknown>>,
): object {
  const failure = subscription.inProcess ? undefined : application.failure;
  const done = !subscription.inProcess && !failure;
  return {
    // assumed: the form of the address, which applications choose themselves; it follows when it is done.
    ...(done
      ? {
          subscriptionUrl: `https://${zone.subdomain}.${application.commercialAppName}.cfapps.${zone.region}.hana.ondemand.com`,
        }
      : {}),
    subscribedTenantId: zone.guid,
    subscribedSubaccountId: zone.guid,
    subscriptionGUID: subscription.guid,
    state: subscription.inProcess ? 'IN_PROCESS' : failure ? STATES[subscription.operation] : 'SUBSCRIBED',
    ...(failure ? { subscriptionError: failure } : {}),
    modifiedDate: accountDate(subscription.since),
    createdDate: accountDate(subscription.createdAt),
    modifiedBy: subscription.createdBy,
    createdBy: subscription.createdBy,
    ...(done ? more : {}),
  };
}
