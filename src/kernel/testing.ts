import type { Address } from './address.ts';
import { createMemo } from './context.ts';
import { createLoginGuard } from './doctor/logins.ts';
import { RemoteError } from './errors.ts';
import type { Manifest } from './manifest/types.ts';
import { createMemoryCopies } from './memory-copies.ts';
import type { Journal, OpenRun, RunHead, StepIntent, StepResult, Vault } from './ports.ts';
import type { Extra, Resource, ResourceType, SystemContext, SystemDefinition } from './system.ts';

/** A pretend service for tests of the kernel: objects by address, a list of what was sent, and faults. */
export interface Toy {
  readonly world: Map<Address, { size: number }>;
  readonly sent: string[];
  readonly extras: Extra[];
  observations: number;
  /** Called before a mutation takes effect; throws to refuse it. */
  before: (address: Address) => void;
  /** Called after a mutation took effect; throws to lose the reply. */
  after: (address: Address) => void;
  readonly type: ResourceType<{ size: number }, { size: number }>;
}

export function createToy(): Toy {
  const toy: Toy = {
    world: new Map(),
    sent: [],
    extras: [],
    observations: 0,
    before: () => undefined,
    after: () => undefined,
    type: {
      type: 'toy/thing',
      async observe(_scope, wanted) {
        toy.observations++;
        const objects = new Map<Address, { size: number }>();
        for (const { address } of wanted) {
          const found = toy.world.get(address);
          if (found) objects.set(address, found);
        }
        return { objects, extras: toy.extras.filter((extra) => toy.world.has(extra.address)) };
      },
      diff(resource, observed) {
        if (!observed) return { action: 'create', changes: [{ path: 'size', after: resource.props.size }] };
        if (observed.size === resource.props.size) return { action: 'none' };
        return { action: 'update', changes: [{ path: 'size', before: observed.size, after: resource.props.size }] };
      },
      async converge({ resource, action }) {
        toy.before(resource.address);
        toy.sent.push(`${action} ${resource.address}`);
        if (action === 'delete') toy.world.delete(resource.address);
        else toy.world.set(resource.address, resource.props);
        toy.after(resource.address);
        return { size: resource.props.size };
      },
    },
  };
  return toy;
}

/** `name` needs `needs`; all in one scope. */
export function thing(name: string, needs: readonly string[] = [], size = 1): Resource<{ size: number }> {
  return {
    type: 'toy/thing',
    address: `toy/thing:${name}`,
    props: { size },
    scope: 'all',
    needs: needs.map((n) => `toy/thing:${n}`),
    user: 'robot',
  };
}

export function toySystem(toy: Toy, resources: readonly Resource[]): SystemDefinition {
  return {
    id: 'toy',
    section: { expand: () => ({ resources, findings: [] }) },
    resources: [toy.type],
    checks: [],
    rules: [],
    findings: [],
  };
}

export const manifest: Manifest = {
  name: 'test',
  globalAccount: 'acme',
  identityProviders: [],
  connections: {},
  technicalUsers: [],
  credentials: [],
  folder: '.',
  locate: () => ({ file: 'locum.yaml', line: 1, column: 1 }),
};

const noVault: Vault = {
  propose: () => Promise.reject(new Error('no vault')),
  promote: () => Promise.reject(new Error('no vault')),
  retire: () => Promise.reject(new Error('no vault')),
  retireAll: () => Promise.reject(new Error('no vault')),
  open: async () => undefined,
  openVersion: async () => undefined,
  history: async () => [],
  names: async () => [],
  ready: async () => undefined,
  loginEnd: async () => undefined,
};

export function context(log: string[] = []): SystemContext {
  return {
    fetch: () => Promise.reject(new Error('no network')),
    now: () => 0,
    id: () => 'id',
    sleep: async () => undefined,
    random: (bytes) => new Uint8Array(bytes),
    manifest,
    secret: () => Promise.reject(new Error('no secrets')),
    vault: noVault,
    copies: createMemoryCopies(),
    gates: new Set(),
    memo: createMemo(),
    logins: createLoginGuard(),
    log: (event, fields) => void log.push(`${event} ${fields.address ?? ''}`.trim()),
  };
}

export const lostReply = () =>
  new RemoteError('ERR_REMOTE_OUTCOME_UNKNOWN', {
    system: 'toy',
    operation: 'make',
    outcome: 'unknown',
    retryable: true,
  });
export const refusal = (status: number) =>
  new RemoteError('ERR_REMOTE_REFUSED', { system: 'toy', operation: 'make', status });

/** A journal in memory that also counts how often each intent was written. */
export function createToyJournal(): Journal & { readonly results: Map<Address, StepResult>; readonly ended: string[] } {
  const runs = new Map<string, RunHead & { pending: StepIntent[]; open: boolean }>();
  const results = new Map<Address, StepResult>();
  const ended: string[] = [];
  const open = (id: string) => {
    const run = runs.get(id);
    if (!run) throw new Error(`no run ${id}`);
    return run;
  };
  return {
    results,
    ended,
    async begin(run) {
      runs.set(run.id, { ...run, pending: [], open: true });
    },
    async intend(runId, intent) {
      open(runId).pending.push(intent);
    },
    async complete(runId, address, result) {
      const run = open(runId);
      run.pending = run.pending.filter((intent) => intent.address !== address);
      results.set(address, result);
    },
    async end(runId, status) {
      open(runId).open = false;
      ended.push(status);
    },
    async openRuns(): Promise<readonly OpenRun[]> {
      return [...runs.values()].filter((run) => run.open);
    },
  };
}
