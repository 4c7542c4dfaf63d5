import { PolicyError } from '../kernel/errors.ts';
import { findingOf } from '../kernel/lifecycle/held.ts';
import type { Plan } from '../kernel/plan/plan.ts';
import type { Hold } from '../kernel/ports.ts';

/** An error finding gates an apply; all of them are told at once. */
export function refuseGated(plan: Plan): void {
  const gates = plan.findings.filter((finding) => finding.severity === 'error');
  const [first] = gates;
  if (!first) return;
  throw new PolicyError('ERR_POLICY', gates.map((gate) => `${gate.code} ${gate.subject}: ${gate.because}`).join('\n'), {
    remedy: gates.length === 1 ? first.remedy : gates.map((gate) => `${gate.code}: ${gate.remedy}`).join('\n'),
  });
}

/** Whoever is held is not logged in. */
export function refuseHeld(hold: Hold): never {
  const { subject, because, remedy } = findingOf(hold);
  throw new PolicyError('ERR_POLICY', `${subject}: ${because}`, { remedy });
}
