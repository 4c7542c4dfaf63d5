import { paramsOf, type Recording, succeeded } from './recorded.ts';

interface EnvironmentRow {
  readonly id: string;
  readonly name: string;
  readonly environmentType: string;
  readonly landscapeLabel?: string;
  /** JSON inside of texts. */
  readonly labels?: string;
  readonly parameters?: string;
}

/** The Cloud Foundry environment of a subaccount that a sequence finds and did not make itself. */
export function recordedEnvironment(cassette: readonly Recording[], subaccount: string) {
  const answers = cassette.filter(
    (one) =>
      one.command === 'accounts/environment-instance' && succeeded(one) && paramsOf(one).subaccount === subaccount,
  );
  const made = answers.flatMap((one) => (one.action === 'create' ? [(one.responseBody as EnvironmentRow).id] : []));
  const shown = answers
    .filter(({ action }) => action === 'get')
    .map((one) => one.responseBody as EnvironmentRow)
    .find((row) => row.environmentType === 'cloudfoundry' && !made.includes(row.id));
  if (shown === undefined) return {};
  const { 'Org ID': guid = shown.id, 'Org Name': name = shown.name } = objectIn(shown.labels);
  const landscape = shown.landscapeLabel?.replace(/^cf-/, '') ?? '';
  const { status: _, ...parameters } = objectIn(shown.parameters);
  const org = { guid: String(guid), name: String(name), landscape };
  return { environment: { id: shown.id, name: shown.name, org, parameters } };
}

/** Labels of old recordings are no JSON: `{API Endpoint: …}`. */
function objectIn(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text ?? '{}') as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
