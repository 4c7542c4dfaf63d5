import type { Finding, FindingKind } from '../../kernel/finding.ts';
import type { Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Rule } from '../../kernel/system.ts';
import { type Declaration, declarationsOf } from './section.ts';

interface Declared {
  readonly user: TechnicalUser;
  readonly userIndex: number;
  readonly index: number;
  readonly declaration: Declaration;
}

/** Twins share their destinations: these are the first one's. */
function declared(manifest: Manifest): readonly Declared[] {
  return manifest.technicalUsers.flatMap((user, userIndex) =>
    user.twin?.first === false
      ? []
      : declarationsOf(user).map((declaration, index) => ({ user, userIndex, index, declaration })),
  );
}

function found(
  kind: FindingKind,
  severity: Finding['severity'],
  manifest: Manifest,
  one: Declared,
  because: string,
  remedy: string,
): Finding {
  const at = manifest.locate(['technicalUsers', one.userIndex, 'destinations', one.index]);
  return { code: kind.code, severity, subject: one.user.name, because, remedy, at };
}

const spaceMissing: FindingKind = {
  code: 'DESTINATION_SPACE_MISSING',
  title: 'A destination for Cloud Transport Management names no space',
  explanation:
    'The URL of a destination to the deploy service holds org and space. Without target.space it cannot be written: name the space that transports are imported into.',
};

const nameShared: FindingKind = {
  code: 'DESTINATION_NAME_SHARED',
  title: 'Two destinations of one subaccount have the same name',
  explanation:
    'The name is the identity of a destination. The presets cannot share one either: CTMS needs the token service URL without a path, SAP Cloud SDK needs it with /oauth/token.',
};

const passwordHeld: FindingKind = {
  code: 'DESTINATION_HOLDS_PASSWORD',
  title: 'A destination holds the password of a technical user',
  explanation:
    'SAP advises against OAuth2Password destinations in production, except for the deploy service of Cloud Transport Management. Every application bound to a Destination service instance of the subaccount can read the password in clear text, so give the user no more rights than the application needs.',
};

/** What lint says of destinations; it contacts nobody. */
export const rules: readonly Rule[] = [
  {
    kind: spaceMissing,
    check: (manifest) =>
      declared(manifest)
        .filter(({ declaration }) => declaration.preset === 'ctms-deploy' && declaration.target.space === undefined)
        .map((one) =>
          found(
            spaceMissing,
            'error',
            manifest,
            one,
            `destination '${one.declaration.name}' (ctms-deploy) names no space`,
            'add target.space',
          ),
        ),
  },
  {
    kind: nameShared,
    check: (manifest) =>
      declared(manifest)
        .filter((one, index, all) => all.slice(0, index).some((earlier) => clash(one.declaration, earlier.declaration)))
        .map((one) =>
          found(
            nameShared,
            'error',
            manifest,
            one,
            `destination '${one.declaration.name}' is declared twice for the same subaccount`,
            'give one of them another name: CTMS and SAP Cloud SDK need different token service URLs',
          ),
        ),
  },
  {
    kind: passwordHeld,
    check: (manifest) =>
      declared(manifest)
        .filter(({ declaration }) => declaration.preset === 'cf-api')
        .map((one) =>
          found(
            passwordHeld,
            'info',
            manifest,
            one,
            `destination '${one.declaration.name}' holds the password of '${one.user.name}'; every application of the subaccount that is bound to the Destination service can read it`,
            'in production grant no more than the application needs, or use a service key of the target instead',
          ),
        ),
  },
];

/** Whether the manifest alone shows that both go to one subaccount; the rest shows when selectors are resolved. */
function clash(a: Declaration, b: Declaration): boolean {
  if (a.name !== b.name) return false;
  if (JSON.stringify(a.in) === JSON.stringify(b.in)) return true;
  const simple = (one: Declaration) => one.in.labels === undefined && one.in.directory === undefined;
  return simple(a) && simple(b) && (a.in.names ?? []).some((name) => b.in.names?.includes(name));
}
