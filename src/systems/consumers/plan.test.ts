import { describe, expect, test } from 'vitest';
import { Secret } from '../../kernel/secret.ts';
import { consumers } from './index.ts';
import { CREDENTIAL, inventory, keep, planOn } from './testing/acts.ts';
import { AT, contextOn } from './testing/context.ts';
import { createGithub } from './testing/github.ts';
import { createJenkins } from './testing/jenkins.ts';
import { createOpenbao } from './testing/openbao.ts';

describe('a place that can be read', () => {
  test('is brought back to the current version when it holds an older one', async () => {
    const double = createOpenbao();
    const ctx = await contextOn(double);
    await keep(ctx, 's1');
    await (await planOn(ctx)).apply();
    await keep(ctx, 's2');
    const { plan, apply } = await planOn(ctx);
    expect(plan.steps).toMatchObject([{ action: 'update' }]);
    await apply();
    expect(double.stored()?.secret).toBe('s2');
  });

  test('is not written over when it holds what our vault never kept, unless it is adopted', async () => {
    const double = createOpenbao();
    double.overwrite?.('of somebody else');
    const ctx = await contextOn(double);
    await keep(ctx, 's1');
    const { plan } = await planOn(ctx);
    expect(plan.findings).toMatchObject([{ code: 'CONSUMER_NOT_OURS', severity: 'error' }]);
    const adopted = await planOn(ctx, true);
    await adopted.apply();
    expect(double.stored()?.secret).toBe('s1');
  });

  test('tells by its login name which of twins it holds', async () => {
    const double = createOpenbao();
    const ctx = await contextOn(double, {}, { twins: true });
    const twins = ['a', 'b'].map((side) => ({
      ...CREDENTIAL,
      vaultName: `acme/robot-${side}`,
      user: `robot-${side}`,
      login: `robot-${side}@sap-test.de`,
    }));
    const [kind] = (consumers.consumers ?? []).filter((one) => one.kind === 'consumers/openbao');
    const [first] = (await kind?.find(twins, inventory, ctx))?.consumers ?? [];
    expect(first).toMatchObject({ credentials: ['acme/robot-a', 'acme/robot-b'], ours: true });
    const [, b] = twins;
    if (!kind || !first || !b) throw new Error('no twins');
    await kind.deliver(first, { credential: b, secret: new Secret('s'), version: 1 }, ctx);
    expect((await kind.find(twins, inventory, ctx)).consumers[0]).toMatchObject({ holds: 'acme/robot-b' });
  });
});

describe('a place that can not be read', () => {
  test('is brought to the current version when it was last written before that was made', async () => {
    let at = AT;
    const double = createGithub(() => at);
    const ctx = await contextOn(double);
    await keep(ctx, 's1-of-github', AT);
    await (await planOn(ctx)).apply();
    expect((await planOn(ctx)).plan).toMatchObject({ steps: [], unknown: [{ paths: ['secret'] }] });
    await keep(ctx, 's2-of-github', AT + 60_000);
    at = AT + 120_000;
    const { plan, apply } = await planOn(ctx);
    expect(plan.steps).toMatchObject([{ action: 'update' }]);
    await apply();
    expect(double.stored()?.secret).toBe('s2-of-github');
  });

  test('is brought to the current version when our note tells another', async () => {
    const double = createJenkins();
    const ctx = await contextOn(double);
    await keep(ctx, 's1');
    await (await planOn(ctx)).apply();
    expect((await planOn(ctx)).plan).toMatchObject({ steps: [], unknown: [{ paths: ['secret'] }] });
    await keep(ctx, 's2');
    expect((await planOn(ctx)).plan.steps).toMatchObject([{ action: 'update' }]);
  });
});

test('a place without a connection is a finding, at its line', async () => {
  const ctx = await contextOn({ ...createOpenbao(), connections: {} });
  expect(consumers.section.expand(ctx.manifest, inventory).findings).toMatchObject([
    { code: 'CONSUMER_NO_CONNECTION', subject: 'robot', at: { file: expect.stringContaining('locum.yaml') } },
  ]);
});
