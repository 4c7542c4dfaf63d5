import { expect, test } from 'vitest';
import { error } from './cloud-controller.ts';
import { openScene } from './scene.ts';

/** Makes a test of each call with a body that is refused, with 422 and this text; braces are things of the scene. */
export function refusals(table: readonly (readonly [call: string, body: unknown, detail: string])[]): void {
  test.each(table.map(([...row]) => row))('%s with %o is refused', async (call, body, detail) => {
    const { root, fill } = await openScene();
    const text = await fill(JSON.stringify({ call, body, detail }));
    const filled = JSON.parse(text) as { call: string; body?: unknown; detail: string };
    const [method = '', path = ''] = filled.call.split(' ');
    const answer = await root.send(method, path, filled.body);
    expect(answer).toMatchObject({ status: 422, body: error(filled.detail) });
  });
}

export const structure = (name: string) => `must be structured like this: "${name}: {"data": {"guid": "valid-guid"}}"`;
