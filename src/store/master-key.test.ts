import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createMasterKeyFile, type MasterKeySource, readMasterKey } from './master-key.ts';
import { realContext, temporaryDirectory } from './store.fixture.ts';

const root = temporaryDirectory();
const KEY = randomBytes(32);

function aFile(text: string, mode = 0o600): string {
  const file = path.join(root, randomUUID());
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const node = (script: string): MasterKeySource => ({ command: [process.execPath, '-e', script] });

describe('master key', () => {
  test('is the same from a file, a variable and a command, as base64 and hexadecimal text', async () => {
    const text = KEY.toString('base64');
    const keys = await Promise.all(
      [
        { file: aFile(`${text}\n`) },
        { file: aFile(KEY.toString('base64url'), 0o400) },
        { variable: 'KEY', environment: { KEY: KEY.toString('hex') } },
        node(`console.log('${text}')`),
      ].map(readMasterKey),
    );
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
  });

  test('its name tells nothing of it, and another key has another name', async () => {
    const { id } = await readMasterKey({ variable: 'KEY', environment: { KEY: KEY.toString('hex') } });
    const other = await readMasterKey({ variable: 'KEY', environment: { KEY: randomBytes(32).toString('hex') } });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(KEY.toString('hex')).not.toContain(id);
    expect(other.id).not.toBe(id);
  });

  test('a wrapped key opens with the same key and place only', async () => {
    const key = await readMasterKey({ variable: 'KEY', environment: { KEY: KEY.toString('hex') } });
    const other = await readMasterKey({ variable: 'KEY', environment: { KEY: randomBytes(32).toString('hex') } });
    const secret = randomBytes(32);
    const wrapped = key.wrap(secret, 'here', realContext.random);
    expect(Buffer.from(key.unwrap(wrapped, 'here')).equals(secret)).toBe(true);
    expect(() => key.unwrap(wrapped, 'there')).toThrow();
    expect(() => other.unwrap(wrapped, 'here')).toThrow();
    expect(() => key.unwrap(wrapped.subarray(0, 20), 'here')).toThrow();
  });

  test.each([0o640, 0o604, 0o644, 0o660, 0o666])('refuses a file of mode %o, and says how to mend it', async (mode) => {
    const file = aFile(KEY.toString('base64'), mode);
    await expect(readMasterKey({ file })).rejects.toMatchObject({
      code: 'ERR_VAULT_KEY',
      message: expect.stringContaining(`mode 0${mode.toString(8)}`),
      remedy: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  test.each([
    ['a file that is not there', { file: path.join(root, 'nothing') }, /ENOENT/],
    ['a variable that is not set', { variable: 'KEY', environment: {} }, /KEY is not set/],
    ['a command that is not there', { command: [path.join(root, 'nothing')] as const }, /ENOENT/],
    ['a command that fails', node('process.exit(3)'), /\(3\)/],
    ['a command that prints too much', node('process.stdout.write("k".repeat(1e6))'), /MAXBUFFER/],
    ['too short a key', { variable: 'KEY', environment: { KEY: KEY.subarray(1).toString('base64') } }, /does not hold/],
    ['a pass phrase', { variable: 'KEY', environment: { KEY: 'correct horse battery staple' } }, /does not hold/],
  ])('refuses %s', async (_what, source, because) => {
    await expect(readMasterKey(source as MasterKeySource)).rejects.toMatchObject({
      code: 'ERR_VAULT_KEY',
      message: because,
    });
  });

  test('never shows what it found', async () => {
    const almost = KEY.toString('base64').slice(0, 40);
    const sources: MasterKeySource[] = [
      { file: aFile(almost) },
      { variable: 'KEY', environment: { KEY: almost } },
      node(`console.log('${almost}')`),
      node(`console.log('${almost}'); console.error('${almost}'); process.exit(1)`),
    ];
    for (const source of sources) {
      const error = await readMasterKey(source).catch((cause: unknown) => cause);
      // The command's own arguments are the caller's; what it printed is not shown.
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(almost);
    }
    const key = await readMasterKey({ variable: 'KEY', environment: { KEY: KEY.toString('hex') } });
    expect(inspect(key, { depth: 9, showHidden: true })).not.toContain(KEY.toString('hex').slice(0, 16));
  });

  test('a command is run without a shell', async () => {
    const trap = path.join(root, 'trap');
    await expect(readMasterKey({ command: ['echo', `$(touch ${trap})`, ';', 'touch', trap] })).rejects.toMatchObject({
      code: 'ERR_VAULT_KEY',
    });
    expect(existsSync(trap)).toBe(false);
  });

  test('a new file is private, and a file that is there stays', async () => {
    const file = path.join(root, 'new.key');
    createMasterKeyFile(file, realContext);
    const text = readFileSync(file, 'utf8');
    createMasterKeyFile(file, realContext);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe(text);
    await readMasterKey({ file });
  });
});
