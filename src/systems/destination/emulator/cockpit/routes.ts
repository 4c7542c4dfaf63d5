import { zipSync } from 'fflate';
import { type Context, Hono } from 'hono';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import type { HostEnv } from '../../../../emulation/mount.ts';
import type { Zone } from '../../../../emulation/world.ts';
import { chosenProvider } from '../../../protocols/btp-cli/emulator/identity-providers.ts';
import { passwordProof } from '../../../protocols/btp-cli/emulator/proof.ts';
import { objections } from '../catalogue.ts';
import { redacted } from '../commands/views.ts';
import { badRequest, Fault, unauthorized } from '../errors.ts';
import { atLevel } from '../listing.ts';
import { create, read, readProperties, replace } from '../semantics.ts';
import { recordKey, type Store } from '../store.ts';
import { checkConnection } from './check-connection.ts';
import { exported, FORMATS, type Format, imported } from './files.ts';
import { destinationPage, listPage, type Place } from './pages.ts';

const READERS = ['Destination_Viewer', 'Destination_Administrator'];
const WRITERS = ['Destination_Administrator'];
const PATH = '/subaccount/:subaccount/destinations';

/**
 * The Destinations editor of the cockpit, for a person in the browser: reads without secrets, export, import, Check Connection.
 * assumed: its addresses and that it asks for the password by Basic; the real one is an application of scripts whose calls are not
 * published. What it shows, refuses and writes into files is documented (btp-connectivity:565fdb3).
 */
export function cockpitRoutes(ctx: EmulatorContext, store: Store): Hono<HostEnv> {
  const app = new Hono<HostEnv>();

  async function zoneOf(request: Request, guid: string, templates: readonly string[]): Promise<Zone> {
    const zone = ctx.world.use('accounts').zone(guid);
    const header = /^basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
    const [userName = '', ...password] = Buffer.from(header, 'base64').toString('utf8').split(':');
    const account = zone && ctx.world.use('accounts').zone(zone.globalAccount);
    // As the real one: another identity provider is named in the address.
    const provider = chosenProvider(ctx, account, idpOf(request));
    if (!provider || userName === '') throw unauthorized();
    const checked = await passwordProof(ctx, provider, userName, password.join(':'));
    if (checked.status !== 'accepted') throw unauthorized();
    const held = zone && ctx.world.use('authorization').roles(zone.guid, checked.mail, provider.originKey);
    if (zone?.kind !== 'subaccount' || !templates.some((template) => held?.includes(template)))
      throw new Fault(404, 'There is no such subaccount, or you may not see its destinations.');
    return zone;
  }

  app.onError((error, c) => {
    if (!(error instanceof Fault)) throw error;
    const headers: Record<string, string> =
      error.status === 401 ? { 'www-authenticate': 'Basic realm="SAP BTP cockpit"' } : {};
    return c.text(error.message, error.status, headers);
  });

  app.get(PATH, async (c) => {
    const zone = await zoneOf(c.req.raw, c.req.param('subaccount'), READERS);
    return c.html(listPage(zone.displayName, placeOf(c.req), atLevel(store.destinations, { zone: zone.guid })));
  });

  app.post(PATH, async (c) => {
    assertOwnForm(c.req.raw);
    const level = { zone: (await zoneOf(c.req.raw, c.req.param('subaccount'), WRITERS)).guid };
    const { file } = await formOf(c);
    if (!(file instanceof File)) throw badRequest('Choose a file');
    const properties = readProperties(ctx, imported(file.name, await file.text()));
    // A file of an export has no secrets: they are typed in again before it is saved, which is done by an update here.
    const [objection] = objections(properties).filter(
      (text) => !/Missing property (?:Password|clientSecret)$/.test(text),
    );
    if (objection !== undefined) throw badRequest(objection);
    const known = store.destinations.get(recordKey(level, properties.Name ?? ''));
    if (known) replace(store, ctx, level, properties);
    else create(store, ctx, level, properties);
    const { path, query } = placeOf(c.req);
    return c.redirect(`${path}?${query}`, 303);
  });

  app.get(`${PATH}/export`, async (c) => {
    const { guid } = await zoneOf(c.req.raw, c.req.param('subaccount'), READERS);
    const format = formatOf(c.req.query('format'));
    const files = atLevel(store.destinations, { zone: guid }).map(({ name, properties }) => [
      format === 'json' ? `${name}.json` : name,
      new TextEncoder().encode(exported(properties, format, ctx.now())),
    ]);
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="destinations.zip"',
    };
    return c.body(Buffer.from(zipSync(Object.fromEntries(files))), 200, headers);
  });

  app.get(`${PATH}/:name`, async (c) => {
    const level = { zone: (await zoneOf(c.req.raw, c.req.param('subaccount'), READERS)).guid };
    const record = read(store, level, c.req.param('name'));
    return c.html(destinationPage(placeOf(c.req), record.name, redacted(record.properties)));
  });

  app.get(`${PATH}/:name/export`, async (c) => {
    const level = { zone: (await zoneOf(c.req.raw, c.req.param('subaccount'), READERS)).guid };
    const { name, properties } = read(store, level, c.req.param('name'));
    const format = formatOf(c.req.query('format'));
    const fileName = encodeURIComponent(format === 'json' ? `${name}.json` : name);
    const disposition = `attachment; filename*=UTF-8''${fileName}`;
    return c.body(exported(properties, format, ctx.now()), 200, {
      'content-type': format === 'json' ? 'application/json' : 'text/plain; charset=ISO-8859-1',
      'content-disposition': disposition,
    });
  });

  app.post(`${PATH}/:name/check`, async (c) => {
    assertOwnForm(c.req.raw);
    const level = { zone: (await zoneOf(c.req.raw, c.req.param('subaccount'), READERS)).guid };
    const { name, properties } = read(store, level, c.req.param('name'));
    const said = await checkConnection(ctx, properties);
    const { path, query } = placeOf(c.req);
    const place = { path: path.replace(/\/check$/, ''), query };
    return c.html(destinationPage(place, name, redacted(properties), said));
  });

  return app;
}

async function formOf(c: Context<HostEnv>) {
  try {
    return await c.req.parseBody();
  } catch {
    throw badRequest('Bad Request');
  }
}

function idpOf(request: Request): string {
  return new URL(request.url).searchParams.get('idp') ?? '';
}

/** The page, and the query that its links keep. */
function placeOf({ path, raw }: { readonly path: string; readonly raw: Request }): Place {
  return { path, query: new URLSearchParams({ idp: idpOf(raw) }).toString() };
}

function formatOf(text: string | undefined): Format {
  const format = FORMATS.find((known) => known === text);
  if (!format) throw badRequest('Unknown format');
  return format;
}

/** Basic credentials go along with forms of other sites, too. */
function assertOwnForm(request: Request): void {
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== new URL(request.url).origin) throw badRequest('Bad Request');
}
