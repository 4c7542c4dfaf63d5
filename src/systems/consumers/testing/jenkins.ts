import { parseXml, type XmlElement } from '@rgrove/parse-xml';
import { type Double, json, router } from './double.ts';

const BASE = 'https://jenkins.acme.example/ci';
const DOMAIN = `${BASE}/job/delivery/job/btp/credentials/store/folder/domain/_`;
const CLASS = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl';

/** Credentials of a folder (plugin credentials, docs/user.adoc, *REST API*): passwords are redacted; a crumb is asked for. */
export function createJenkins(): Double {
  let kept: Readonly<Record<string, string>> | undefined;
  let writes = 0;
  const allowed = (request: Request) =>
    request.headers.get('authorization') === `Basic ${Buffer.from('locum:jenkins-token').toString('base64')}`;
  const crumbed = (request: Request) =>
    request.headers.get('jenkins-crumb') === 'c-1' && request.headers.get('cookie') === 'JSESSIONID=s1';
  const write = async (request: Request): Promise<Response> => {
    if (!allowed(request)) return new Response(null, { status: 401 });
    if (!crumbed(request)) return new Response('No valid crumb was included in the request', { status: 403 });
    const { root } = parseXml(await request.text());
    if (root?.name !== CLASS) return new Response(null, { status: 400 });
    const fields = root.children.filter((child): child is XmlElement => 'name' in child);
    kept = Object.fromEntries(fields.map((field) => [field.name, field.text]));
    writes++;
    return new Response(null, { status: 200 });
  };
  const item = `${DOMAIN}/credential/cf-robot/config.xml`;
  return {
    fetch: router({
      [`GET ${BASE}/crumbIssuer/api/json`]: () =>
        json(
          200,
          { crumb: 'c-1', crumbRequestField: 'Jenkins-Crumb' },
          { 'set-cookie': 'JSESSIONID=s1; Path=/; HttpOnly' },
        ),
      [`GET ${item}`]: (request) => {
        if (!allowed(request)) return new Response(null, { status: 401 });
        if (!kept) return new Response(null, { status: 404 });
        const { id, description, username } = kept;
        const xml = `<?xml version='1.1' encoding='UTF-8'?>
<${CLASS} plugin="credentials@1405"><id>${id}</id><description>${description}</description><username>${username}</username><password><secret-redacted/></password></${CLASS}>`;
        return new Response(xml, { headers: { 'content-type': 'application/xml' } });
      },
      [`POST ${item}`]: (request) => (kept ? write(request) : new Response(null, { status: 404 })),
      [`DELETE ${item}`]: (request) => {
        if (!allowed(request)) return new Response(null, { status: 401 });
        if (!crumbed(request)) return new Response('No valid crumb was included in the request', { status: 403 });
        if (!kept) return new Response(null, { status: 404 });
        kept = undefined;
        writes++;
        return new Response(null, { status: 200 });
      },
      [`POST ${DOMAIN}/createCredentials`]: (request) => (kept ? new Response(null, { status: 409 }) : write(request)),
    }),
    connections: { jenkins: { ci: { url: BASE, user: 'locum', token: 'env:JENKINS_TOKEN' } } },
    secrets: { JENKINS_TOKEN: 'jenkins-token' },
    target: { to: 'jenkins', folder: 'delivery/btp', id: 'cf-robot' },
    stored: () => kept && { login: kept.username ?? '', secret: kept.password ?? '' },
    writes: () => writes,
  };
}
