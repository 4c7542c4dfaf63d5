import { unprocessable } from '../../../../protocols/cf-v3/emulator/errors.ts';

/** `1G`, `512MB`, `256m` in megabytes. */
export function megabytes(text: string | number | undefined): number | undefined {
  const size = bytes(text);
  return size === undefined ? undefined : Math.floor(size / 1024 / 1024);
}

/** Sizes of a manifest (cloud_controller_ng, ByteConverter); -1 = unlimited. */
export function bytes(text: string | number | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(-?\d+(?:\.\d+)?)\s*([kmgt]?)b?$/i.exec(String(text).trim());
  if (!match) throw unprocessable(`'${text}' must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB`);
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  return Number(match[1]) * 1024 ** power;
}
