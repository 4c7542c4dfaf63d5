import { Secret } from '../../kernel/secret.ts';

const LENGTH = 40;

/**
 * The four groups that policies count. The special ones are RFC 3986's unreserved: nothing that a URL, a form, a
 * Basic header, a shell or a `.env` file reads as something else (`+`, `%`, `:` are known to break logons, btp fd5865e).
 */
const GROUPS = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '-_.'] as const;
const ALL = GROUPS.join('');
const LETTERS = GROUPS[0] + GROUPS[1];

/** A password that satisfies every policy of IAS (up to 255 characters, 4 groups; ias 12b3395): about 230 bits. */
export function strongPassword(random: (bytes: number) => Uint8Array): Secret {
  for (;;) {
    // A leading dash or dot would be an option or a hidden file to some tool.
    const text = [LETTERS, ...Array.from({ length: LENGTH - 1 }, () => ALL)].map((set) => pick(set, random)).join('');
    // Drawing again until each group is there keeps every place equally likely; mending places would not.
    if (GROUPS.every((group) => [...group].some((character) => text.includes(character)))) return new Secret(text);
  }
}

/** One character, without the bias of a remainder. */
function pick(set: string, random: (bytes: number) => Uint8Array): string {
  const fair = 256 - (256 % set.length);
  for (;;) {
    const [byte] = random(1);
    if (byte !== undefined && byte < fair) return set.charAt(byte % set.length);
  }
}
