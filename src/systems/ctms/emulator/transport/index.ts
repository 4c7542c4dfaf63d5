import type { EmulatorContext, HostMount } from '../../../../emulation/emulator.ts';
import { mount } from '../../../../emulation/mount.ts';
import { createImporter } from './imports.ts';
import { createTransportRoutes } from './routes.ts';
import type { TransportStore } from './store.ts';

/** Cloud Transport Management of every region with a subscribed subaccount. */
export function mountTransport(
  ctx: EmulatorContext,
  store: TransportStore,
): { readonly mount: HostMount; readonly carryOn: () => Promise<void> } {
  const parts = { ctx, store };
  const carryOn = createImporter(parts);
  const hosts = (): readonly string[] => {
    const regions = new Set([...store.subscriptions.values()].map(({ region }) => region));
    return [...regions].map((region) => `transport-service-app-backend.ts.cfapps.${region}.hana.ondemand.com`);
  };
  const pattern = 'transport-service-app-backend.ts.cfapps.{region}.hana.ondemand.com';
  return { mount: mount(pattern, hosts, createTransportRoutes(ctx, parts, carryOn)), carryOn };
}
