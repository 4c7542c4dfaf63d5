import type { Address } from '../../kernel/address.ts';
import { PlanError } from '../../kernel/errors.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Change, Diff, ResourceType } from '../../kernel/system.ts';
import type { Patch } from '../protocols/scim/client.ts';
import { type IasClient, iasClient } from './client.ts';
import { attributeText, notOurs, OWNERSHIP } from './ownership.ts';
import { ofName, type SeenUser } from './seen-user.ts';
import { IAS_SCHEMA } from './wire.ts';

/** A technical user as it shall be in its IAS tenant. */
export interface UserProps {
  readonly identityProvider: string;
  readonly host: string;
  readonly userName: string;
  readonly email: string;
  readonly userType: string;
  readonly owner: string;
  readonly purpose: string;
  /** `locum:<manifest>/<user>`. */
  readonly mark: string;
  /** ISO 8601; absent = without end. */
  readonly validTo?: string;
}

/** Without what every logon changes: a plan would be stale the next day. */
type KnownUser = Omit<SeenUser, 'password' | 'version'>;

/** What is at the login name, and who else holds the e-mail. */
export interface UserObservation {
  readonly user?: KnownUser;
  /** Login name of another user that has the e-mail. */
  readonly emailTakenBy?: string;
}

export const iasUser: ResourceType<UserProps, UserObservation> = {
  type: 'ias/user',

  async observe(scope, wanted, ctx) {
    const client = await iasClient(ctx, scope);
    const found = await client.find(wanted.map((resource) => resource.props));
    const byName = new Map(found.map((user) => [user.userName.toLowerCase(), user]));
    const byEmail = new Map(found.flatMap((user) => emailsOf(user).map((email) => [email, user])));
    const objects = new Map<Address, UserObservation>();
    for (const { address, props } of wanted) {
      const user = byName.get(props.userName.toLowerCase());
      const holder = byEmail.get(props.email.toLowerCase());
      const taken = holder && holder.id !== user?.id ? { emailTakenBy: holder.userName || holder.id } : {};
      if (user || holder) objects.set(address, { ...(user ? { user: known(user) } : {}), ...taken });
    }
    return { objects, extras: [] };
  },

  diff({ address, props }, observed, { adopt }): Diff {
    if (observed?.emailTakenBy !== undefined) {
      return { action: 'blocked', finding: emailTaken(address, props, observed.emailTakenBy) };
    }
    const user = observed?.user;
    if (!user) return { action: 'create', changes: differences(props, undefined) };
    const mark = user.customAttributes[OWNERSHIP.mark];
    if (mark !== props.mark && !adopt) {
      return { action: 'blocked', finding: notOurs(address, props.userName, mark) };
    }
    const changes = differences(props, user);
    return changes.length === 0 ? { action: 'none' } : { action: 'update', changes };
  },

  async converge({ resource: { props }, action, observed }, ctx): Promise<JsonObject> {
    const client = await iasClient(ctx, props.host);
    if (action === 'delete') return removeOwn(client, props);
    const user = observed?.user;
    if (!user) {
      const created = await client.create(newUser(props));
      return { id: created.id, ...(created.userId === undefined ? {} : { userId: created.userId }) };
    }
    await client.patch(user.id, patches(props, user));
    return { id: user.id };
  },
};

/** Looks once more before a user is deleted: somebody else's is never touched. */
async function removeOwn(client: IasClient, props: UserProps): Promise<JsonObject> {
  const found = await client.find([props]);
  const user = ofName(found, props.userName);
  if (!user) return { user: 'gone already' };
  if (props.mark === '' || user.customAttributes[OWNERSHIP.mark] !== props.mark) {
    throw new PlanError('ERR_PLAN_NOT_OURS', `the user ${props.userName} of ${props.host} is not ours`, {
      remedy: 'look at it in the administration console, then plan again',
    });
  }
  await client.remove(user.id);
  return { id: user.id };
}

function known({ password: _password, version: _version, ...user }: SeenUser): KnownUser {
  return user;
}

function emailsOf(user: SeenUser): string[] {
  return [...(user.email === undefined ? [] : [user.email]), ...user.otherEmails].map((email) => email.toLowerCase());
}

