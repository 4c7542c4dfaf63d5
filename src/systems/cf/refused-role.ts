import { RemoteError } from '../../kernel/errors.ts';

/**
 * Turns a refusal into success when the role is there: CF answers a duplicate with the same 422 as everything else
 * (somebody else was faster, or our first try got through and its answer was lost), so only a look tells. Other
 * refusals get a remedy.
 * @param find looks for the role; gives its GUID
 */
export function orAlready(org: string, find: () => Promise<string | undefined>): (error: unknown) => Promise<string> {
  return async (error) => {
    if (!(error instanceof RemoteError)) throw error;
    if (error.status === 403) {
      throw error.retold({
        remedy: `make the user of connections.cf an Org Manager of ${org}; a Space Manager may only give space roles, and only to members of the org`,
        cause: error,
      });
    }
    if (error.status !== 422) throw error;
    const guid = await find();
    if (guid !== undefined) return guid;
    throw error.retold({
      remedy:
        'the landscape knows no such user with this origin, or it is no member of the org: run `locum apply` again',
      cause: error,
    });
  };
}
