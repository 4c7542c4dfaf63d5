import { operationOf, paramsOf, type Recording, succeeded } from './recorded.ts';

type Details = Readonly<Record<string, unknown>>;
type Naming = (guid: string) => string | undefined;

interface PlanRow extends Details {
  readonly name: string;
  readonly uniqueIdentifier: string;
  readonly category: string;
  readonly amount?: number;
  readonly unlimited?: boolean;
  readonly assignmentInfo?: readonly {
    readonly entityId: string;
    readonly entityType: string;
    readonly amount: number;
  }[];
}

interface ServiceRow extends Details {
  readonly name: string;
  readonly servicePlans: readonly PlanRow[];
}

/** What a plan shows that depends on who has how much of it. */
const CHANGING = ['amount', 'remainingAmount', 'numberOfAssignedEntities', 'assignmentInfo'];

/** Entitlements that a sequence's lists and assignments tell of, and who had them before it began. */
export function recordedEntitlements(cassette: readonly Recording[], subaccount: Naming, directory: Naming) {
  const plans = new Map<string, { service: Details & { name: string }; plan: PlanRow; amounts: number[] }>();
  const assignments = new Map<string, { key: string; target: string; kind: string; amount: number }>();
  // What is taken or given in the course of the sequence is judged by the emulator.
  const touched = new Set<string>();
  const lists = cassette.filter((one) => operationOf(one) === 'accounts/entitlement?list' && succeeded(one));
  for (const recorded of cassette) {
    const params = paramsOf(recorded);
    const operation = operationOf(recorded);
    if (operation === 'accounts/entitlement?assign') {
      const { serviceName = '', servicePlanName = '' } = params;
      touched.add(`${params.subaccount ?? params.directory} ${serviceName} ${servicePlanName}`);
    }
    if (!lists.includes(recorded)) continue;
    // One of the lists can be missing or null.
    const body = recorded.responseBody as Readonly<
      Partial<Record<'entitledServices' | 'assignedServices', readonly ServiceRow[] | null>>
    >;
    const [entitled, assigned] = [body.entitledServices ?? [], body.assignedServices ?? []];
    const own = params.subaccountFilter === undefined ? params.directory : undefined;
    for (const { servicePlans, ...service } of [...entitled, ...assigned]) {
      for (const plan of servicePlans) {
        const key = plan.uniqueIdentifier;
        const known = plans.get(key);
        plans.set(key, {
          service: { ...service, ...known?.service },
          plan: { ...plan, ...known?.plan },
          amounts: [...(known?.amounts ?? []), plan.amount ?? 0],
        });
        const has = (target: string, kind: string, amount: number) => {
          const id = `${target} ${service.name} ${plan.name}`;
          if (!touched.has(id) && !assignments.has(id)) assignments.set(id, { key, target, kind, amount });
        };
        if (own !== undefined && plan.assignmentInfo === undefined) has(own, 'DIRECTORY', plan.amount ?? 1);
        for (const { entityId, entityType, amount } of plan.assignmentInfo ?? []) has(entityId, entityType, amount);
      }
    }
    // The parent of a subaccount shows what it may hand down.
    if (params.subaccountFilter === undefined || params.directory === undefined) continue;
    for (const { name, servicePlans } of entitled) {
      for (const { uniqueIdentifier: key, amount = 1, ...plan } of servicePlans) {
        const id = `${params.directory} ${name} ${plan.name}`;
        if (!assignments.has(id)) assignments.set(id, { key, target: params.directory, kind: 'DIRECTORY', amount });
      }
    }
  }
  const enabled = new Set(
    cassette.flatMap((one) => {
      const { enable, serviceName, servicePlanName } = paramsOf(one);
      return enable === undefined ? [] : [`${serviceName} ${servicePlanName}`];
    }),
  );
  const asked = cassette.filter((one) => operationOf(one) === 'accounts/entitlement?assign').map(paramsOf);
  return [...plans].map(([uniqueIdentifier, { service, plan, amounts }]) => {
    const unlimited = plan.category === 'ELASTIC_SERVICE' || enabled.has(`${service.name} ${plan.name}`);
    const wanted = asked.filter((one) => one.serviceName === service.name && one.servicePlanName === plan.name);
    const sum = wanted.reduce((total, { amount = '0' }) => total + Number(amount), 0);
    const { name: _, ...serviceDetails } = service;
    return {
      service: service.name,
      plan: plan.name,
      uniqueIdentifier,
      category: plan.category,
      ...(unlimited ? {} : { amount: Math.max(1, ...amounts) + sum }),
      details: Object.fromEntries(Object.entries(plan).filter(([key]) => !CHANGING.includes(key))),
      serviceDetails,
      assignments: [...assignments.values()]
        .filter((one) => one.key === uniqueIdentifier && one.amount > 0)
        .flatMap(({ target, kind, amount }) => {
          const name = kind === 'DIRECTORY' ? directory(target) : subaccount(target);
          if (name === undefined) return [];
          return [kind === 'DIRECTORY' ? { directory: name, amount } : { subaccount: name, amount }];
        }),
    };
  });
}

interface ApplicationRow extends Details {
  readonly appName: string;
  readonly commercialAppName: string;
  readonly appId: string;
  readonly planName: string;
  readonly state: string;
  readonly displayName?: string;
  readonly description?: string;
}

/** What an answer shows of a subscription, and the emulator makes itself. */
const OF_SUBSCRIPTION = [
  'subscriptionUrl subscribedTenantId subscribedSubaccountId subscriptionGUID state subscriptionError allowedTargetPlans',
  'modifiedDate createdDate modifiedBy createdBy',
].flatMap((names) => names.split(' '));

