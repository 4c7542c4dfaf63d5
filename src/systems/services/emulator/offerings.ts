import { type Answer, found } from '../../protocols/btp-cli/emulator/answers.ts';
import type { TenantCall } from '../../protocols/btp-cli/emulator/commands.ts';
import type { Catalogue, Plan } from './catalogue.ts';
import { badRequest, notFound } from './errors.ts';
import { filterOf } from './filter.ts';
import type { Offering } from './store.ts';
import { offeringView, planView } from './views.ts';

/** What a subaccount could make instances of (recordings of services/offering and services/plan). assumed: everything in the landscape's catalogue, whatever it is entitled to. */
export function createOfferingSemantics(catalogue: Catalogue) {
  return {
    listOfferings({ params }: TenantCall): Answer {
      const [fields, labels] = [filterOf(params.fieldsFilter), filterOf(params.labelsFilter)];
      if (!fields || !labels) return badRequest('invalid query');
      const rows = catalogue
        .offerings()
        .filter((offering) => fields((key) => textsOf(offeringFields(offering), key)) && labels(() => []))
        .filter(({ id }) =>
          catalogue.plans().some((plan) => plan.offering.id === id && runsOn(plan, params.environment)),
        );
      return found(rows.map(offeringView));
    },

    getOffering({ params }: TenantCall): Answer {
      const { id, name } = params;
      const offering = catalogue.offerings().find((one) => (id === undefined ? one.name === name : one.id === id));
      return offering ? found(offeringView(offering)) : notFound('service_offerings');
    },

    listPlans({ params }: TenantCall): Answer {
      const [fields, labels] = [filterOf(params.fieldsFilter), filterOf(params.labelsFilter)];
      if (!fields || !labels) return badRequest('invalid query');
      const rows = catalogue
        .plans()
        .filter((plan) => fields((key) => textsOf(planFields(plan), key)))
        .filter((plan) => labels((key) => (key === 'commercial_name' ? [plan.name] : [])))
        .filter((plan) => runsOn(plan, params.environment));
      return found(rows.map((plan) => planView(plan, true)));
    },

    getPlan({ params }: TenantCall): Answer {
      const { id, name = '', offeringName = '' } = params;
      const plan = id === undefined ? catalogue.planByName(offeringName, name) : catalogue.plan(id);
      return plan ? found(planView(plan)) : notFound('service_plans');
    },
  };
}

function offeringFields(offering: Offering) {
  return { ...offering, catalog_name: offering.name };
}

function planFields(plan: Plan) {
  return { ...plan, service_offering_id: plan.offering.id, catalog_name: plan.name };
}

/** A plan without a list of platforms is for all of them. */
function runsOn({ metadata }: Plan, environment: string | undefined): boolean {
  const platforms = metadata?.supportedPlatforms;
  return environment === undefined || !Array.isArray(platforms) || platforms.includes(environment);
}

function textsOf(row: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = row[key];
  return typeof value === 'string' || typeof value === 'boolean' ? [String(value)] : [];
}
