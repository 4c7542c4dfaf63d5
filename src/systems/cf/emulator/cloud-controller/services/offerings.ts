import type { z } from 'zod';
import { badQuery, notFound, unauthenticated, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import { type ListRules, parseShowQuery } from '../../../../protocols/cf-v3/emulator/list-query.ts';
import { metadataOf } from '../../../../protocols/cf-v3/emulator/metadata.ts';
import { type Acting, inLandscape, requireAdmin, type Shape } from '../acting.ts';
import { isStranger } from '../caller.ts';
import { byCreation, list } from '../listing.ts';
import { flagOf } from '../platform/feature-flags.ts';
import type { CfServiceBroker, CfServiceOffering, CfServicePlan } from '../rows/services.ts';
import { includedOrgs } from '../spaces/spaces.ts';
import { spaceView } from '../spaces/view.ts';
import type { changedBinding, visibilityBody } from './bodies.ts';
import { brokersOfOfferings, fieldsOfPlans, OFFERING_FIELDS, PLAN_FIELDS } from './fields.ts';
import { brokerView, offeringView, planView } from './view.ts';

const OFFERING_QUERY: ListRules = {
  filters: [
    'available',
    'fields',
    'broker_catalog_ids',
    'service_broker_guids',
    'service_broker_names',
    'names',
    'space_guids',
    'organization_guids',
    'label_selector',
  ],
  choices: { available: ['true', 'false'] },
  orders: ['name'],
  fields: OFFERING_FIELDS,
  refuse: badQuery,
};

const PLAN_QUERY: ListRules = {
  filters: [
    'available',
    'fields',
    'broker_catalog_ids',
    'names',
    'organization_guids',
    'service_broker_guids',
    'service_broker_names',
    'service_instance_guids',
    'service_offering_guids',
    'service_offering_names',
    'space_guids',
    'include',
    'label_selector',
  ],
  choices: { available: ['true', 'false'] },
  orders: ['name'],
  includes: ['space.organization', 'service_offering'],
  fields: PLAN_FIELDS,
  refuse: badQuery,
};

/** Public plans, those of orgs that the caller sees, and for administrators all. */
function seesPlan({ see, caller }: Acting, plan: CfServicePlan): boolean {
  if (plan.landscape !== caller.landscape) return false;
  if (caller.globalRead || plan.visibility === 'public') return true;
  if (plan.visibility !== 'organization') return false;
  return see.orgs().some((org) => plan.orgs.includes(org.guid));
}

/** Whether an instance of the plan may be made in an org. */
export function usableIn(plan: CfServicePlan, org: string): boolean {
  return plan.visibility === 'public' || (plan.visibility === 'organization' && plan.orgs.includes(org));
}

/** The marketplace is open to all, unless the flag hides it from who is not logged in. */
function refuseStranger(acting: Acting): void {
  if (isStranger(acting.caller) && flagOf(acting, 'hide_marketplace_from_unauthenticated_users').enabled) {
    throw unauthenticated();
  }
}

function visiblePlans(acting: Acting): readonly CfServicePlan[] {
  return acting.store.plans.by('landscape', acting.caller.landscape).filter((plan) => seesPlan(acting, plan));
}

export function listOfferings(acting: Acting, params: URLSearchParams): Shape {
  refuseStranger(acting);
  const { store, caller } = acting;
  const plans = Map.groupBy(visiblePlans(acting), (plan) => plan.offering);
  const brokerOf = (offering: CfServiceOffering) => store.brokers.get(offering.broker);
  const usable = (offering: CfServiceOffering, org: string | undefined) =>
    org !== undefined && (plans.get(offering.guid) ?? []).some((plan) => usableIn(plan, org));
  return list(acting, params, {
    path: '/v3/service_offerings',
    rules: OFFERING_QUERY,
    rows: store.offerings
      .by('landscape', caller.landscape)
      .filter((offering) => caller.globalRead || plans.has(offering.guid)),
    where: {
      names: (offering, has) => has(offering.name),
      available: (offering, has) => has(String(offering.available)),
      broker_catalog_ids: (offering, has) => has(offering.catalogId),
      service_broker_guids: (offering, has) => has(offering.broker),
      service_broker_names: (offering, has) => has(brokerOf(offering)?.name),
      organization_guids: (offering, has) =>
        store.orgsOf(caller.landscape).some((org) => has(org.guid) && usable(offering, org.guid)),
      space_guids: (offering, has) =>
        acting.see.spaces().some((space) => has(space.guid) && usable(offering, space.org)),
    },
    show: (offering) => offeringView(acting, offering),
    included: (shown, { fields }) =>
      brokersOfOfferings(
        acting,
        shown.map((offering) => offering.broker),
        fields,
      ),
  });
}

export function showOffering(acting: Acting, guid: string, params: URLSearchParams): Shape {
  refuseStranger(acting);
  const offering = offeringOf(acting, guid);
  const { fields } = parseShowQuery(params, { fields: OFFERING_FIELDS, refuse: badQuery });
  const included = brokersOfOfferings(acting, [offering.broker], fields);
  return { ...offeringView(acting, offering), ...(included ? { included } : {}) };
}

function offeringOf(acting: Acting, guid: string): CfServiceOffering {
  const offering = inLandscape(acting, acting.store.offerings.get(guid));
  const visible = acting.caller.globalRead || visiblePlans(acting).some((plan) => plan.offering === guid);
  if (!offering || !visible) throw notFound('Service offering');
  return offering;
}

export function listPlans(acting: Acting, params: URLSearchParams): Shape {
  refuseStranger(acting);
  const { store } = acting;
  const offeringOfPlan = (plan: CfServicePlan) => store.offerings.get(plan.offering);
  const brokerOf = (plan: CfServicePlan) => store.brokers.get(offeringOfPlan(plan)?.broker ?? '');
  return list(acting, params, {
    path: '/v3/service_plans',
    rules: PLAN_QUERY,
    rows: visiblePlans(acting),
    where: {
      names: (plan, has) => has(plan.name),
      available: (plan, has) => has(String(plan.available)),
      broker_catalog_ids: (plan, has) => has(plan.catalogId),
      organization_guids: (plan, has) => acting.see.orgs().some((org) => has(org.guid) && usableIn(plan, org.guid)),
      space_guids: (plan, has) => acting.see.spaces().some((space) => has(space.guid) && usableIn(plan, space.org)),
      service_broker_guids: (plan, has) => has(brokerOf(plan)?.guid),
      service_broker_names: (plan, has) => has(brokerOf(plan)?.name),
      service_instance_guids: (plan, has) => store.instances.by('plan', plan.guid).some((one) => has(one.guid)),
      service_offering_guids: (plan, has) => has(plan.offering),
      service_offering_names: (plan, has) => has(offeringOfPlan(plan)?.name),
    },
    show: (plan) => planView(acting, plan),
    included: (shown, { include, fields }) => includedBy(acting, shown, include, fields),
  });
}

export function showPlan(acting: Acting, guid: string, params: URLSearchParams): Shape {
  refuseStranger(acting);
  const { include, fields } = parseShowQuery(params, PLAN_QUERY);
  const plan = planOf(acting, guid);
  const included = includedBy(acting, [plan], include, fields);
  return { ...planView(acting, plan), ...(included ? { included } : {}) };
}

function includedBy(
  acting: Acting,
  plans: readonly CfServicePlan[],
  include: readonly string[],
  fields: Readonly<Record<string, readonly string[]>>,
): Shape | undefined {
  const { store } = acting;
  const included: Record<string, unknown> = { ...fieldsOfPlans(acting, plans, fields) };
  if (include.includes('service_offering')) {
    const offerings = byCreation([...new Set(plans.map((plan) => store.offerings.get(plan.offering)))]);
    included.service_offerings = offerings.map((offering) => offeringView(acting, offering));
  }
  if (include.includes('space.organization')) {
    const brokers = plans.map((plan) => store.brokers.get(store.offerings.get(plan.offering)?.broker ?? ''));
    const spaces = byCreation([...new Set(brokers.map((broker) => store.spaces.get(broker?.space ?? '')))]);
    included.spaces = spaces.map((space) => spaceView(acting, space));
    Object.assign(included, includedOrgs(acting, spaces));
  }
  return Object.keys(included).length === 0 ? undefined : included;
}

export function planOf(acting: Acting, guid: string): CfServicePlan {
  const plan = acting.store.plans.get(guid);
  if (!plan || !seesPlan(acting, plan)) throw notFound('Service plan');
  return plan;
}

export function editableOffering(acting: Acting, guid: string): CfServiceOffering {
  const offering = offeringOf(acting, guid);
  requireAdmin(acting);
  return offering;
}

export function editablePlan(acting: Acting, guid: string): CfServicePlan {
  const plan = planOf(acting, guid);
  requireAdmin(acting);
  return plan;
}

/** `PATCH` of an offering or plan changes labels only, and is for administrators. */
export function updateOffering(acting: Acting, guid: string, body: z.infer<typeof changedBinding>): CfServiceOffering {
  const offering = editableOffering(acting, guid);
  const changed: CfServiceOffering = { ...offering, metadata: metadataOf(body.metadata, offering.metadata) };
  acting.store.offerings.set(guid, changed);
  return changed;
}

export function updatePlan(acting: Acting, guid: string, body: z.infer<typeof changedBinding>): CfServicePlan {
  const plan = editablePlan(acting, guid);
  const changed: CfServicePlan = { ...plan, metadata: metadataOf(body.metadata, plan.metadata) };
  acting.store.plans.set(guid, changed);
  return changed;
}

export function visibilityView(acting: Acting, plan: CfServicePlan): Shape {
  if (plan.visibility !== 'organization') return { type: plan.visibility };
  const orgs = acting.see.orgs().filter((org) => plan.orgs.includes(org.guid));
  return { type: plan.visibility, organizations: orgs.map((org) => ({ guid: org.guid, name: org.name })) };
}

/** `PATCH` replaces the orgs, `POST` adds to them. */
export function setVisibility(
  acting: Acting,
  guid: string,
  body: z.infer<typeof visibilityBody>,
  options: { readonly add: boolean },
): CfServicePlan {
  const { store } = acting;
  const plan = editablePlan(acting, guid);
  const wanted = body.organizations.map((org) => org.guid);
  const missing = wanted.filter((one) => !inLandscape(acting, store.orgs.get(one)));
  if (missing.length > 0) throw unprocessable(`Could not find Organization(s) with guid(s): ${missing.join(', ')}`);
  const before = options.add && plan.visibility === 'organization' ? plan.orgs : [];
  const orgs = body.type === 'organization' ? [...new Set([...before, ...wanted])] : [];
  const changed: CfServicePlan = { ...plan, visibility: body.type, orgs };
  store.plans.set(guid, changed);
  return changed;
}

export function removeVisibility(acting: Acting, guid: string, org: string): void {
  const plan = editablePlan(acting, guid);
  if (plan.visibility !== 'organization') {
    throw unprocessable('Cannot delete visibilities from non-org-restricted plans');
  }
  if (!inLandscape(acting, acting.store.orgs.get(org))) throw notFound('Organization');
  if (!plan.orgs.includes(org)) throw notFound('Service plan visibility');
  acting.store.plans.set(guid, { ...plan, orgs: plan.orgs.filter((one) => one !== org) });
}

/** Brokers are for administrators, and those of a space for its developers. */
function seesBroker({ store, see, caller }: Acting, broker: CfServiceBroker): boolean {
  const space = store.spaces.get(broker.space ?? '');
  return caller.globalRead || (space !== undefined && see.hasSpaceRole(space));
}

export function listBrokers(acting: Acting, params: URLSearchParams): Shape {
  return list(acting, params, {
    path: '/v3/service_brokers',
    rules: { filters: ['space_guids', 'names', 'label_selector'], orders: ['name'], refuse: badQuery },
    rows: acting.store.brokers.by('landscape', acting.caller.landscape).filter((broker) => seesBroker(acting, broker)),
    where: {
      names: (broker, has) => has(broker.name),
      space_guids: (broker, has) => has(broker.space),
    },
    show: (broker) => brokerView(acting, broker),
  });
}

export function brokerOf(acting: Acting, guid: string): CfServiceBroker {
  const broker = inLandscape(acting, acting.store.brokers.get(guid));
  if (!broker || !seesBroker(acting, broker)) throw notFound('Service broker');
  return broker;
}
