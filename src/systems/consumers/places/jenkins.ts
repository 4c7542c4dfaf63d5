import { parseXml, type XmlElement } from '@rgrove/parse-xml';
import { z } from 'zod';
import { RemoteError } from '../../../kernel/errors.ts';
import { secretRefSchema } from '../../../kernel/manifest/grammar.ts';
import type { SystemContext } from '../../../kernel/system.ts';
import type { Copy } from '../../protocols/copies/place.ts';
import { answerOf } from '../../protocols/http/answer.ts';
import { httpsUrl, slashed } from '../../protocols/http/grammar.ts';
import { connectionOf, definePlace } from '../place.ts';
import { pathOf, type Send, serviceAt } from './rest.ts';

const connection = z.strictObject({
  url: httpsUrl.describe('Address of the controller'),
  user: z.string().min(1),
  token: secretRefSchema.describe('API token of the user, who may create and update credentials'),
});

const target = z
  .strictObject({
    to: z.literal('jenkins'),
    connection: z.string().optional(),
    folder: slashed.optional().describe('Path of the folder that has the credentials; absent: the controller itself'),
    id: z.string().regex(/^[\w.-]{1,100}$/, 'letters, digits, dots, dashes and _'),
  })
  .describe('Credentials of Jenkins: user name with password');
type JenkinsTarget = z.infer<typeof target>;

const crumbAnswer = z.looseObject({ crumbRequestField: z.string(), crumb: z.string() });

/** Class of the credentials (plugin `credentials`, docs/user.adoc, REST API). */
const CLASS = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl';

/** `locum acme/pipeline version 3`, in the description: Jenkins tells nothing else of what it holds. */
const NOTE = /^locum (.+) version (\d+)$/;

/** User name with password, in a folder or the controller. Jenkins gives no password back; our note tells the version. */
export const jenkins = definePlace<JenkinsTarget>({
  kind: 'jenkins',
  target,
  connection,
  title: ({ folder, id }) => `credentials ${id}${folder === undefined ? '' : ` of ${folder}`} in Jenkins`,
  segments: ({ connection: name = '', folder = '', id }) => [name, folder, id],

  async look(declared, _expected, ctx) {
    const { send } = await session(declared, ctx);
    const description = await noteOf(declared, send);
    if (description === undefined) return { is: 'absent' };
    const [, name, version] = NOTE.exec(description) ?? [];
    return name === undefined ? { is: 'opaque' } : { is: 'marked', name, version: Number(version) };
  },

  async write(declared, copy, ctx) {
    const { send, crumb } = await session(declared, ctx);
    const there = (await noteOf(declared, send)) !== undefined;
    await send({
      operation: there ? 'update credentials' : 'create credentials',
      method: 'POST',
      url: there ? itemOf(declared) : `${domainOf(declared)}/createCredentials`,
      headers: { 'content-type': 'application/xml', ...(await crumb()) },
      body: documentOf(declared, copy),
    });
    return { credentials: declared.id, created: !there };
  },

  async remove(declared, _copy, ctx) {
    const { send, crumb } = await session(declared, ctx);
    await send({
      operation: 'delete credentials',
      method: 'DELETE',
      url: itemOf(declared),
      headers: await crumb(),
      expect: [200, 204, 404],
    });
    return { credentials: declared.id };
  },
});

/** The description of the credentials; undefined when there are none. */
async function noteOf(declared: JenkinsTarget, send: Send): Promise<string | undefined> {
  const url = itemOf(declared);
  const response = await send({
    operation: 'read credentials',
    url,
    headers: { accept: 'application/xml' },
    expect: [200, 404],
  });
  if (response.status === 404) return undefined;
  const root = rootOf(await response.text());
  if (!root) throw response.unreadable();
  if (root.name !== CLASS) {
    throw new RemoteError('ERR_REMOTE_CONFLICT', {
      system: 'jenkins',
      operation: `read credentials ${declared.id}`,
      status: 200,
      remedy: 'they are of another kind than user name with password: choose another id',
    });
  }
  const description = root.children.find(
    (child): child is XmlElement => 'name' in child && child.name === 'description',
  );
  return description?.text ?? '';
}

/** Undefined where it is no XML. */
function rootOf(text: string): XmlElement | null | undefined {
  try {
    return parseXml(text.replace(/^<\?xml version=['"]1\.1['"]/, "<?xml version='1.0'")).root;
  } catch {
    return undefined;
  }
}

function itemOf(declared: JenkinsTarget): string {
  return `${domainOf(declared)}/${pathOf('credential', declared.id)}/config.xml`;
}

function domainOf({ folder }: JenkinsTarget): string {
  const jobs = folder === undefined ? [] : folder.split('/').map((name) => pathOf('job', name));
  return [...jobs, 'credentials', 'store', folder === undefined ? 'system' : 'folder', 'domain', '_'].join('/');
}

function documentOf({ id }: JenkinsTarget, { name, version, login = '', secret }: Copy): string {
  const element = (tag: string, text: string) => `<${tag}>${escaped(text)}</${tag}>`;
  return [
    `<${CLASS}>`,
    element('scope', 'GLOBAL'),
    element('id', id),
    element('description', `locum ${name} version ${version}`),
    element('username', login),
    element('password', secret.reveal()),
    `</${CLASS}>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replace(/[<>&"'\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface Session {
  readonly send: Send;
  /** The header against forged requests; none where the controller does not ask for it. */
  crumb(): Promise<Readonly<Record<string, string>>>;
}

function session(declared: JenkinsTarget, ctx: SystemContext): Promise<Session> {
  const { name, connection: chosen } = connectionOf('jenkins', connection, declared, ctx.manifest);
  return ctx.memo(`consumers/jenkins/${name}`, async () => {
    const token = await ctx.secret(chosen.token);
    const authorization = `Basic ${Buffer.from(`${chosen.user}:${token.reveal()}`).toString('base64')}`;
    const send = serviceAt({ system: 'jenkins', url: chosen.url, headers: { authorization } }, ctx);
    return {
      send,
      crumb: async () => {
        const response = await send({ operation: 'read crumb', url: 'crumbIssuer/api/json', expect: [200, 404] });
        if (response.status === 404) return {};
        const { crumbRequestField, crumb } = await answerOf(crumbAnswer, response);
        // A crumb belongs to a session.
        const cookie = response.headers
          .getSetCookie()
          .map((one) => one.split(';')[0])
          .join('; ');
        return { [crumbRequestField]: crumb, ...(cookie === '' ? {} : { cookie }) };
      },
    };
  });
}
