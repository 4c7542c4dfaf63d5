import { z } from 'zod';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { type Answer, found } from '../../../protocols/btp-cli/emulator/answers.ts';
import type { CommandObject, TenantCall } from '../../../protocols/btp-cli/emulator/commands.ts';
import { guarded } from '../../../protocols/btp-cli/emulator/rights.ts';
import { certificate, createCertificate, removeCertificate } from '../certificates/certificates.ts';
import { badRequest, Fault } from '../errors.ts';
import { createFragment, fragment, removeFragment, replaceFragment } from '../fragments.ts';
import { atLevel } from '../listing.ts';
import { create, read, remove, replace } from '../semantics.ts';
import type { Level, Store } from '../store.ts';
import { trustOf } from '../trust.ts';
import { certificateView, destinationView, redacted, trustView } from './views.ts';

type Handler = (call: TenantCall, level: Level) => Answer | Promise<Answer>;

const certificateFile = z.looseObject({ filename: z.string(), value: z.string() });

/** `connectivity/*` of the command-line server: the same store as the REST API, with secrets redacted by the service. */
export function destinationCommands(ctx: EmulatorContext, store: Store): Readonly<Record<string, CommandObject>> {
  const object = (
    readers: readonly string[],
    writers: readonly string[],
    reading: Readonly<Record<string, Handler>>,
    writing: Readonly<Record<string, Handler>> = {},
  ): CommandObject => ({
    tenantScoped: true,
    mediaType: 'application/json',
    actions: { ...allowed([...readers, ...writers], reading), ...allowed(writers, writing) },
  });
  const allowed = (templates: readonly string[], handlers: Readonly<Record<string, Handler>>) =>
    Object.fromEntries(
      Object.entries(handlers).map(([action, handler]) => [action, guarded(ctx, templates, answering(handler))]),
    );

  return {
    'connectivity/destination': object(
      ['Destination_Viewer'],
      ['Destination_Administrator'],
      {
        list({ params }, level) {
          const records = atLevel(store.destinations, level);
          if (params.namesOnly === 'true') return found(records.map((record) => ({ Name: record.name })));
          return found(records.map((record) => destinationView(record, true)));
        },
        get: ({ params }, level) => found(destinationView(read(store, level, params.name ?? ''))),
      },
      {
        create({ params }, level) {
          create(store, ctx, level, jsonOf(params.destinationConfiguration));
          return { status: 201, labelled: true };
        },
        update({ params }, level) {
          replace(store, ctx, level, jsonOf(params.destinationConfiguration));
          return counted(1);
        },
        delete({ params }, level) {
          remove(store, level, params.name ?? '');
          return counted(1);
        },
      },
    ),
    // assumed: who administers or views destinations may do so with their fragments.
    'connectivity/destination-fragment': object(
      ['Destination_Fragment_Viewer', 'Destination_Viewer'],
      ['Destination_Fragment_Administrator', 'Destination_Administrator'],
      {
        list: (_, level) =>
          found(atLevel(store.fragments, level).map((one) => ({ content: redacted(one.properties) }))),
        get: ({ params }, level) => found({ content: redacted(fragment(store, level, params.name ?? '').properties) }),
      },
      {
        create({ params }, level) {
          createFragment(store, ctx, level, jsonOf(params.content));
          return { status: 201 };
        },
        update({ params }, level) {
          replaceFragment(store, ctx, level, jsonOf(params.content));
          return counted(1);
        },
        delete: ({ params }, level) => counted(removeFragment(store, level, params.name ?? '')),
      },
    ),
    'connectivity/destination-certificate': object(
      ['Destination_Viewer'],
      ['Destination_Administrator'],
      {
        list({ params }, level) {
          const records = atLevel(store.certificates, level);
          return found(
            params.namesOnly === 'true' ? records.map(({ name }) => ({ name })) : records.map(certificateView),
          );
        },
        get: ({ params }, level) => found(certificateView(certificate(store, level, params.certName ?? ''))),
      },
      {
        async create({ params }, level) {
          const file = certificateFile.safeParse(jsonOf(params.file));
          if (!file.success) throw badRequest('Bad Request');
          const { filename, value } = file.data;
          await createCertificate(store, ctx, level, { Name: filename, Content: value });
          return { status: 201, labelled: true };
        },
        delete: ({ params }, level) => counted(removeCertificate(store, level, params.certName ?? '') ? 1 : 0),
      },
    ),
    'connectivity/destination-trust': object(['Destination_Viewer'], ['Destination_Administrator'], {
      async get({ params, zone }) {
        return found(trustView(await trustOf(ctx, store, zone.guid, params.passive === 'true'), zone.region));
      },
    }),
  };
}

/** Says what was refused as the service does; `serviceInstance` is a store of its own. */
function answering(handler: Handler): (call: TenantCall) => Promise<Answer> {
  return async (call) => {
    const { serviceInstance } = call.params;
    const level: Level = {
      zone: call.zone.guid,
      ...(serviceInstance === undefined ? {} : { instance: serviceInstance }),
    };
    try {
      return await handler(call, level);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { status: error.status, json: { ErrorMessage: error.message } };
    }
  };
}

function counted(count: number): Answer {
  return found({ Count: count });
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw badRequest('Bad Request');
  }
}
