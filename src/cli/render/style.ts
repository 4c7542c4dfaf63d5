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

/** Text is set no narrower and no wider than this: both are hard to read. */
const WIDTHS = [50, 120] as const;

/** The style for a stream. Colours: none where it is no terminal, with `--no-color`, NO_COLOR or TERM=dumb; FORCE_COLOR insists. */
export function styleFor(output: Output, io: Pick<Io, 'env' | 'cwd'>, options: { readonly color: boolean }): Style {
  const { env, cwd } = io;
  const wanted = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const refused = !options.color || (env.NO_COLOR !== undefined && env.NO_COLOR !== '');
  const colors = !refused && (wanted || (output.isTTY && env.TERM !== 'dumb'));
  return { paint: pc.createColors(colors), width: Math.max(WIDTHS[0], Math.min(output.columns, WIDTHS[1])), cwd };
}

/** A file's name relative to the working folder when it is below it. */
export function fileName(file: string, cwd: string): string {
  const near = path.relative(cwd, file);
  return near === '' || near.startsWith('..') ? file : near;
}

/** `file:line:column`, as editors and terminals make links of it. */
export function placeOf({ file, line, column }: Position, { cwd }: Pick<Style, 'cwd'>): string {
  return `${fileName(file, cwd)}:${line}:${column}`;
}
