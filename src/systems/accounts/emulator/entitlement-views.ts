import { regionView } from './environments.ts';
import type { Assignment, Entitlement } from './store.ts';

/** A plan as an account has it, with what it has given of it to those below. */
export interface Entitled {
  readonly entitlement: Entitlement;
  /** Absent = without a limit. */
  readonly amount: number | undefined;
  readonly below: readonly Assignment[];
}

/** `entitlement?list`: what there is, and who has it, both by service (recordings of entitlement?list, July 2026). */
export function entitlementViews(
  entitled: readonly Entitled[],
  inProcess: (assignment: Assignment) => boolean,
  isShown: (assignment: Assignment) => boolean = () => true,
): object {
  const services = [...Map.groupBy(entitled, ({ entitlement }) => entitlement.service)];
  const assigned = services
    .map(([name, plans]) => [name, plans.filter(({ below }) => below.some(isShown))] as const)
    .filter(([, plans]) => plans.length > 0);
  return {
    entitledServices: services.map(([name, plans]) => ({
      ...serviceView(name, plans),
      description: name,
      termsOfUseUrl: 'N/A',
      ...plans[0]?.entitlement.serviceDetails,
      servicePlans: plans.map(planView),
    })),
    assignedServices: assigned.map(([name, plans]) => {
      const { description: _, termsOfUseUrl: __, ...details } = plans[0]?.entitlement.serviceDetails ?? {};
      return {
        ...serviceView(name, plans),
        ...details,
        servicePlans: plans.map((plan) => assignedPlanView(plan, inProcess, isShown)),
      };
    }),
    fetchErrorFromExternalProviderRegistry: null,
    serviceTermsOfUseStatus: [],
  };
}

/** assumed: category and texts, where a seed says nothing else. */
function serviceView(name: string, plans: readonly Entitled[]) {
  const { category } = plans[0]?.entitlement ?? {};
  return {
    name,
    displayName: name,
    businessCategory: { id: 'FOUNDATION_CROSS_SERVICES', displayName: 'Foundation / Cross Services' },
    ownerType: 'VENDOR',
    iconBase64: '',
    applicationCoordinates: { category },
  };
}

const BILLING = { id: 'default', name: 'Default', inherited: false };

function planView({ entitlement, amount, below }: Entitled) {
  const { service, plan, uniqueIdentifier, category, details = {} } = entitlement;
  // What has no limit is not used up by those who have it.
  const used = entitlement.amount === undefined ? 0 : below.reduce((sum, one) => sum + one.amount, 0);
  const there = amount ?? 1;
  const source = {
    entitlementName: `${uniqueIdentifier}-SYSTEM`,
    productDisplayName: `${service} ${plan}`,
    licensedQuantity: there,
    productId: null,
    restricted: false,
    allowedSubaccounts: null,
    commercialModel: {
      name: 'Subscription',
      displayName: 'Subscription',
      consumptionBased: false,
      description: 'Subscription-based commercial model',
    },
    autoAssign: false,
    amount: there,
  };
  return {
    name: plan,
    displayName: plan,
    description: `${service} ${plan}`,
    uniqueIdentifier,
    provisioningMethod: category === 'SERVICE' ? 'SERVICE_BROKER' : 'NONE_REQUIRED',
    providedBy: 'VENDOR',
    beta: false,
    availableForInternal: false,
    internalQuotaLimit: null,
    autoAssign: false,
    autoDistributeAmount: 0,
    maxAllowedSubaccountQuota: null,
    category,
    sourceEntitlements: [source],
    dataCenters: [regionView('eu10')].map(({ restricted: _, ...center }) => center),
    resources: null,
    dependsOn: null,
    additionalPlanFeatures: [],
    assignedResources: null,
    assignedBillingObject: BILLING,
    billingObjects: null,
    deprecationMessage: null,
    deprecationInfoLink: null,
    endDate: null,
    globalAccountSourceEntitlements: [source],
    unlimited: entitlement.amount === undefined,
    ...details,
    amount: there,
    remainingAmount: there - used,
    numberOfAssignedEntities: below.length,
  };
}

/** What assigned plans show of the plan itself. */
const PLAN_KEYS = [
  'name',
  'displayName',
  'uniqueIdentifier',
  'category',
  'beta',
  'maxAllowedSubaccountQuota',
  'unlimited',
  'deprecationMessage',
  'deprecationInfoLink',
  'endDate',
] as const;

function assignedPlanView(
  entitled: Entitled,
  inProcess: (assignment: Assignment) => boolean,
  isShown: (assignment: Assignment) => boolean,
) {
  const plan = planView(entitled);
  const shown = entitled.below.filter(isShown);
  return {
    ...Object.fromEntries(PLAN_KEYS.map((key) => [key, plan[key]])),
    assignmentInfo: shown.map((one) => assignmentView(plan, entitled.entitlement, one, inProcess(one))),
  };
}

function assignmentView(
  { amount, remainingAmount }: { readonly amount: number; readonly remainingAmount: number },
  entitlement: Entitlement,
  assignment: Assignment,
  processing: boolean,
) {
  return {
    entityId: assignment.target,
    entityType: assignment.kind,
    amount: assignment.amount,
    requestedAmount: processing ? assignment.amount : null,
    entityState: processing ? 'PROCESSING' : 'OK',
    stateMessage: processing ? '' : 'Succeeded to update assignment of service plan.',
    autoAssign: assignment.autoAssign,
    autoDistributeAmount: 0,
    createdDate: assignment.createdAt,
    modifiedDate: assignment.since,
    resources: [],
    unlimitedAmountAssigned: entitlement.amount === undefined,
    parentId: assignment.parent,
    parentType: assignment.parent === assignment.globalAccount ? 'GLOBAL_ACCOUNT' : 'DIRECTORY',
    parentRemainingAmount: remainingAmount,
    parentAmount: amount,
    autoAssigned: assignment.autoAssign,
    billingObject: null,
    availableBillingObjects: null,
    parentAssignedBillingObject: BILLING,
  };
}
