import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { armor, Decrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { ageWriter } from './age.ts';

const identity = await generateIdentity();
const recipient = await identityToRecipient(identity);
const TEXT = 'Top-Secret-ü\n';

async function decrypted(text: string, by: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(by);
  return decrypter.decrypt(armor.decode(text), 'text');
}

test('whoever has an identity of a recipient reads it, and nobody else', async () => {
  const other = await generateIdentity();
  const writer = await ageWriter([recipient, await identityToRecipient(other)]);
  const text = await writer.encrypt(TEXT);
  expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(text).not.toContain('Top-Secret');
  expect(await decrypted(text, identity)).toBe(TEXT);
  expect(await decrypted(text, other)).toBe(TEXT);
  await expect(decrypted(text, await generateIdentity())).rejects.toThrow();
  // Each time with a key of its own.
  expect(await writer.encrypt(TEXT)).not.toBe(text);
});

test.each(['age1nonsense', 'AGE-SECRET-KEY-1QQQ', ''])("'%s' is refused before any secret is opened", async (text) => {
  await expect(ageWriter([recipient, text])).rejects.toMatchObject({ remedy: expect.stringContaining('age1') });
});

test('an identity that was mistaken for a recipient is not quoted', async () => {
  const refused = ageWriter(['AGE-SECRET-KEY-1MUST-NOT-BE-SEEN']);
  await expect(refused).rejects.toMatchObject({ message: 'an identity is no recipient of age' });
});

const program = spawnSync('age', ['--version']);
const without = program.status === 0 ? '' : ' (age is not installed)';

test.skipIf(without !== '')(`the program age reads it${without}`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'locum-age-'));
  try {
    const key = path.join(folder, 'key');
    writeFileSync(key, `${identity}\n`, { mode: 0o600 });
    const input = await (await ageWriter([recipient])).encrypt(TEXT);
    const { status, stdout, stderr } = spawnSync('age', ['--decrypt', '-i', key], { input, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toBe(TEXT);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
