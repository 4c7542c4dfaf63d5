import type { Finding } from '../../kernel/finding.ts';
import type { Grant, Manifest, TechnicalUser } from '../../kernel/manifest/types.ts';
import type { Rule } from '../../kernel/system.ts';
import { broadCollection, customInDirectory } from './findings.ts';
import { ADMINISTRATORS } from './last-administrator.ts';
import { roleCollectionsOf } from './section.ts';

const OF_DIRECTORIES: ReadonlySet<string> = new Set(['Directory Administrator', 'Directory Viewer']);

/** L-20: administrator role collections on a robot. */
export const broadCollectionRule: Rule = {
  kind: broadCollection,
  check: (manifest) =>
    judge(manifest, (_grant, name, user) =>
      ADMINISTRATORS.has(name)
        ? {
            code: broadCollection.code,
            severity: 'warning',
            subject: user.name,
            because: `${name} is more than a technical user should hold`,
            remedy: 'grant the single-purpose role collection for what the user does',
          }
        : undefined,
    ),
};

/** L-35: directories have two role collections, say SAP's documents; recordings create others, so it only warns. */
export const customInDirectoryRule: Rule = {
  kind: customInDirectory,
  check: (manifest) =>
    judge(manifest, (grant, name, user) =>
      grant.directory !== undefined && !OF_DIRECTORIES.has(name)
        ? {
            code: customInDirectory.code,
            severity: 'warning',
            subject: user.name,
            because: `'${name}' is no role collection of a directory`,
            remedy: 'grant Directory Viewer or Directory Administrator, or grant in the subaccounts below',
          }
        : undefined,
    ),
};

function judge(
  manifest: Manifest,
  verdict: (grant: Grant, roleCollection: string, user: TechnicalUser) => Finding | undefined,
): readonly Finding[] {
  return manifest.technicalUsers.flatMap((user, index) =>
    user.grants.flatMap((grant, at) =>
      roleCollectionsOf(grant).flatMap((name, position) => {
        const finding = verdict(grant, name, user);
        if (!finding) return [];
        const place = ['technicalUsers', index, 'grants', at, 'roleCollections', position];
        return [{ ...finding, at: manifest.locate(place) }];
      }),
    ),
  );
}