/** Applications that a sequence's answers show, and subscriptions that it did not make itself. */
export function recordedApplications(
  cassette: readonly Recording[],
  placeOf: (subaccount: string) => Readonly<Record<string, unknown>>,
) {
  const rows = cassette
    .filter((one) => one.command === 'accounts/subscription' && succeeded(one))
    .flatMap((one) => {
      const body = one.responseBody as ApplicationRow & { readonly applications?: readonly ApplicationRow[] };
      const shown = body.applications ?? (body.appName === undefined ? [] : [body]);
      return shown.map((row) => ({ row, subaccount: paramsOf(one).subaccount ?? '', index: one.index }));
    });
  // What failed can be tried again, as if nothing were there.
  const subscribed = ({ row }: (typeof rows)[number]) => !/^NOT_SUBSCRIBED$|_FAILED$/.test(row.state);
  return [...Map.groupBy(rows, ({ row }) => row.appName)].map(([appName, all]) => {
    const [first] = all;
    const plans = [...Map.groupBy(all, ({ row }) => row.planName)].map(([name, ofPlan]) => {
      const always = ofPlan.find((one) => !subscribed(one)) ?? ofPlan.find(({ row }) => row.state === 'IN_PROCESS');
      const base = Object.entries((always ?? ofPlan[0])?.row ?? {}).filter(([key]) => !OF_SUBSCRIPTION.includes(key));
      const later = ofPlan.filter(subscribed).flatMap(({ row }) => Object.entries(row));
      const more = later.filter(([key]) => !OF_SUBSCRIPTION.includes(key) && !base.some(([known]) => known === key));
      return { name, details: Object.fromEntries(base), subscribed: Object.fromEntries(more) };
    });
    const names = [appName, first?.row.commercialAppName];
    const made = cassette.find(
      (one) => operationOf(one) === 'accounts/subaccount?subscribe' && names.includes(paramsOf(one).appName),
    );
    const before = all.filter((one) => subscribed(one) && (made === undefined || one.index < made.index));
    return {
      appName,
      commercialAppName: first?.row.commercialAppName ?? appName,
      ...(first?.row.appId ? { appId: first.row.appId } : {}),
      displayName: first?.row.displayName ?? appName,
      description: first?.row.description ?? '',
      plans,
      subscriptions: [...new Map(before.map((one) => [one.subaccount, one])).values()].map(({ row, subaccount }) => ({
        ...placeOf(subaccount),
        plan: row.planName,
      })),
    };
  });
}

/** Resource providers and pairs of subaccounts that were there before a sequence. */
export function recordedPartners(cassette: readonly Recording[], subaccount: Naming, all: readonly string[]) {
  interface Provider extends Details {
    readonly technicalName: string;
    readonly resourceProvider: string;
  }
  const answers = cassette.filter(succeeded);
  const keyOf = (provider: string | undefined, name: string | undefined) => `${provider} ${name}`;
  const made = new Set<string>();
  const providers = new Map<string, object>();
  const pairs = new Map<string, object>();
  for (const recorded of cassette) {
    const [operation, params] = [operationOf(recorded), paramsOf(recorded)];
    if (operation === 'accounts/resource-provider?create') made.add(keyOf(params.provider, params.technicalName));
    if (!answers.includes(recorded)) {
      const { error_message: message = '' } = (recorded.responseBody ?? {}) as { readonly error_message?: string };
      const [, guid, id] = /^subaccount (\S+) is already paired in subaccount pair (\S+)$/.exec(message) ?? [];
      const partners = guid === undefined ? [] : [subaccount(guid), otherThan(guid)].filter((one) => one !== undefined);
      if (id !== undefined && partners.length === 2) pairs.set(id, { id, subaccounts: partners });
      continue;
    }
    if (/^accounts\/resource-provider\?(get|list)$/.test(operation)) {
      for (const row of [recorded.responseBody].flat() as readonly Provider[]) {
        const { technicalName, resourceProvider: provider, displayName, description, additionalInfo } = row;
        const key = keyOf(provider, technicalName);
        const own = { provider, technicalName, displayName, ...(description === undefined ? {} : { description }) };
        if (!made.has(key)) providers.set(key, { ...own, configuration: additionalInfo ?? {} });
      }
    }
    if (operation === 'disaster-recovery/subaccount-pair?create') made.add(params.subaccount ?? '');
    if (operation === 'disaster-recovery/subaccount-pair?get') {
      const pair = recorded.responseBody as {
        readonly id: string;
        readonly subaccounts: readonly { readonly id: string }[];
      };
      const guids = pair.subaccounts.map(({ id }) => id);
      if (guids.some((guid) => made.has(guid))) continue;
      pairs.set(pair.id, { id: pair.id, subaccounts: guids.map(subaccount) });
    }
  }

  /** Who it is paired with is not told; any other subaccount will do, best one that the sequence does not name. */
  function otherThan(guid: string): string | undefined {
    const named = cassette.flatMap((one) =>
      [paramsOf(one).subaccount ?? [], paramsOf(one).withSubaccount ?? []].flat(),
    );
    const others = [...all.filter((one) => !named.includes(one)), ...named].filter((one) => one !== guid);
    return others.map(subaccount).find((name) => name !== undefined);
  }

  return { resourceProviders: [...providers.values()], pairs: [...pairs.values()] };
}
