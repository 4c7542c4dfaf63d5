import { expect, test } from 'vitest';
import { createState } from './state.ts';

interface Role {
  readonly user: string;
}

const byUser = { user: (role: Role) => role.user };

test('lists documents in order of first insertion, also through an index and after a change', () => {
  const roles = createState().collection('cf/roles', byUser);
  roles.set('1', { user: 'x' });
  roles.set('2', { user: 'x' });
  roles.set('1', { user: 'y' });
  roles.set('1', { user: 'x' });
  expect([...roles.keys()]).toEqual(['1', '2']);
  expect(roles.by('user', 'x')).toHaveLength(2);
  expect(roles.by('user', 'y')).toEqual([]);
});

test('gives every changed document once, with its last value', () => {
  const state = createState();
  const roles = state.collection<Role>('cf/roles');
  roles.set('1', { user: 'x' });
  roles.set('1', { user: 'y' });
  roles.set('2', { user: 'z' });
  roles.delete('2');
  expect(state.drain().map(({ key, value }) => [key, value])).toEqual([
    ['1', { user: 'y' }],
    ['2', undefined],
  ]);
  expect(state.drain()).toEqual([]);
});

test('a state restored by position has the order of the original and goes on after it', () => {
  const state = createState();
  const roles = state.collection<Role>('cf/roles');
  for (const key of ['a', 'b', 'c']) roles.set(key, { user: key });
  roles.delete('a');
  roles.set('a', { user: 'again' });
  const restored = createState();
  for (const change of state.drain().toSorted((a, b) => a.position - b.position)) {
    restored.restore(change.collection, change.key, change.value, change.position);
  }
  const copy = restored.collection<Role>('cf/roles');
  copy.set('d', { user: 'd' });
  expect([...copy.keys()]).toEqual(['b', 'c', 'a', 'd']);
  expect(restored.drain()[0]?.position).toBeGreaterThan(4);
});
