import { expect, test } from 'vitest';
import { masterKeySource, parseMasterKeySource } from './master-key-source.ts';

const io = (env: Record<string, string>) => ({ env, cwd: '/work' });

test('the master key comes from a variable, a file or a command; otherwise the store keeps its own', () => {
  const env = { LOCUM_MASTER_KEY: 'k' };
  expect(masterKeySource(io(env))).toEqual({ variable: 'LOCUM_MASTER_KEY', environment: env });
  expect(masterKeySource(io({ LOCUM_MASTER_KEY_FILE: 'key' }))).toEqual({ file: '/work/key' });
  expect(masterKeySource(io({ LOCUM_MASTER_KEY_COMMAND: 'pass show  locum' }))).toEqual({
    command: ['pass', 'show', 'locum'],
  });
  expect(masterKeySource(io({ LOCUM_MASTER_KEY: '' }))).toBeUndefined();
});

test('a new master key is named in the same three ways', () => {
  expect(parseMasterKeySource('file:new.key', io({}))).toEqual({ file: '/work/new.key' });
  expect(parseMasterKeySource('env:NEXT', io({ NEXT: 'k' }))).toEqual({ variable: 'NEXT', environment: { NEXT: 'k' } });
  expect(parseMasterKeySource('command:pass show next', io({}))).toEqual({ command: ['pass', 'show', 'next'] });
  expect(() => parseMasterKeySource('the-key-itself', io({}))).toThrow('is no source of a master key');
});
