import { logInAt, ORIGIN, ROBOT, type Session, startTestLandscape } from './landscape.ts';

/** Rows and lists of the Cloud Controller, as far as tests read them. */
export interface Row {
  readonly guid: string;
  readonly name?: string;
  readonly type?: string;
  readonly username?: string | null;
  readonly origin?: string | null;
}
export interface List {
  readonly pagination: Record<string, unknown>;
  readonly resources: readonly Row[];
  readonly included?: Record<string, readonly Row[]>;
}

export const listOf = async (session: Session, path: string) => (await session.get(path)).body as List;
export const namesOf = async (session: Session, path: string) =>
  (await listOf(session, path)).resources.map((row) => row.name);

export async function start(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const emulators = await startTestLandscape(options);
  const admin = await logInAt(emulators, 'admin');
  const [org] = (await listOf(admin, '/v3/organizations')).resources;
  const [app, shared] = (await listOf(admin, '/v3/spaces')).resources;
  if (!org || !app || !shared) throw new Error('no seed');
  const orgRole = (type: string, user: Record<string, string> = { username: ROBOT, origin: ORIGIN }) => ({
    type,
    relationships: { user: { data: user }, organization: { data: { guid: org.guid } } },
  });
  const spaceRole = (type: string, user: Record<string, string> = { username: ROBOT, origin: ORIGIN }) => ({
    type,
    relationships: { user: { data: user }, space: { data: { guid: app.guid } } },
  });
  return { emulators, admin, org, app, shared, orgRole, spaceRole };
}

/** The robot with its first login done and membership in the org. */
export async function startWithMember(options: Parameters<typeof startTestLandscape>[0] = {}) {
  const started = await start(options);
  const robot = await logInAt(started.emulators, 'robot');
  const membership = await started.admin.send('POST', '/v3/roles', started.orgRole('organization_user'));
  if (membership.status !== 201) throw new Error(`membership: ${membership.status}`);
  return { ...started, robot, member: membership.body as Row };
}

export const error = (detail: string, title = 'CF-UnprocessableEntity', code = 10008) => ({
  errors: [{ detail, title, code }],
});
export const NOT_IN_ORG =
  "Users cannot be assigned roles in a space if they do not have a role in that space's organization.";