function emailTaken(subject: Address, props: UserProps, holder: string): Finding {
  return {
    code: 'IAS_EMAIL_TAKEN',
    severity: 'error',
    subject,
    because: `the e-mail ${props.email} belongs to the user ${holder} of ${props.host} already`,
    remedy: `give ${props.userName} an e-mail of its own, e.g. ${props.userName.toLowerCase()}@sap-test.de`,
    docs: 'btp-cloud-platform c368984: the e-mail is the identifier on every level',
  };
}

/** Attributes that must agree, in the vendor's words: what is wanted, and what is there. */
function facets(props: UserProps, user: KnownUser | undefined): readonly (readonly [string, Json?, Json?])[] {
  return [
    ['emails', props.email, user?.email],
    ['userType', props.userType, user?.userType],
    ['active', true, user?.active],
    ['mailVerified', true, user?.mailVerified],
    ['validTo', props.validTo, user?.validTo],
    [OWNERSHIP.mark, props.mark, user?.customAttributes[OWNERSHIP.mark]],
    [OWNERSHIP.owner, attributeText(props.owner), user?.customAttributes[OWNERSHIP.owner]],
    [OWNERSHIP.purpose, attributeText(props.purpose), user?.customAttributes[OWNERSHIP.purpose]],
  ];
}

function differences(props: UserProps, user: KnownUser | undefined): Change[] {
  const changes: Change[] = [];
  for (const [path, after, before] of facets(props, user)) {
    if (path === 'validTo' ? sameTime(before, after) : before === after) continue;
    changes.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
  }
  return user ? changes : [{ path: 'userName', after: props.userName }, ...changes];
}

/** IAS may write the same moment differently (milliseconds, offset). */
function sameTime(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a === b;
  return Date.parse(a) === Date.parse(b);
}

function newUser(props: UserProps): JsonObject {
  return {
    schemas: [IAS_SCHEMA.user, IAS_SCHEMA.sap, IAS_SCHEMA.custom],
    userName: props.userName,
    displayName: props.userName,
    name: { givenName: 'Technical User', familyName: props.userName },
    userType: props.userType,
    active: true,
    emails: [{ value: props.email, type: 'work', primary: true }],
    [IAS_SCHEMA.sap]: {
      // Nobody reads the dummy mailbox: only a verified address without mail can log on (ias dbe3c08).
      sendMail: false,
      mailVerified: true,
      status: 'active',
      ...(props.validTo === undefined ? {} : { validTo: props.validTo }),
    },
    [IAS_SCHEMA.custom]: { attributes: attributes(props, {}) },
  };
}

/** Ours beside what others keep there: the list is replaced as a whole. */
function attributes(props: UserProps, found: Readonly<Record<string, string>>): Json {
  const merged: Record<string, string> = {
    ...found,
    [OWNERSHIP.purpose]: attributeText(props.purpose),
    [OWNERSHIP.owner]: attributeText(props.owner),
    [OWNERSHIP.mark]: props.mark,
  };
  return Object.entries(merged).map(([name, value]) => ({ name, value }));
}

function patches(props: UserProps, user: KnownUser): Patch[] {
  const changed = new Set(differences(props, user).map((change) => change.path));
  const sap = (name: string) => `${IAS_SCHEMA.sap}:${name}`;
  const operations: Patch[] = [];
  if (changed.has('emails')) {
    const value = [{ value: props.email, type: 'work', primary: true }];
    operations.push({ op: 'replace', path: 'emails', value });
  }
  // Verification belongs to the address: said again with a new one.
  if (changed.has('emails') || changed.has('mailVerified')) {
    operations.push({ op: 'replace', path: sap('mailVerified'), value: true });
  }
  if (changed.has('userType')) operations.push({ op: 'replace', path: 'userType', value: props.userType });
  if (changed.has('active')) operations.push({ op: 'replace', path: 'active', value: true });
  if (changed.has('validTo')) {
    operations.push(
      props.validTo === undefined
        ? { op: 'remove', path: sap('validTo') }
        : { op: 'replace', path: sap('validTo'), value: props.validTo },
    );
  }
  if (Object.values(OWNERSHIP).some((name) => changed.has(name))) {
    const value = attributes(props, user.customAttributes);
    operations.push({ op: 'replace', path: `${IAS_SCHEMA.custom}:attributes`, value });
  }
  return operations;
}
