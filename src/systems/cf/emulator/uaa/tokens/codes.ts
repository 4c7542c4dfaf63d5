import type { EmulatorContext } from '../../../../../emulation/emulator.ts';
import { invalidGrant, passcodeRefusal } from '../errors.ts';
import type { ExpiringCode, Logon, UaaUser } from '../rows.ts';
import type { Uaa } from '../services.ts';
import { keyIn } from '../store.ts';

/** Authorization codes and passcodes live five minutes (UAA UaaTokenStore, PasscodeEndpoint). */
const LIFETIME_MS = 300_000;
/** Links of verification mails live an hour (UAA ScimUtils). */
const VERIFICATION_MS = 3_600_000;

/** Random letters, digits, `-` and `_`, as UAA makes codes, states and salts (recorded). */
export function randomText(ctx: Pick<EmulatorContext, 'random'>, length: number): string {
  return Buffer.from(ctx.random(length)).toString('base64url').slice(0, length);
}

type New<K extends ExpiringCode['kind']> = Omit<
  Extract<ExpiringCode, { kind: K }>,
  'code' | 'landscape' | 'expiresAt' | 'kind'
>;

function keep(uaa: Uaa, row: ExpiringCode): string {
  uaa.store.codes.set(keyIn(uaa.landscape, row.code), row);
  return row.code;
}

function take(uaa: Uaa, code: string, kind: ExpiringCode['kind']): ExpiringCode | undefined {
  const row = uaa.store.codes.get(keyIn(uaa.landscape, code));
  if (row?.kind !== kind) return undefined;
  uaa.store.codes.delete(keyIn(uaa.landscape, code));
  return row;
}

/** Codes are text of the client: what is certainly no code is not looked for. */
const CODE = /^[\w-]{32}$/;

/** A passcode for `cf login --sso`; it makes the one before worthless. */
export function issuePasscode(uaa: Uaa, logon: Logon): string {
  for (const old of uaa.store.codes.by('user', keyIn(uaa.landscape, logon.userId))) {
    if (old.kind === 'passcode') uaa.store.codes.delete(keyIn(uaa.landscape, old.code));
  }
  const { landscape, ctx } = uaa;
  const code = randomText(ctx, 32);
  return keep(uaa, { ...logon, kind: 'passcode', code, landscape, expiresAt: ctx.now() + LIFETIME_MS });
}

/** Whoever has a passcode is the user that it was made for, once (UAA PasscodeAuthenticationFilter). */
export function redeemPasscode(uaa: Uaa, passcode: string): { readonly user: UaaUser; readonly logon: Logon } {
  if (passcode === '') throw passcodeRefusal('Passcode information is missing.');
  const row = CODE.test(passcode) ? take(uaa, passcode, 'passcode') : undefined;
  const user = row && uaa.store.user(uaa.landscape, row.userId);
  if (!row || row.expiresAt <= uaa.ctx.now() || !user?.active) throw passcodeRefusal('Invalid passcode');
  return { user, logon: row };
}

export function issueAuthorizationCode(uaa: Uaa, granted: New<'authorization'>): string {
  const { landscape, ctx } = uaa;
  const code = randomText(ctx, 32);
  return keep(uaa, { ...granted, kind: 'authorization', code, landscape, expiresAt: ctx.now() + LIFETIME_MS });
}

/** What a code stands for; it is used up whatever comes of it. */
export function redeemAuthorizationCode(uaa: Uaa, code: string): Extract<ExpiringCode, { kind: 'authorization' }> {
  const row = CODE.test(code) ? take(uaa, code, 'authorization') : undefined;
  if (row?.kind !== 'authorization') throw invalidGrant(`Invalid authorization code: ${code.slice(0, 100)}`);
  if (row.expiresAt <= uaa.ctx.now()) throw invalidGrant(`Authorization code expired: ${code}`);
  return row;
}

export function issueVerification(uaa: Uaa, about: New<'verification'>): string {
  const { landscape, ctx } = uaa;
  const code = randomText(ctx, 32);
  return keep(uaa, { ...about, kind: 'verification', code, landscape, expiresAt: ctx.now() + VERIFICATION_MS });
}

export function redeemVerification(
  uaa: Uaa,
  code: string,
): Extract<ExpiringCode, { kind: 'verification' }> | undefined {
  const row = CODE.test(code) ? take(uaa, code, 'verification') : undefined;
  return row?.kind === 'verification' && row.expiresAt > uaa.ctx.now() ? row : undefined;
}
