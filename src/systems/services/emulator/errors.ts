import type { Answer } from '../../protocols/btp-cli/emulator/answers.ts';

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

// assumed: the words of other refusals.
export function badRequest(description: string): Answer {
  return refusal(400, 'BadRequest', description);
}

export function conflict(description: string): Answer {
  return refusal(409, 'Conflict', description);
}
