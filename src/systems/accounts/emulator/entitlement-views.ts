import type { Assignment, Entitlement } from './store.ts';

/** `entitlement?list`: what there is, and who has it, both by service. */
export function entitlementViews(
  entitlements: readonly Entitlement[],
  assignments: readonly Assignment[],
  inProcess: (assignment: Assignment) => boolean,
): object {
  const services = [...Map.groupBy(entitlements, (entitlement) => entitlement.service)];
  const of = ({ service, plan }: Entitlement) =>
    assignments.filter((assignment) => assignment.service === service && assignment.plan === plan);
  const assigned = services
    .map(([name, plans]) => [name, plans.filter((plan) => of(plan).length > 0)] as const)
    .filter(([, plans]) => plans.length > 0);
  return {
    entitledServices: services.map(([name, plans]) => ({
      name,
      displayName: name,
      servicePlans: plans.map((plan) => planView(plan, of(plan))),
    })),
    assignedServices: assigned.map(([name, plans]) => ({
      name,
      displayName: name,
      servicePlans: plans.map((plan) => ({
        ...planView(plan, of(plan)),
        assignmentInfo: of(plan).map((assignment) => assignmentView(plan, assignment, inProcess(assignment))),
      })),
    })),
    fetchErrorFromExternalProviderRegistry: null,
    serviceTermsOfUseStatus: [],
  };
}

function planView({ service, plan, category, amount }: Entitlement, assignments: readonly Assignment[]) {
  const used = assignments.reduce((sum, assignment) => sum + assignment.amount, 0);
  const unlimited = amount === undefined;
  return {
    name: plan,
    displayName: plan,
    description: `${service} ${plan}`,
    uniqueIdentifier: `${service}-${plan}`,
    provisioningMethod: category === 'SERVICE' ? 'SERVICE_BROKER' : 'NONE_REQUIRED',
    amount: unlimited ? 1 : amount,
    remainingAmount: unlimited ? 1 : amount - used,
    providedBy: null,
    beta: false,
    autoAssign: false,
    autoDistributeAmount: 0,
    maxAllowedSubaccountQuota: null,
    category,
    sourceEntitlements: [],
    dataCenters: [],
    unlimited,
    numberOfAssignedEntities: assignments.length,
  };
}

function assignmentView({ amount: total }: Entitlement, assignment: Assignment, processing: boolean) {
  const unlimited = total === undefined;
  return {
    entityId: assignment.target,
    entityType: assignment.kind,
    amount: assignment.amount,
    requestedAmount: processing ? assignment.amount : null,
    entityState: processing ? 'PROCESSING' : 'OK',
    stateMessage: '',
    autoAssign: assignment.autoAssign,
    autoDistributeAmount: 0,
    createdDate: assignment.createdAt,
    modifiedDate: assignment.since,
    resources: [],
    unlimitedAmountAssigned: unlimited,
    parentId: assignment.parent,
    parentType: assignment.parent === assignment.globalAccount ? 'GLOBAL_ACCOUNT' : 'DIRECTORY',
    parentRemainingAmount: unlimited ? 1 : total - assignment.amount,
    parentAmount: unlimited ? 1 : total,
    autoAssigned: assignment.autoAssign,
  };
}
