import { LocumError, RemoteError } from '../../kernel/errors.ts';
import type { Check, Hop, Resource, Subject, SystemContext } from '../../kernel/system.ts';
import { landscapeName } from '../protocols/cf-v3/client.ts';
import { identityOf } from '../protocols/cf-v3/login.ts';
import { reach } from '../protocols/cf-v3/probe.ts';
import { explainRefusal } from '../protocols/cf-v3/refusal.ts';
import { cloudController } from './client.ts';
import { type Login, logInUser } from './login.ts';
import { loginsOf, type OrgPlace, placesOf } from './places.ts';
import type { OrgRoleProps, SpaceRoleProps } from './props.ts';

/** Every role is there, with the right origin. */
export const rolesCheck: Check = {
  id: 'cf/roles',
  link: 'org-and-space',
  async run(subject, ctx) {
    const hops: Hop[] = [];
    for (const org of placesOf(subject)) {
      hops.push(await rolesHop(subject, ctx, `org ${org.name}`, org.roles));
      for (const space of org.spaces) {
        hops.push(await rolesHop(subject, ctx, `space ${org.name}/${space.name}`, space.roles));
      }
    }
    return hops;
  },
};

async function rolesHop(
  subject: Subject,
  ctx: SystemContext,
  title: string,
  roles: readonly Resource<OrgRoleProps | SpaceRoleProps>[],
): Promise<Hop> {
  const { originKey } = subject.identityProvider;
  const unobserved = roles.map((role) => subject.unobserved(role.address)).find((reason) => reason !== undefined);
  if (unobserved !== undefined) {
    const remedy = 'mend the connection connections.cf, then run `locum doctor` again';
    return { check: 'cf/roles', title, status: 'unknown', evidence: [], because: unobserved, remedy };
  }
  const missing = roles.filter((role) => subject.observed(role.address) === undefined);
  const present = roles.filter((role) => !missing.includes(role)).map((role) => role.props.type);
  const evidence = present.length > 0 ? [`${present.join(', ')} with origin ${originKey}`] : [];
  if (missing.length === 0) return { check: 'cf/roles', title, status: 'ok', evidence };
  const types = missing.map((role) => role.props.type);
  const elsewhere = await otherOrigins(missing, ctx);
  if (elsewhere.length > 0) {
    return {
      check: 'cf/roles',
      title,
      status: 'failed',
      evidence: [...evidence, `${subject.user.email} has ${types.join(', ')} with origin ${elsewhere.join(', ')}`],
      because: `the roles were given to origin ${elsewhere.join(', ')}: that is another user, who only shares the e-mail`,
      remedy: '`locum apply` gives the roles to the right origin; remove the others in the cockpit',
      code: 'CF_ORIGIN_DIFFERS',
    };
  }
  return {
    check: 'cf/roles',
    title,
    status: 'failed',
    evidence,
    because: `${subject.user.email} (${originKey}) has no role ${types.join(', ')}`,
    remedy: '`locum apply`',
    code: 'CF_ROLE_MISSING',
  };
}

/** Origins with which the same e-mail has a missing role: somebody left out `--origin`, or meant a person. */
async function otherOrigins(
  missing: readonly Resource<OrgRoleProps | SpaceRoleProps>[],
  ctx: SystemContext,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const { props } of missing) {
    const controller = await cloudController(ctx, props.api);
    const roles =
      'space' in props ? await controller.spaceRoles([props.space.guid]) : await controller.orgRoles([props.org.guid]);
    for (const { type, identity } of roles) {
      const same = identity?.email.toLowerCase() === props.email.toLowerCase();
      if (same && type === props.type && identity.originKey !== props.originKey) found.add(identity.originKey);
    }
  }
  return [...found].sort();
}

/** The password grant at each landscape's UAA gives a token of the right user. */
export const tokenCheck: Check = {
  id: 'cf/token',
  link: 'token',
  run: (subject, ctx) =>
    Promise.all(loginsOf(subject).map((login) => guarded('cf/token', title(login), () => tokenHop(login, ctx)))),
};

const title = (login: Login) => `cf login at ${landscapeName(login.api)}`;

