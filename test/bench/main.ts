import { nearest } from '../../src/kernel/manifest/nearest.ts';
import { findThroughput } from './find-throughput.ts';
import { fleetBoot } from './fleet-boot.ts';
import type { Bench, Figure } from './measure.ts';
import { planCalls, replanCalls } from './plan-calls.ts';
import { readThroughput } from './read-throughput.ts';
import { roleThroughput } from './role-throughput.ts';
import { rotationLoad } from './rotation.ts';
import { helpStart, landscapeBoot } from './start-up.ts';
import { tenantMemory } from './tenant-memory.ts';
import { tokenThroughput } from './token-throughput.ts';

const benches: readonly Bench[] = [
  helpStart,
  landscapeBoot,
  fleetBoot,
  planCalls,
  replanCalls,
  tokenThroughput,
  readThroughput,
  findThroughput,
  roleThroughput,
  tenantMemory,
  rotationLoad,
];

const args = process.argv.slice(2);
const json = args.includes('--json');
const names = args.filter((arg) => arg !== '--json');
const known = benches.map((bench) => bench.name);
const strange = names.find((name) => !known.includes(name));

if (strange !== undefined) {
  const guess = nearest(strange, known);
  console.error(`no bench '${strange}'${guess ? `; did you mean '${guess}'?` : ''} (${known.join(', ')})`);
  process.exitCode = 2;
} else {
  for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
    if (!json) console.log(`\n${bench.name}: ${bench.about}`);
    for await (const figure of bench.run()) {
      print(figure);
      if (figure.promised && isMet(figure) === false) process.exitCode = 1;
    }
  }
}

function print(figure: Figure): void {
  const { name, value, unit, reference, atLeast, promised = false } = figure;
  if (json) {
    const least = atLeast === undefined ? {} : { atLeast };
    console.log(
      JSON.stringify({
        name,
        value,
        unit,
        reference: reference ?? null,
        ...least,
        met: isMet(figure) ?? null,
        promised,
      }),
    );
    return;
  }
  console.log(`  ${name.padEnd(52)} ${String(value).padStart(8)} ${unit}   (${goalOf(figure)})`);
}

/** Whether the value keeps its bound; undefined = it has none. */
function isMet({ value, reference, atLeast }: Figure): boolean | undefined {
  if (reference !== undefined) return value <= reference;
  return atLeast === undefined ? undefined : value >= atLeast;
}

function goalOf(figure: Figure): string {
  const { reference, atLeast, against } = figure;
  const met = isMet(figure);
  if (met === undefined) return 'no goal';
  const bound = reference === undefined ? `at least ${atLeast}` : `at most ${reference}`;
  return `goal: ${bound}${against === undefined ? '' : `, ${against}`}: ${met ? 'met' : figure.promised ? 'BROKEN' : 'MISSED'}`;
}
