import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readRecorded } from './files.ts';
import { linesOf } from './lines.ts';
import { replay } from './run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const org = {
  guid: '784b4cd0-4771-4e4d-9052-a07e178bae56',
  created_at: '2024-01-01T00:00:00Z',
  updated_at: '2024-01-01T00:00:00Z',
  name: 'acme',
  suspended: false,
};

/** A call for an org that nobody sees. */
function missing(index: number, more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    cassette: 'orgs',
    index,
    method: 'GET',
    url: `https://api.cf.example.com/v3/organizations/${org.guid}`,
    request_headers: { Authorization: 'Bearer redacted' },
    request_body: '',
    status: 404,
    response_headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Ratelimit-Limit': '20000',
      'X-Ratelimit-Remaining': '18000',
    },
    response_body: {
      errors: [{ detail: 'Organization not found', title: 'CF-ResourceNotFound', code: 10010 }],
    },
    ...more,
  });
}

async function played(...words: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await replay(words, { out: (line) => out.push(line), err: (line) => err.push(line) });
  const last = out.at(-1) ?? '';
  const summary = (last.startsWith('{') ? JSON.parse(last) : {}) as Readonly<Record<string, unknown>>;
  return { status, last: summary, talk: err.join('\n') };
}

test('lines are the same from a file as it is and from its compressed form, with and without an end', () => {
  const content = '\uFEFFa\n\nb\u00fc\r\nc';
  const plain = [...linesOf(fileWith('lines.jsonl', content))];
  expect(plain).toEqual(['a', '', 'b\u00fc\r', 'c']);
  expect([...linesOf(fileWith('lines.jsonl.gz', gzipSync(content)))]).toEqual(plain);
  expect([...linesOf(fileWith('empty.jsonl', ''))]).toEqual([]);
});

test('what can not be read is told with its line and why, and the lines beside it are read', () => {
  const file = fileWith(
    'damaged.jsonl',
    [
      '{"cassette":',
      '[]',
      '{"a":1}',
      missing(0, { status: 'ok' }),
      missing(1, { url: 'nowhere' }),
      missing(2),
      '',
    ].join('\n'),
  );
  const { unreadable, cf } = readRecorded(file);
  expect(unreadable).toEqual([
    { line: 1, because: expect.stringMatching(/^no JSON: /) },
    { line: 2, because: 'no JSON object' },
    { line: 3, because: 'neither a call of Cloud Foundry nor a command' },
    { line: 4, because: expect.stringMatching(/^a call of Cloud Foundry whose status is wrong/) },
    { line: 5, because: 'a call of Cloud Foundry whose url is wrong (no address)' },
  ]);
  expect(cf.get('orgs')?.map(({ index }) => index)).toEqual([2]);
});

test('a sequence that comes twice is played twice, in the order of its index', () => {
  const lines = [missing(1), missing(0), missing(0), missing(1), missing(0, { source: 'history:abc' })];
  const { cf } = readRecorded(fileWith('twice.jsonl', lines.join('\n')));
  expect([...cf].map(([name, rows]) => [name, rows.map(({ index }) => index)])).toEqual([
    ['orgs', [0, 1]],
    ['orgs [2]', [0, 1]],
    ['orgs (history:abc)', [0]],
  ]);
});

test('several files are summed up in one last line, and the exit code tells whether all was read and passed', async () => {
  const good = fileWith('good.jsonl', `${missing(0)}\n`);
  const elsewhere = missing(1, { url: 'https://www.example.com/', response_headers: {} });
  const more = fileWith('more.jsonl', `${missing(0)}\n${elsewhere}\n`);
  expect(await played(good, more)).toMatchObject({
    status: 0,
    last: { interactions: 3, promised: 2, passed: 2, notEmulated: 1, ratio: 1, unreadable: 0 },
  });
  const damaged = fileWith('half.jsonl', `${missing(0)}\nx\n`);
  const half = await played(damaged);
  expect(half).toMatchObject({ status: 1, last: { interactions: 1, ratio: 1, unreadable: 1 } });
  expect(half.talk).toContain(`${damaged}:2: no JSON`);
  const wrong = fileWith('wrong.jsonl', `${missing(0, { status: 200, response_body: { ...org, nothing: 'such' } })}\n`);
  expect(await played(wrong)).toMatchObject({ status: 1, last: { failed: 1, ratio: 0 } });
});

test('without anything to play there is nothing to be proud of', async () => {
  const nothing = await played(fileWith('none.jsonl', '\n'));
  expect(nothing).toMatchObject({ status: 1, last: { interactions: 0, ratio: 0 } });
  expect(nothing.talk).toContain('holds no interaction');
  const absent = await played(path.join(folder, 'absent.jsonl'));
  expect(absent).toMatchObject({ status: 1, last: { ratio: 0, unreadable: 1 } });
  expect(absent.talk).toContain('there is no such file');
  expect(await played()).toMatchObject({ status: 2 });
  expect((await played('--fast', 'x.jsonl')).talk).toContain('unknown option --fast');
  expect((await played('--help')).status).toBe(0);
});
