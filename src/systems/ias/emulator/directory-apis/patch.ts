import { z } from 'zod';
import type { Json, JsonObject } from '../../../../kernel/json.ts';
import { isList, isObject, safeName } from '../../../protocols/scim/emulator/document.ts';
import { DirectoryError } from './rest.ts';

const patchBody = z.object({
  operations: z
    .array(z.object({ op: z.enum(['add', 'replace', 'remove']), path: z.string(), value: z.json().optional() }))
    .max(200),
});

/**
 * The document after the operations of a PATCH: JSON Patch (RFC 6902) under `operations`, where `replace` also makes what is not there
 * (recorded by SAP/terraform-provider-sap-cloud-identity-services).
 * @throws DirectoryError 400 for what is no such body, or a path that leads nowhere
 */
export function patched(document: JsonObject, body: JsonObject): JsonObject {
  const parsed = patchBody.safeParse(body);
  if (!parsed.success) {
    const details = parsed.error.issues.map(({ path, message }) => ({ target: path.join('.'), message }));
    throw new DirectoryError(400, 'The request body is no patch.', details);
  }
  return parsed.data.operations.reduce<JsonObject>((current, { op, path, value }) => {
    const steps = stepsOf(path);
    if (steps.length === 0) throw new DirectoryError(400, `The path '${path}' names no attribute.`);
    return changedAt(current, steps, op === 'remove' ? undefined : (value as Json | undefined), path) as JsonObject;
  }, document);
}

/** JSON Pointer (RFC 6901). */
function stepsOf(path: string): readonly string[] {
  const [root, ...steps] = path.split('/');
  if (root !== '') throw new DirectoryError(400, `The path '${path}' does not begin with /.`);
  return steps.map((step) => safeName(step.replaceAll('~1', '/').replaceAll('~0', '~')));
}

function changedAt(target: Json | undefined, steps: readonly string[], value: Json | undefined, path: string): Json {
  const [step = '', ...rest] = steps;
  if (isList(target)) return changedInList(target, step, rest, value, path);
  if (target !== undefined && !isObject(target)) throw new DirectoryError(400, `The path '${path}' leads nowhere.`);
  const { [step]: before, ...others } = target ?? {};
  const after = rest.length === 0 ? value : changedAt(before, rest, value, path);
  return after === undefined || after === null ? others : { ...others, [step]: after };
}

function changedInList(
  list: readonly Json[],
  step: string,
  rest: readonly string[],
  value: Json | undefined,
  path: string,
): Json {
  const index = step === '-' ? list.length : Number(step);
  if (!Number.isInteger(index) || index < 0 || index > list.length) {
    throw new DirectoryError(400, `The path '${path}' leads nowhere.`);
  }
  const after = rest.length === 0 ? value : changedAt(list[index], rest, value, path);
  return after === undefined ? list.toSpliced(index, 1) : list.toSpliced(index, 1, after);
}
