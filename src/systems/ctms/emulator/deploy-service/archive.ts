import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { z } from 'zod';

const DESCRIPTOR = 'META-INF/mtad.yaml';
/** Bytes; descriptors are kilobytes, and what a zip claims to hold costs memory. */
const MAX_DESCRIPTOR = 1024 * 1024;

const parameters = z.record(z.string(), z.unknown()).nullish();
const named = z.looseObject({ name: z.string() });

/** What of a deployment descriptor decides what is deployed (MTA specification, schema version 3). */
const descriptor = z.looseObject({
  ID: z.string(),
  version: z.coerce.string(),
  '_schema-version': z.coerce.string().optional(),
  modules: z
    .array(
      z.looseObject({
        name: z.string(),
        type: z.string().default(''),
        parameters,
        provides: z.array(named).nullish(),
        requires: z.array(named).nullish(),
      }),
    )
    .nullish(),
  resources: z.array(z.looseObject({ name: z.string(), type: z.string().optional(), parameters })).nullish(),
});

export interface ArchiveModule {
  readonly moduleName: string;
  readonly appName: string;
  readonly provided: readonly string[];
  /** Names of the service instances that it is bound to. */
  readonly services: readonly string[];
}

/** A multitarget application archive, as far as it decides what is deployed. */
export interface Archive {
  readonly id: string;
  readonly version: string;
  readonly schemaVersion?: string;
  readonly modules: readonly ArchiveModule[];
  readonly services: readonly string[];
}

/** The archive cannot be read; the text goes into the operation's messages. */
export class ArchiveError extends Error {}

/** Reads an archive from its chunks (`cf deploy` splits large ones). @throws ArchiveError */
export function readArchive(chunks: readonly Uint8Array[]): Archive {
  const found = descriptor.safeParse(descriptorOf(Buffer.concat(chunks)));
  if (!found.success) throw new ArchiveError(`Error processing MTA archive: ${DESCRIPTOR} is not a valid descriptor`);
  const { ID: id, version, modules, resources, '_schema-version': schemaVersion } = found.data;
  const instances = new Map(
    (resources ?? [])
      // What is a service instance: of the resource types only these are bound to apps (MTA docs, "Resources").
      .filter(({ type = '' }) => /^org\.cloudfoundry\.(managed|existing|user-provided)-service/.test(type))
      .map((resource) => [resource.name, text(resource.parameters?.['service-name']) ?? resource.name]),
  );
  return {
    id,
    version,
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    services: [...instances.values()],
    modules: (modules ?? [])
      // Content modules (`com.sap.application.content`) deploy into services and make no app.
      .filter(({ type }) => !type.includes('.content'))
      .map((module) => ({
        moduleName: module.name,
        appName: text(module.parameters?.['app-name']) ?? module.name,
        provided: (module.provides ?? []).map(({ name }) => name),
        services: (module.requires ?? []).flatMap(({ name }) => instances.get(name) ?? []),
      })),
  };
}

function descriptorOf(archive: Uint8Array): unknown {
  let content: Uint8Array | undefined;
  try {
    const entries = unzipSync(archive, {
      filter: ({ name, originalSize }) => name === DESCRIPTOR && originalSize <= MAX_DESCRIPTOR,
    });
    content = entries[DESCRIPTOR];
  } catch {
    throw new ArchiveError('Error processing MTA archive: it is not a zip file');
  }
  if (!content) throw new ArchiveError(`Error processing MTA archive: The archive has no entry "${DESCRIPTOR}"`);
  try {
    return parse(Buffer.from(content).toString('utf8'), { maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
