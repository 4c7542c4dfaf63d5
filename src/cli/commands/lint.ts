import type { RunCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { withEngine } from '../parts/with-engine.ts';
import { countFindings, renderFindings } from '../render/findings.ts';
import { displayOf } from '../terminal/display.ts';

export const run: RunCommand = async (call) => {
  const display = displayOf(call.io, call.globals);
  const findings = await withEngine(call, { offline: true }, (engine) => engine.lint());
  if (findings.length > 0) display.print(`${renderFindings(findings, display.style)}\n\n`);
  display.print(
    `${call.globals.manifest}: ${findings.length === 0 ? display.style.paint.green('no findings') : countFindings(findings)}\n`,
  );
  display.json({ findings });
  return findings.some((finding) => finding.severity === 'error') ? EXIT.policy : EXIT.ok;
};
