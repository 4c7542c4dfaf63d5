import type { Json } from '../../kernel/json.ts';
import type { Plan, PlanStep } from '../../kernel/plan/plan.ts';
import type { Change } from '../../kernel/system.ts';
import { renderFindings } from './findings.ts';
import type { Paint, Style } from './style.ts';
import { count, oneLine, printable } from './text.ts';

const ACTIONS = {
  create: { sign: '+', words: 'will be created', color: 'green' },
  update: { sign: '~', words: 'will be updated in-place', color: 'yellow' },
  delete: { sign: '-', words: 'will be destroyed', color: 'red' },
} as const;

/** A plan in Terraform's familiar shape. */
export function renderPlan(plan: Plan, style: Style): string {
  const { paint } = style;
  const blocks = plan.steps.map((step) => renderStep(step, paint));
  if (plan.findings.length > 0) blocks.push(renderFindings(plan.findings, style));
  if (plan.unknown.length > 0) blocks.push(renderUnknown(plan, paint));
  blocks.push(renderSummary(plan, paint));
  return `${blocks.join('\n\n')}\n`;
}

function renderStep(step: PlanStep, paint: Paint): string {
  const { sign, words, color } = ACTIONS[step.action];
  const because = step.because === undefined ? '' : paint.dim(` (${printable(step.because)})`);
  const attributes = step.changes.flatMap(attributesOf);
  const widest = Math.max(0, ...attributes.map(({ path }) => path.length));
  const lines = attributes.map((attribute) => {
    const sort = attribute.before === undefined ? '+' : attribute.after === undefined ? '-' : '~';
    // A sensitive value of an update has neither side; what it is now can't be read.
    const shown = attribute.sensitive && step.action === 'update' ? '~' : sort;
    const mark = { '+': paint.green, '-': paint.red, '~': paint.yellow }[shown](shown);
    return `      ${mark} ${attribute.path.padEnd(widest)} = ${sidesOf(attribute, paint)}`;
  });
  return [
    `  ${paint.bold(`# ${oneLine(step.address)}`)} ${words}${because}`,
    `  ${paint[color](sign)} ${resourceOf(step)} {`,
    ...lines,
    '    }',
  ].join('\n');
}

function resourceOf({ type, address }: PlanStep): string {
  return `resource "${type}" ${quoted(address.startsWith(`${type}:`) ? address.slice(type.length + 1) : address)}`;
}

interface Attribute {
  readonly path: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly sensitive?: boolean;
}

/** A change of the whole resource (no path) is shown by its properties. */
function attributesOf({ path, before, after, sensitive }: Change): Attribute[] {
  if (path === '' && (isObject(before) || isObject(after))) {
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    return [...keys].map((key) => ({
      path: key,
      before: isObject(before) ? before[key] : undefined,
      after: isObject(after) ? after[key] : undefined,
    }));
  }
  return [{ path: oneLine(path), before, after, ...(sensitive ? { sensitive } : {}) }];
}

function sidesOf({ before, after, sensitive }: Attribute, paint: Paint): string {
  if (sensitive) return '(sensitive value)';
  if (before === undefined) return shown(after);
  if (after === undefined) return `${shown(before)} ${paint.dim('->')} null`;
  return `${shown(before)} ${paint.dim('->')} ${shown(after)}`;
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' ? quoted(value) : printable(JSON.stringify(value ?? null));
}

/** JSON escapes what would break out of the quotes; the empty text shows as `""`. */
function quoted(text: string): string {
  return printable(JSON.stringify(text));
}

function renderUnknown({ unknown }: Plan, paint: Paint): string {
  const lines = unknown.map(({ address, paths }) => `  ? ${oneLine(address)}: ${paths.join(', ')}`);
  return [
    paint.bold('In place, but unknown: these values can not be read back; `locum doctor` proves them.'),
    ...lines,
  ].join('\n');
}

function renderSummary(plan: Plan, paint: Paint): string {
  const number = (action: PlanStep['action']) => plan.steps.filter((step) => step.action === action).length;
  if (plan.steps.length === 0) {
    const blocked = plan.findings.some((finding) => finding.severity === 'error');
    return blocked
      ? `${paint.bold('Nothing is planned')}: the findings above stand against it.`
      : `${paint.bold(paint.green('No changes.'))} ${inPlace(plan)}`;
  }
  const totals = `${number('create')} to add, ${number('update')} to change, ${number('delete')} to destroy.`;
  return `${paint.bold('Plan:')} ${totals}${plan.inPlace > 0 ? ` ${inPlace(plan)}` : ''}`;
}

function inPlace(plan: Plan): string {
  return `${count(plan.inPlace, 'resource')} of ${oneLine(plan.manifest)} ${plan.inPlace === 1 ? 'is' : 'are'} in place.`;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
