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
    for await (const figure of bench.run()) print(figure);
  }
}

function print(figure: Figure): void {
  if (json) {
    const { name, value, unit, reference, atLeast } = figure;
    const least = atLeast === undefined ? {} : { atLeast };
    console.log(JSON.stringify({ name, value, unit, reference: reference ?? null, ...least }));
    return;
  }
  const { value, reference, atLeast, against } = figure;
  const bounds = [
    ...(reference === undefined ? [] : [`${against} ${reference}${value > reference ? ', EXCEEDED' : ''}`]),
    ...(atLeast === undefined ? [] : [`${against}: at least ${atLeast}${value < atLeast ? ', MISSED' : ''}`]),
  ];
  const held = bounds.length === 0 ? '' : `   (${bounds.join('; ')})`;
  console.log(`  ${figure.name.padEnd(52)} ${String(figure.value).padStart(8)} ${figure.unit}${held}`);
}
