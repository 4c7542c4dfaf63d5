import { expect, test } from 'vitest';
import { INTERNAL, type LandscapeOptions, mtar, OAUTH, ORIGIN, ROBOT, startLandscape } from '../testing/landscape.ts';
import { startPiper } from '../testing/piper.ts';

async function imported(options: LandscapeOptions = {}) {
  const landscape = await startLandscape(options);
  const piper = await startPiper(landscape);
  const request = await piper.upload('DEV');
  const outcome = await piper.import('DEV', request);
  return { landscape, piper, request, outcome };
}

test('an import deploys the archive, and goes on to the next node by itself', async () => {
  const { piper, request, outcome } = await imported();
  expect(outcome).toMatchObject({ seen: ['running', 'succeeded'], status: 'succeeded' });
  expect(outcome.log.map((text) => text.replace(/[0-9a-f-]{36}/, '<guid>').replace(/, at .*/, ''))).toEqual([
    `Import (selected) started for transport request 'shop' (id: ${request})`,
    'Deployment started. Process ID: <guid>',
    'Processing MTA archive...',
    'Detecting deployed MTA...',
    'No deployed MTA detected - this is initial deployment of MTA with ID "com.acme.shop"',
    'Detected new MTA version: "1.0.0"',
    'Processing service "shop-db"...',
    'Creating application "web" from MTA module "web"...',
    'Creating application "srv" from MTA module "srv"...',
    'Deploy of file shop.mtar finished successfully',
    `Import ended for transport request 'shop' (id: ${request}) with status 'Success'`,
  ]);
  expect(await piper.status('DEV', request)).toBe('succeeded');
  expect(await piper.status('TEST', request)).toBe('initial');
});
