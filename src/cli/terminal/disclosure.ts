import type { Invocation } from '../command.ts';
import { UsageError } from '../usage-error.ts';

/** The reason for which a secret is shown. Without a terminal somebody must have meant it: `--yes`. */
export function reasonFor(
  { io }: Pick<Invocation, 'io'>,
  { why, yes = false }: { readonly why?: string | undefined; readonly yes?: boolean | undefined },
): string {
  const reason = why?.trim();
  if (!reason) throw new UsageError('a secret is shown for a reason only', 'say it for the trail: --why TEXT');
  if (!yes && !(io.stdin.isTTY && io.stdout.isTTY)) {
    throw new UsageError(
      'there is no terminal: the secret would go wherever the output goes',
      'if that is meant: --yes',
    );
  }
  return reason;
}
