import type { Zone } from '../../../emulation/world.ts';
import type { Answer } from '../../protocols/btp-cli/emulator/answers.ts';
import type { Plan } from './catalogue.ts';
import type { BrokerRefusal } from './store.ts';

/** Service Manager's errors end with a newline (notes §3.2), which no JSON writer would make. */
function refusal(status: number, error: string, description: string): Answer {
  return { status, text: `${JSON.stringify({ error, description })}\n` };
}

/** Recording resource_subaccount_service_instance.import_error; `resource` such as `service_instances`. */
export function notFound(resource: string): Answer {
  return refusal(404, 'NotFound', `could not find such /v1/${resource}`);
}

/** Recorded 80 times, of an offering whose instances can't be retrieved. */
export function notSupported(): Answer {
  return refusal(400, 'BadRequest', 'this operation is not supported.');
}

/** Recording resource_subaccount_service_instance.sharing_error. */
export function notShareable(plan: string): Answer {
  return badRequest(`Failed to share the instance. The plan ${plan} does not support instance sharing.`);
}

/** Recording resource_subaccount_service_instance.creation_error; texts as Go prints a map and a missing value. */
export function brokerRefused(plan: Plan, refusal: BrokerRefusal, instance: string, context: object): Answer {
  const { status, description } = refusal;
  const told = Object.entries({ ...context, service_instance_id: instance }).sort(([a], [b]) => (a < b ? -1 : 1));
  const asked = [
    `Failed provisioning request context: map[${told.map(([key, value]) => `${key}:${value}`).join(' ')}]`,
    `instanceID: ${instance}`,
    `planID: ${plan.catalogId ?? plan.id}`,
    `serviceID: ${plan.offering.catalogId ?? plan.offering.id}`,
    `acceptsIncomplete: true: Status: ${status}; ErrorMessage: <nil>; Description: ${description}; ResponseError: <nil>`,
  ];
  const broker = { StatusCode: status, ErrorMessage: null, Description: description, ResponseError: null };
  const body = { error: 'BrokerError', description: asked.join(', '), broker_error: broker };
  return {
    status: 502,
    text: `${JSON.stringify(body)}\n`,
    message: 'Unexpected response code returned by backend service while executing command.',
  };
}

/** The command-line server's hint for what the broker does not do at once (recordings of services/instance?update). */
export function underWay(zone: Zone, instance: string, operation: 'create' | 'update'): Answer {
  return {
    status: 202,
    json: {
      id: instance,
      command: `btp get services/instance ${instance} --subaccount ${zone.guid}`,
      description: `Use the command above with the provided values (instance ID and subaccount ID respectively) to check the status of the ${operation} instance operation you initiated.`,
    },
  };
}

// assumed: the words of other refusals.
export function badRequest(description: string): Answer {
  return refusal(400, 'BadRequest', description);
}

export function conflict(description: string): Answer {
  return refusal(409, 'Conflict', description);
}
