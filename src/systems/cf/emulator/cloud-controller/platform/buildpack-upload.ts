import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { z } from 'zod';
import { ApiError, type ErrorRow, unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';
import type { Acting } from '../acting.ts';
import { startJob } from '../jobs.ts';
import type { CfBuildpack, CfJob } from '../rows/platform.ts';
import type { Upload } from '../uploads.ts';
import { editableBuildpack, lifecycleOf, problemOf, recordBuildpack } from './buildpacks.ts';

const ZIP = 'PK\x03\x04';
const GZIP = '\x1f\x8b\b';
/** Where an archive of tar says so, and how GNU's does. */
const [TAR_AT, TAR] = [257, 'ustar\x0000'];
const MAX_MANIFEST = 1024 * 1024;

const manifest = z.object({ stack: z.string().nullish() });

/**
 * `POST /v3/buildpacks/{guid}/upload`: what is uploaded is looked at and forgotten, for nothing will run it; only its checksum is kept.
 * @returns the buildpack as it was, which is what the answer shows, and the job
 */
export function uploadBuildpack(
  acting: Acting,
  guid: string,
  upload: Upload | undefined,
): { readonly buildpack: CfBuildpack; readonly job: CfJob } {
  const buildpack = editableBuildpack(acting, guid);
  const complaints = complaintsOf(upload, buildpack);
  if (!upload || complaints.length > 0) {
    throw unprocessable(`Uploaded buildpack file is invalid: ${complaints.join(', ')}`);
  }
  if (buildpack.locked) throw unprocessable('Buildpack is locked');
  const result = { resource: { link: 'buildpack', path: 'buildpacks', guid } };
  const errors = keep(acting, buildpack, upload);
  const job = startJob(acting, 'buildpack.upload', errors.length > 0 ? { ...result, errors } : result);
  return { buildpack, job };
}

/** cloud_controller_ng, BuildpackUploadMessage. */
function complaintsOf(upload: Upload | undefined, buildpack: CfBuildpack): readonly string[] {
  if (!upload) return ["A buildpack zip file must be uploaded as 'bits'"];
  const { name, bytes } = upload;
  const lifecycle = lifecycleOf(buildpack);
  const start = Buffer.from(bytes.subarray(0, TAR_AT + TAR.length)).toString('latin1');
  const good =
    lifecycle === 'buildpack' ? start.startsWith(ZIP) : start.startsWith(GZIP) || start.startsWith(TAR, TAR_AT);
  const [one, many] =
    lifecycle === 'buildpack' ? ['zip file', 'zip files'] : ['gzip archive or cnb file', 'gzip archives or cnb files'];
  return [
    ...(good ? [] : [`${name} is not a ${one}. Buildpacks of lifecycle "${lifecycle}" must be valid ${many}.`]),
    ...(bytes.length > 0 ? [] : [`${name} cannot be empty`]),
  ];
}

/** What the job does (cloud_controller_ng, UploadBuildpack). @returns why it fails */
function keep(acting: Acting, before: CfBuildpack, { name, bytes }: Upload): readonly ErrorRow[] {
  const checksum = createHash('sha256').update(bytes).digest('hex');
  if (before.checksum === checksum && before.filename === name) return [];
  const said = lifecycleOf(before) === 'buildpack' ? stackIn(bytes) : { stack: undefined };
  if (said.problem !== undefined) return failure('ZipError', 390013, `Buildpack zip error: ${said.problem}`);
  const row: CfBuildpack = {
    ...before,
    filename: name,
    checksum,
    state: 'READY',
    stack: said.stack || before.stack,
    updatedAt: acting.ctx.now(),
  };
  const { stack } = row;
  const problem = problemOf(acting, row, before);
  if (problem === 'taken') {
    const lifecycle = lifecycleOf(row);
    const detail = `The buildpack name ${row.name} is already in use for the stack ${stack} and the lifecycle ${lifecycle}`;
    return failure('NameStackLifecycleTaken', 290000, detail);
  }
  if (problem === 'other stack') {
    return failure('StacksDontMatch', 390011, `Uploaded buildpack stack (${stack}) does not match ${before.stack}`);
  }
  if (problem === 'no such stack') {
    return failure('StackDoesNotExist', 390012, `Uploaded buildpack stack (${stack}) does not exist`);
  }
  acting.store.buildpacks.set(row.guid, row);
  // The real event names a file of the server's, too.
  recordBuildpack(acting, 'upload', row, { request: { bits_name: name } });
  return [];
}

/** The stack that the buildpack's `manifest.yml` names. */
function stackIn(bytes: Uint8Array): { readonly stack?: string | null | undefined; readonly problem?: string } {
  let read: Record<string, Uint8Array>;
  let size = 0;
  try {
    read = unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (name !== 'manifest.yml') return false;
        size = originalSize;
        return size <= MAX_MANIFEST;
      },
    });
  } catch {
    return { problem: 'buildpack zipfile is not valid' };
  }
  if (size > MAX_MANIFEST) return { problem: 'buildpack manifest is too large' };
  const text = read['manifest.yml'];
  if (!text) return {};
  try {
    return { stack: manifest.parse(parse(Buffer.from(text).toString('utf8'), { maxAliasCount: 0 })).stack };
  } catch {
    return { problem: 'buildpack manifest is not valid' };
  }
}

function failure(name: string, code: number, detail: string): readonly ErrorRow[] {
  return new ApiError(422, `CF-Buildpack${name}`, code, detail).body().errors;
}
