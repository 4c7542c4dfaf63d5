import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const CHUNK = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Lines of a file, which can be compressed by gzip and longer than a text can be; only a line has to be shorter. */
export function* linesOf(file: string): Generator<string> {
  let rest: Buffer[] = [];
  let first = true;
  const text = (parts: readonly Buffer[]) => {
    const line = Buffer.concat(parts).toString('utf8');
    const begins = first;
    first = false;
    return begins ? line.replace(/^\uFEFF/, '') : line;
  };
  for (const chunk of chunksOf(file)) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      yield text([...rest, chunk.subarray(from, end)]);
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(Buffer.from(chunk.subarray(from)));
  }
  if (rest.length > 0) yield text(rest);
}

function* chunksOf(file: string): Generator<Buffer> {
  const handle = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let length = readSync(handle, chunk);
    if (length >= 2 && chunk[0] === 0x1f && chunk[1] === 0x8b) {
      yield gunzipSync(readFileSync(file));
      return;
    }
    for (; length > 0; length = readSync(handle, chunk)) yield chunk.subarray(0, length);
  } finally {
    closeSync(handle);
  }
}
