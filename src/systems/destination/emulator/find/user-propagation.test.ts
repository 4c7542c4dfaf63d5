import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { SignJWT } from 'jose';
import forge from 'node-forge';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { generateRsa, RSA } from '../../../protocols/cloud-pki/emulator/authority.ts';
import { type Landscape, startLandscape } from '../testing/landscape.ts';
import { TOKEN_SERVICE } from '../testing/token-service.ts';

let landscape: Landscape;
beforeAll(async () => {
  landscape = await startLandscape();
});
beforeEach(() => void landscape.tokenService.asked.splice(0));

const destination = (Authentication: string, more: Record<string, string> = {}) => ({
  Name: 'D',
  Type: 'HTTP',
  URL: 'https://app.acme.example',
  Authentication,
  clientId: 'app',
  tokenServiceURL: TOKEN_SERVICE,
  ...more,
});

const SAML = { audience: 'backend', clientKey: 'key', authnContextClassRef: 'urn:none' };

interface Token {
  readonly type: string;
  readonly value: string;
  readonly error?: string;
  readonly http_header?: { readonly key: string; readonly value: string };
}

async function consume(properties: Record<string, string>, headers: Record<string, string> = {}): Promise<Token> {
  await landscape.call('DELETE', 'subaccountDestinations/D');
  expect((await landscape.call('POST', 'subaccountDestinations', { body: properties })).status).toBe(201);
  const response = await landscape.call('GET', 'destinations/D', { headers });
  expect(response.status).toBe(200);
  const [token] = ((await response.json()) as { authTokens: readonly Token[] }).authTokens;
  return token ?? expect.unreachable();
}

async function assertionFor(more: Record<string, string>, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const user = await landscape.xsuaa.userToken('acme-dev', claims);
  const token = await consume(destination('SAMLAssertion', { ...SAML, ...more }), { 'x-user-token': user });
  return token.error ?? Buffer.from(token.value, 'base64').toString('utf8');
}

test('custom attributes of the user are asked of XSUAA by tokens with the scope, and stand in the assertion with a prefix', async () => {
  const claims = { scope: ['openid', 'user_attributes'], profile: { cost_center: ['4711', '4712'], team: 'blue' } };
  const prefixed = await assertionFor({}, claims);
  expect(prefixed).toContain(
    '<saml2:Attribute Name="user_attributes.cost_center"><saml2:AttributeValue>4711</saml2:AttributeValue>' +
      '<saml2:AttributeValue>4712</saml2:AttributeValue></saml2:Attribute>',
  );
  const bare = await assertionFor({ skipUserAttributesPrefixInSAMLAttributes: 'true' }, claims);
  expect(bare).toContain('<saml2:Attribute Name="team">');
  expect(await assertionFor({}, { ...claims, scope: ['openid'] })).not.toContain('cost_center');
});

test('the user is a field of the token, else a custom attribute, else there is none', async () => {
  const claims = { scope: ['user_attributes'], profile: { personnel: '000815' }, nested: { id: 'n-1' } };
  expect(await assertionFor({ userIdSource: "$.['nested']['id']" }, claims)).toContain('>n-1</saml2:NameID>');
  expect(await assertionFor({ userIdSource: 'personnel' }, claims)).toContain('>000815</saml2:NameID>');
  expect(await assertionFor({ userIdSource: 'unknown' }, claims)).toContain('user ID could not be determined');
  const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
  expect(await assertionFor({ nameIdFormat: format }, claims)).toContain('user ID could not be determined');
});

test('groups of both places in the token are told once', async () => {
  const groups = { 'xs.saml.groups': ['Clerks & co', 'Night shift'] };
  const assertion = await assertionFor({}, { user_attributes: groups });
  expect(assertion.match(/<saml2:AttributeValue>[^<]*/g)).toEqual(
    expect.arrayContaining(['<saml2:AttributeValue>Clerks &amp; co', '<saml2:AttributeValue>Night shift']),
  );
  expect(assertion.match(/Clerks/g)).toHaveLength(1);
});

test('a system user stands in the place of whoever is logged on, and nobody has to be', async () => {
  const token = await consume(destination('SAMLAssertion', { ...SAML, SystemUser: 'ROBOT' }));
  expect(Buffer.from(token.value, 'base64').toString()).toContain('>ROBOT</saml2:NameID>');
});

test('an assertion is written as the destination says', async () => {
  const user = { 'x-user-token': await landscape.xsuaa.userToken('acme-dev', { user_name: 'ÿÿÿ???>>>' }) };
  const url = await consume(destination('SAMLAssertion', { ...SAML, samlAssertionEncoding: 'base64url' }), user);
  expect(url.value).toMatch(/^[\w-]+$/);
  await consume(destination('OAuth2SAMLBearerAssertion', { ...SAML, samlAssertionEncoding: 'base64' }), user);
  await consume(destination('OAuth2SAMLBearerAssertion', SAML), user);
  const [plain, safe] = landscape.tokenService.asked.map(({ form }) => form.assertion);
  expect(plain?.length).toBe(Math.ceil((plain?.length ?? 0) / 4) * 4);
  expect(safe).toMatch(/^[\w-]+$/);
});

