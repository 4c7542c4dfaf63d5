import type { DoctorReport } from '../../kernel/doctor/doctor.ts';
import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { renderDoctor } from '../render/doctor.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async (call) => {
  const display = displayOf(call.io, call.globals);
  const users = call.args.length > 0 ? { users: call.args } : {};
  const report = await withEngine(call, {}, (engine) => engine.doctor(users));
  display.print(renderDoctor(report, display.style));
  display.json(report);
  return exitCodeOf(report);
};

/** Warnings do not break a chain; what is unknown is not proven. */
export function exitCodeOf({ status }: DoctorReport): number {
  return status === 'ok' || status === 'warning' ? EXIT.ok : EXIT.doctor;
}
