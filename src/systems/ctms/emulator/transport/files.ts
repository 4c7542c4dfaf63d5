import { parse } from 'yaml';
import { z } from 'zod';
import { badRequest, notFound, tooLarge, unprocessable } from './errors.ts';
import type { ExtensionDescriptor, TransportFile, TransportNode, TransportStore } from './store.ts';

/** Bytes of one upload; the bound is the landscape's, which keeps files in memory. */
const MAX_UPLOAD = 64 * 1024 * 1024;
/** Extension descriptors are small texts. */
const MAX_DESCRIPTOR = 1024 * 1024;

/** A multipart request: its file, and its other fields. */
export interface MultipartForm {
  readonly file: { readonly name: string; readonly bytes: Uint8Array };
  field(name: string): string | undefined;
}

export async function readMultipart(request: Request): Promise<MultipartForm> {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_UPLOAD) throw tooLarge(`The request is larger than ${MAX_UPLOAD} bytes`);
  const type = request.headers.get('content-type') ?? '';
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => undefined);
  const file = form?.get('file');
  if (!form || !file || typeof file === 'string') throw badRequest("Required request part 'file' is not present");
  const content = new Uint8Array(await file.arrayBuffer());
  return {
    file: { name: file.name, bytes: content },
    field(name) {
      const value = form.get(name);
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
  };
}

export function addFile(store: TransportStore, zone: string, { file }: MultipartForm): TransportFile {
  if (file.bytes.length === 0) throw unprocessable(`File ${file.name} is empty`);
  const id = store.nextId();
  const made = { id, zone, name: file.name, content: Buffer.from(file.bytes).toString('base64') };
  store.files.set(String(id), made);
  return made;
}

/** Only a file that no transport request refers to can be deleted (swagger 2.2.1); the refusal is assumed. */
export function deleteFile(store: TransportStore, zone: string, id: string): void {
  const file = fileOf(store, zone, id);
  const used = store.requests
    .by('zone', zone)
    .some(({ entries }) => entries.some((entry) => entry.storageType === 'FILE' && entry.uri === id));
  if (!file || used) throw notFound(`The file ${id} does not exist`);
  store.files.delete(id);
}

export function fileOf(store: TransportStore, zone: string, id: string): TransportFile | undefined {
  const file = store.files.get(id);
  return file?.zone === zone ? file : undefined;
}

/** Schema of an extension descriptor as far as it says what it extends (MTA specification). */
const extension = z.looseObject({ ID: z.string(), extends: z.string() });

/** Extension descriptors of a node; Piper looks for one by MTA and version, and takes the first. */
export function descriptorsOf(
  store: TransportStore,
  node: TransportNode,
  filter: { readonly mtaId?: string | undefined; readonly mtaVersion?: string | undefined },
): readonly ExtensionDescriptor[] {
  return store.descriptors
    .by('node', String(node.id))
    .filter(({ mtaId }) => filter.mtaId === undefined || mtaId === filter.mtaId)
    .filter(({ mtaVersion }) => filter.mtaVersion === undefined || mtaVersion === filter.mtaVersion);
}

/** The ones that are deployed with an archive: for its version or for all. */
export function descriptorsFor(
  store: TransportStore,
  node: TransportNode,
  archive: { readonly id: string; readonly version: string },
): readonly ExtensionDescriptor[] {
  return descriptorsOf(store, node, { mtaId: archive.id }).filter(
    ({ mtaVersion }) => mtaVersion === '*' || mtaVersion === archive.version,
  );
}

/** Creates a descriptor, or replaces the one with this id. */
export function saveDescriptor(
  store: TransportStore,
  now: number,
  node: TransportNode,
  { file, field }: MultipartForm,
  id?: string,
): ExtensionDescriptor {
  const known = id === undefined ? undefined : store.descriptors.get(id);
  if (id !== undefined && known?.node !== node.id) throw notFound(`MTA extension descriptor ID ${id} does not exist`);
  if (file.bytes.length > MAX_DESCRIPTOR) throw tooLarge('The MTA extension descriptor is too large');
  const content = Buffer.from(file.bytes).toString('utf8');
  const read = extension.safeParse(parseYaml(content));
  if (!read.success) throw unprocessable(`File ${file.name} is not a valid MTA extension descriptor`);
  const mtaVersion = field('mtaVersion') ?? '*';
  const mtaId = read.data.extends;
  const twin = descriptorsOf(store, node, { mtaId, mtaVersion }).find((one) => one.id !== known?.id);
  // One for each MTA and version: that is why Piper looks before it creates or updates.
  if (twin) throw unprocessable(`Node ${node.name} already has an MTA extension descriptor for ${mtaId} ${mtaVersion}`);
  const descriptor: ExtensionDescriptor = {
    id: known?.id ?? store.nextId(),
    zone: node.zone,
    node: node.id,
    description: field('description') ?? '',
    mtaId,
    mtaExtId: read.data.ID,
    mtaVersion,
    fileName: file.name,
    content,
    lastChangedAt: now,
  };
  store.descriptors.set(String(descriptor.id), descriptor);
  return descriptor;
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}
