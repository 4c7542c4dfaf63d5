import path from 'node:path';
import pc from 'picocolors';
import type { Position } from '../../kernel/errors.ts';
import type { Io, Output } from '../io.ts';

export type Paint = ReturnType<typeof pc.createColors>;

/** How text is set for people. */
export interface Style {
  readonly paint: Paint;
  /** Characters in a line. */
  readonly width: number;
  /** Folder that file names are shown relative to. */
  readonly cwd: string;
}

/** Widest that text is set: longer lines are hard to read. */
const MAX_WIDTH = 120;

/** The style for a stream. Colours: none where it is no terminal, with `--no-color`, NO_COLOR or TERM=dumb; FORCE_COLOR insists. */
export function styleFor(output: Output, io: Pick<Io, 'env' | 'cwd'>, options: { readonly color: boolean }): Style {
  const { env, cwd } = io;
  const wanted = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const refused = !options.color || (env.NO_COLOR !== undefined && env.NO_COLOR !== '');
  const colors = !refused && (wanted || (output.isTTY && env.TERM !== 'dumb'));
  return { paint: pc.createColors(colors), width: Math.min(output.columns, MAX_WIDTH), cwd };
}

/** `file:line:column`, as editors and terminals make links of it. */
export function placeOf({ file, line, column }: Position, { cwd }: Pick<Style, 'cwd'>): string {
  const near = path.relative(cwd, file);
  return `${near === '' || near.startsWith('..') ? file : near}:${line}:${column}`;
}
