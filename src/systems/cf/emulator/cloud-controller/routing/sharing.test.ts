import { beforeAll, describe, expect, test } from 'vitest';
import { openScene } from '../../testing/scene.ts';
import { grant, made, type Scene } from '../../testing/stage.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});

const detailOf = (body: unknown) => (body as { errors: readonly { detail: string }[] }).errors[0]?.detail;
const many = (...guids: readonly string[]) => ({ data: guids.map((guid) => ({ guid })) });

async function switchSharing(enabled: boolean): Promise<void> {
  await made(scene.root, 'PATCH', '/v3/feature_flags/route_sharing', { enabled });
}

/** A route of the scene's space, and another space in which its developer has that role, too. */
async function start() {
  await scene.renew();
  await switchSharing(true);
  const developer = scene.as('space_developer');
  const [route, own, other] = [await scene.thing('route'), await scene.thing('space'), await scene.thing('next_space')];
  const shares = `/v3/routes/${route}/relationships/shared_spaces`;
  const sharedWith = async () =>
    ((await developer.get(shares)).body as { data: readonly { guid: string }[] }).data.map(({ guid }) => guid);
  const become = async (space: string) =>
    grant(scene.root, 'space_developer', await scene.thing('space_developer'), { space });
  return { developer, route, own, other, shares, sharedWith, become };
}

describe('sharing routes', () => {
  test('is off unless the landscape switches it on, which is said of each call', async () => {
    const { developer, route, other, shares } = await start();
    await switchSharing(false);
    const answers = [
      await developer.get(shares),
      await developer.send('POST', shares, many(other)),
      await developer.send('DELETE', `${shares}/${other}`),
      await developer.send('PATCH', `/v3/routes/${route}/relationships/space`, { data: { guid: other } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    for (const { body } of answers) expect(detailOf(body)).toContain('route_sharing');
  });

  test('gives a route to another space, once, and takes it back', async () => {
    const { developer, other, shares, sharedWith, become } = await start();
    expect(await sharedWith()).toEqual([]);
    await become(other);
    for (let time = 0; time < 2; time++) {
      const shared = await developer.send('POST', shares, many(other));
      expect(shared).toMatchObject({
        status: 200,
        body: { ...many(other), links: { self: { href: expect.stringContaining(shares) } } },
      });
    }
    expect(await sharedWith()).toEqual([other]);
    expect((await developer.send('DELETE', `${shares}/${other}`)).status).toBe(204);
    expect(await sharedWith()).toEqual([]);
  });

  test('wants spaces that are there, writeable, and not the route’s own', async () => {
    const { developer, route, own, other, shares } = await start();
    const refused = async (method: string, path: string, body?: object) => {
      const answer = await developer.send(method, path, body);
      return [answer.status, detailOf(answer.body)];
    };
    const unseen = 'Ensure the spaces exist and that you have access to them.';
    expect(await refused('POST', shares, many('none', other))).toEqual([
      422,
      expect.stringContaining(`with spaces ['none', '${other}']. ${unseen}`),
    ]);
    expect(await refused('POST', shares, many(own))).toEqual([
      422,
      expect.stringContaining('Routes cannot be shared into the space where they were created.'),
    ]);
    expect(await refused('DELETE', `${shares}/${own}`)).toEqual([
      422,
      expect.stringContaining('Routes cannot be removed from the space that owns them.'),
    ]);
    expect(await refused('DELETE', `${shares}/${other}`)).toEqual([
      422,
      expect.stringContaining('Unable to unshare route'),
    ]);
    expect((await refused('POST', shares, { data: 'no list' }))[0]).toBe(422);
    expect((await developer.get(shares.replace(route, 'none'))).status).toBe(404);
    expect((await refused('POST', shares.replace(route, 'none'), many(other)))[0]).toBe(404);
  });

  test('is for developers and supporters of its space; others see it or not as they see the route', async () => {
    const { other, shares, route } = await start();
    for (const [caller, read, write] of [
      ['admin', 200, 200],
      ['space_supporter', 200, 422],
      ['space_auditor', 200, 403],
      ['org_manager', 200, 403],
      ['no_role', 404, 404],
      ['nobody', 401, 401],
    ] as const) {
      const session = scene.as(caller);
      expect((await session.get(shares)).status, caller).toBe(read);
      expect((await session.send('POST', shares, many(other))).status, caller).toBe(write);
      if (write >= 403 && write !== 422) {
        expect((await session.send('DELETE', `${shares}/${other}`)).status, caller).toBe(write);
        const transfer = await session.send('PATCH', `/v3/routes/${route}/relationships/space`, {
          data: { guid: other },
        });
        expect(transfer.status, caller).toBe(write);
      }
    }
  });
});

test('a route moves to another space, and the one that it leaves keeps a share', async () => {
  const { developer, route, own, other, sharedWith, become } = await start();
  const path = `/v3/routes/${route}/relationships/space`;
  const move = async (guid: string) => developer.send('PATCH', path, { data: { guid } });
  const refused = await move(other);
  expect([refused.status, detailOf(refused.body)]).toEqual([
    422,
    expect.stringContaining('Unable to transfer owner of route'),
  ]);
  await become(other);
  expect(await move(other)).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect((await developer.get(`/v3/routes/${route}`)).body).toMatchObject({
    relationships: { space: { data: { guid: other } } },
  });
  expect(await sharedWith()).toEqual([own]);
  expect((await move(own)).status).toBe(200);
  expect(await sharedWith()).toEqual([other]);
});
