/** A file of a form. */
export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The file `bits` of a form; undefined where there is none. */
export async function uploadIn(request: Request): Promise<Upload | undefined> {
  const type = request.headers.get('content-type') ?? '';
  if (!type.startsWith('multipart/form-data')) return undefined;
  // A form that cannot be read has no file.
  const form = await request.formData().catch(() => new FormData());
  const file = form.get('bits');
  return file instanceof File ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : undefined;
}