test('a token of another issuer has to be of the type that the destination says', async () => {
  const keys = await generateRsa();
  const jwk = { ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'k' };
  const jwks = Buffer.from(JSON.stringify({ keys: [jwk] })).toString('base64');
  const token = await new SignJWT({ user_name: 'nora' })
    .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'at+jwt' })
    .setExpirationTime(Math.floor(landscape.emulators.now() / 1000) + 600)
    .sign(keys.privateKey);
  const ask = (more: Record<string, string>) =>
    consume(destination('OAuth2JWTBearer', { 'x_user_token.jwks': jwks, ...more }), { 'x-user-token': token });
  expect((await ask({ 'x_user_token.header.typ': 'at+jwt' })).value).toBe('given');
  expect((await ask({})).error).toContain('user token could not be verified');
});

test('SAPAssertionSSO gives a ticket for a cookie, signed with the key of the destination', async () => {
  const keys = await generateRsa();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    name: 'CN=SID',
    signingAlgorithm: RSA,
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const sso = {
    IssuerSID: 'BTP',
    IssuerClient: '000',
    RecipientSID: 'S4H',
    RecipientClient: '100',
    Certificate: Buffer.from(certificate.rawData).toString('base64'),
    SigningKey: pkcs8,
  };
  const user = { 'x-user-token': await landscape.xsuaa.userToken('acme-dev', { user_name: 'NORA' }) };
  const token = await consume(destination('SAPAssertionSSO', sso), user);
  expect(token.type).toBe('MYSAPSSO2');
  expect(token.http_header).toEqual({ key: 'Cookie', value: `MYSAPSSO2=${token.value}` });
  const fields = ticketFields(Buffer.from(token.value, 'base64'));
  expect([1, 2, 3].map((id) => fields.get(id)?.toString('utf16le').trim())).toEqual(['NORA', '000', 'BTP']);
  const signature = forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(fields.get(255)?.toString('binary') ?? ''));
  expect('certificates' in signature && signature.certificates[0]?.subject.getField('CN').value).toBe('SID');

  const system = await consume(destination('SAPAssertionSSO', { ...sso, SystemUser: 'ROBOT' }));
  expect(ticketFields(Buffer.from(system.value, 'base64')).get(1)?.toString('utf16le').trim()).toBe('ROBOT');
  const { SigningKey: _, ...incomplete } = sso;
  expect((await consume(destination('SAPAssertionSSO', incomplete), user)).error).toContain('SigningKey is missing');
  expect((await consume(destination('SAPAssertionSSO', { ...sso, SigningKey: 'AAAA' }), user)).error).toContain(
    'signed',
  );
});

function ticketFields(ticket: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  expect(ticket.subarray(1, 5).toString('latin1')).toBe('4103');
  for (let at = 5; at < ticket.length; ) {
    const length = ticket.readUInt16BE(at + 1);
    fields.set(ticket.readUInt8(at), ticket.subarray(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return fields;
}

test('a token service behind a Cloud Connector can not be reached: none is connected; what is to go there is answered', async () => {
  const onPremise = { ProxyType: 'OnPremise', CloudConnectorLocationId: 'berlin' };
  const token = await consume(destination('OAuth2ClientCredentials', onPremise));
  expect(token.error).toContain('There is no SAP Cloud Connector (SCC) connected to your subaccount');
  expect(token.error).toContain('SCC location ID "berlin"');
  // The token service may be in the Internet all the same; that for technical users always is.
  const split = { ...onPremise, 'tokenServiceURL.ProxyType': 'Internet' };
  expect((await consume(destination('OAuth2ClientCredentials', split))).value).toBe('given');
  expect((await consume(destination('OAuth2TechnicalUserPropagation', onPremise))).value).toBe('given');
  const body = destination('PrincipalPropagation', onPremise);
  await landscape.call('PUT', 'subaccountDestinations', { body });
  const found = (await (await landscape.call('GET', 'destinations/D')).json()) as object;
  expect(found).toMatchObject({ destinationConfiguration: body });
  expect(found).not.toHaveProperty('authTokens');
});

test('the tenant of a common token service URL is told by X-tenant for technical users too', async () => {
  const body = destination('OAuth2TechnicalUserPropagation', { ProxyType: 'OnPremise', tokenServiceURLType: 'Common' });
  await consume(body, { 'x-tenant': 'acme-dev' });
  expect(landscape.tokenService.asked).toMatchObject([{ host: 'acme-dev.tokens.acme.example' }]);
  expect((await landscape.call('GET', 'destinations/D')).status).toBe(400);
});