async function tokenHop(login: Login, ctx: SystemContext): Promise<Hop> {
  const check = 'cf/token';
  const { landscape, outcome } = await logInUser(ctx, login);
  if (outcome.status !== 'accepted') {
    const refusal = explainRefusal(outcome.reason, {
      user: login.user,
      originKey: login.originKey,
      landscape: landscape.name,
    });
    if (outcome.status === 'spared') {
      return {
        check,
        title: title(login),
        status: 'unknown',
        evidence: [],
        ...(outcome.elsewhere
          ? {
              because: `not tried: ${outcome.reason}, and one more could lock the user`,
              remedy: `stop who uses a wrong password, then \`locum unlock ${login.user}\``,
            }
          : {
              because: `not tried, as a login of ${login.user} was refused before in this run: ${refusal.because}`,
              remedy: refusal.remedy,
            }),
        code: 'LOGIN_SPARED',
      };
    }
    return { check, title: title(login), status: 'failed', evidence: [`UAA of ${landscape.name} refused`], ...refusal };
  }
  const token = outcome.value;
  const who = identityOf(token);
  const evidence = [
    `origin ${who.originKey}`,
    `user_id ${who.userId}`,
    `scopes ${[...who.scopes].sort().join(' ')}`,
    `expires in ${Math.max(0, Math.round((token.expiresAt - ctx.now()) / 1000))} s`,
  ];
  if (who.originKey !== login.originKey) {
    return {
      check,
      title: title(login),
      status: 'failed',
      evidence,
      because: `UAA answered with a token of origin ${who.originKey} instead of ${login.originKey}`,
      remedy: 'compare the origin key in the manifest with the trust configuration',
      code: 'CF_ORIGIN_DIFFERS',
    };
  }
  if (who.userName.toLowerCase() !== login.email.toLowerCase()) {
    return {
      check,
      title: title(login),
      status: 'failed',
      evidence,
      because: `UAA knows the user as ${who.userName}, but roles are granted to ${login.email}`,
      remedy: 'let the e-mail in IAS be the one of the manifest: `locum apply`',
      code: 'CF_USER_NAME_DIFFERS',
    };
  }
  return { check, title: title(login), status: 'ok', evidence };
}

/** With that token the CF API answers with org and space, as a deployment would look for them. */
export const consumerCheck: Check = {
  id: 'cf/consumer',
  link: 'consumer',
  async run(subject, ctx) {
    const logins = new Map(loginsOf(subject).map((login) => [login.api, login]));
    const hops = placesOf(subject).map((org) => {
      const login = logins.get(org.api);
      return login ? consumerHops(login, org, ctx) : [];
    });
    return (await Promise.all(hops)).flat();
  },
};

async function consumerHops(login: Login, org: OrgPlace, ctx: SystemContext): Promise<readonly Hop[]> {
  const targets = org.spaces.length > 0 ? org.spaces.map((space) => space.name) : [undefined];
  return Promise.all(
    targets.map((space) => {
      const what = space === undefined ? `org ${org.name}` : `space ${org.name}/${space}`;
      return guarded('cf/consumer', `CF API answers with ${what}`, () => consumerHop(login, org.name, space, ctx));
    }),
  );
}

async function consumerHop(login: Login, org: string, space: string | undefined, ctx: SystemContext): Promise<Hop> {
  const check = 'cf/consumer';
  const what = `CF API answers with ${space === undefined ? `org ${org}` : `space ${org}/${space}`}`;
  const { landscape, outcome } = await logInUser(ctx, login);
  if (outcome.status !== 'accepted') {
    const because = `no token of ${login.user} at ${landscape.name} to ask with`;
    return { check, title: what, status: 'unknown', evidence: [], because, remedy: 'mend the hop `cf login` first' };
  }
  const seen = await reach(landscape, outcome.value.value, { org, ...(space === undefined ? {} : { space }) });
  if (seen.org === undefined) {
    return {
      check,
      title: what,
      status: 'failed',
      evidence: ['GET /v3/organizations: empty list'],
      because: `the user ${login.user} with this token has no role in org ${org}`,
      remedy: '`locum apply`',
      code: 'CF_ORG_NOT_VISIBLE',
    };
  }
  if (space !== undefined && seen.space === undefined) {
    return {
      check,
      title: what,
      status: 'failed',
      evidence: [`org ${seen.org}`, 'GET /v3/spaces: empty list'],
      because: `the user ${login.user} is a member of org ${org}, but has no role in space ${space}`,
      remedy: '`locum apply`',
      code: 'CF_SPACE_NOT_VISIBLE',
    };
  }
  const evidence = [`org ${seen.org}`, ...(seen.space === undefined ? [] : [`space ${seen.space}`])];
  return { check, title: what, status: 'ok', evidence };
}

/** One landscape that does not answer leaves the others' hops as they are. */
async function guarded(check: string, what: string, run: () => Promise<Hop>): Promise<Hop> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof RemoteError) && !(error instanceof LocumError && error.code === 'ERR_CONFIG_SECRET')) {
      throw error;
    }
    return {
      check,
      title: what,
      status: error instanceof RemoteError ? 'unknown' : 'failed',
      evidence: [],
      because: error.message,
      remedy: error.remedy ?? 'look whether the landscape is available, then run `locum doctor` again',
      code: error.code,
    };
  }
}
