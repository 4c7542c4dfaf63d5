import { createHash } from 'node:crypto';
import type { EmulatorContext } from '../../../../emulation/emulator.ts';
import { ArchiveError, readArchive } from './archive.ts';
import type { Caller } from './authentication.ts';
import { badRequest, DeployFault, notFound } from './errors.ts';
import type { DeployFile, DeployStore, UploadJob } from './store.ts';

/** Bytes of one upload. `cf deploy` sends chunks of 45 MB; the bound is the landscape's, which keeps them in memory. */
const MAX_UPLOAD = 64 * 1024 * 1024;

/** How long the service takes to fetch a file by itself, in milliseconds of the landscape's clock: assumed. */
const FETCH_MS = 2000;

export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Clock = Pick<EmulatorContext, 'id' | 'now' | 'fetch'>;

export function addFile(
  store: DeployStore,
  ctx: Pick<Clock, 'id'>,
  place: { readonly space: string; readonly namespace?: string },
  { name, bytes }: Upload,
): DeployFile {
  const file: DeployFile = {
    id: ctx.id(),
    ...place,
    name,
    size: bytes.length,
    digest: createHash('md5').update(bytes).digest('hex').toUpperCase(),
    content: Buffer.from(bytes).toString('base64'),
  };
  store.files.set(file.id, file);
  return file;
}

/** Files of a space; without a namespace those that have none. */
export function filesOf(store: DeployStore, space: string, namespace: string | undefined): readonly DeployFile[] {
  return store.files.by('space', space).filter((file) => file.namespace === namespace);
}

/** Content of files by their comma-separated ids. @throws ArchiveError naming the first that is not there */
export function contentOf(store: DeployStore, space: string, ids: string): readonly Uint8Array[] {
  return ids.split(',').map((id) => {
    const file = store.files.get(id);
    if (file?.space !== space) {
      throw new ArchiveError(`Error processing MTA archive: File with ID "${id}" does not exist in space "${space}"`);
    }
    return Buffer.from(file.content, 'base64');
  });
}

/** Starts the upload from a URL; a job for the same URL that still runs is given instead. */
export async function startJob(
  store: DeployStore,
  ctx: Clock,
  caller: Pick<Caller, 'userName'>,
  place: { readonly space: string; readonly namespace?: string },
  source: { readonly url: string; readonly authorization?: string },
): Promise<{ readonly job: UploadJob; readonly existed: boolean }> {
  const url = URL.parse(source.url);
  if (!url) throw badRequest(`Illegal URL: ${source.url.slice(0, 200)}`);
  url.username = '';
  url.password = '';
  const running = store.jobs
    .by('space', place.space)
    .find(
      (job) =>
        job.url === url.href &&
        job.user === caller.userName &&
        job.namespace === place.namespace &&
        job.endsAt > ctx.now(),
    );
  if (running) return { job: running, existed: true };
  const id = ctx.id();
  const fetched = await download(ctx, url, source.authorization, id);
  const base = { id, ...place, user: caller.userName, url: url.href, endsAt: ctx.now() + FETCH_MS };
  const job: UploadJob =
    'error' in fetched
      ? { ...base, bytes: 0, result: fetched }
      : { ...base, bytes: fetched.bytes.length, result: fileResult(store, ctx, place, fetched) };
  store.jobs.set(id, job);
  return { job, existed: false };
}

function fileResult(
  store: DeployStore,
  ctx: Pick<Clock, 'id'>,
  place: { readonly space: string; readonly namespace?: string },
  upload: Upload,
): UploadJob['result'] {
  try {
    const archive = readArchive([upload.bytes]);
    const file = addFile(store, ctx, place, upload).id;
    const { id: mtaId, schemaVersion } = archive;
    return { file, mtaId, ...(schemaVersion === undefined ? {} : { schemaVersion }) };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { error: error.message };
  }
}

/** A job is seen by the user who started it, in its space and namespace. */
export function jobOf(
  store: DeployStore,
  caller: Pick<Caller, 'userName'>,
  place: { readonly space: string; readonly namespace?: string },
  id: string,
): UploadJob {
  const job = store.jobs.get(id);
  if (job?.space !== place.space || job.namespace !== place.namespace || job.user !== caller.userName) {
    throw notFound('');
  }
  return job;
}

/** Texts of multiapps-controller, web Messages. */
async function download(
  ctx: Pick<Clock, 'fetch'>,
  url: URL,
  authorization: string | undefined,
  job: string,
): Promise<Upload | { readonly error: string }> {
  const failed = (text: string) => ({ error: `${text} Job id: ${job}` });
  if (url.protocol !== 'https:') return failed('Remote MTAR endpoint is not a secure connection. HTTPS required.');
  const response = await ctx
    .fetch(url, { headers: authorization === undefined ? {} : { authorization } })
    .catch(() => undefined);
  if (!response)
    return failed(`Error from remote MTAR endpoint ${url.href} with status code 503, message: unreachable.`);
  if (response.status === 401) return failed(`Credentials to ${url.href} are wrong. Make sure that they are correct.`);
  if (!response.ok) {
    return failed(`Error from remote MTAR endpoint ${url.href} with status code ${response.status}, message: .`);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > MAX_UPLOAD) {
    return failed(`Cannot upload file, size is bigger than the configured maximum upload size "${MAX_UPLOAD}" bytes.`);
  }
  return { name: decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || 'archive.mtar', bytes };
}

/** The first file of a multipart request, whatever its field is called (multiapps-controller, FilesApiServiceImpl). */
export async function readUpload(request: Request): Promise<Upload> {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_UPLOAD) throw new DeployFault(413, 'Maximum upload size exceeded');
  const type = request.headers.get('content-type') ?? '';
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => undefined);
  for (const [, value] of form ?? []) {
    if (typeof value !== 'string') return { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) };
  }
  throw new DeployFault(500, 'Could not upload file: Request has no files to upload!');
}
