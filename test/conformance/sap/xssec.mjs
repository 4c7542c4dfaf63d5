// @sap/xssec as CAP and the approuter use it: tokens of XSUAA, IAS and UAA are fetched and validated over HTTPS.
import assert from 'node:assert/strict';
import { errors, IdentityService, UaaService, XsuaaService } from '@sap/xssec';
import { given, step, tampered } from './steps.mjs';

const { xsuaa, otherXsuaa, expired, ias, uaa, user, demo } = given;

const service = new XsuaaService(xsuaa);
const token = await step('XSUAA client credentials', async () => {
  const { access_token, expires_in } = await service.fetchClientCredentialsToken();
  assert.equal(typeof expires_in, 'number');
  return access_token;
});
await step('validated', async () => {
  const context = await service.createSecurityContext(token);
  assert.equal(context.token.payload.zid, xsuaa.tenantid);
  assert.equal(context.token.payload.ext_attr.enhancer, 'XSUAA');
});
await step('x-zid', async () => {
  const { access_token } = await service.fetchClientCredentialsToken({ zid: xsuaa.tenantid });
  await service.createSecurityContext(access_token);
});
await step('password grant', async () => {
  const { access_token } = await service.fetchPasswordToken(user.name, user.password);
  const context = await service.createSecurityContext(access_token);
  assert.equal(context.getLogonName(), user.name);
});
await step('wrong audience', () =>
  assert.rejects(new XsuaaService(otherXsuaa).createSecurityContext(token), errors.WrongAudienceError),
);
await step('tampered', () =>
  assert.rejects(service.createSecurityContext(tampered(token)), errors.InvalidTokenSignatureError),
);
await step('expired', () => assert.rejects(service.createSecurityContext(expired), errors.ExpiredTokenError));

const identity = new IdentityService(ias.binding);
const idToken = await step('IAS client credentials', async () => {
  const { access_token } = await identity.fetchClientCredentialsToken();
  await identity.createSecurityContext(access_token);
  const answer = await identity.fetchPasswordToken(ias.user, ias.password, { scope: 'openid email' });
  return answer.id_token;
});
await step('ID token validated', async () => {
  const context = await identity.createSecurityContext(idToken);
  assert.equal(context.token.payload.email, ias.email);
});
await step('untrusted issuer', () => {
  const elsewhere = new IdentityService({ ...ias.binding, domains: ['accounts.example'] });
  return assert.rejects(elsewhere.createSecurityContext(idToken), errors.UntrustedIssuerError);
});
await step('wrong audience at IAS', () => {
  const another = new IdentityService({ ...ias.binding, clientid: '00000000-0000-4000-8000-000000000000' });
  return assert.rejects(another.createSecurityContext(idToken), errors.WrongAudienceError);
});
await step('tampered at IAS', () =>
  assert.rejects(identity.createSecurityContext(tampered(idToken)), errors.InvalidTokenSignatureError),
);

const cf = new UaaService(uaa.binding);
await step('UAA token validated', async () => {
  const context = await cf.createSecurityContext(uaa.token);
  assert.equal(context.token.payload.user_name, uaa.userName);
});
await step('wrong audience at UAA', () => {
  const another = new UaaService({ ...uaa.binding, clientid: 'another' });
  return assert.rejects(another.createSecurityContext(uaa.token), errors.WrongAudienceError);
});

// The demo application of the landscape says that it validates as this library does: both get the same tokens.
const owner = new XsuaaService(demo.binding);
const genuine = (await owner.fetchClientCredentialsToken()).access_token;
const candidates = { genuine, foreign: token, changed: tampered(genuine), old: demo.expired, nonsense: 'a.b.c' };
for (const [kind, candidate] of Object.entries(candidates)) {
  await step(`demo application agrees (${kind})`, async () => {
    const accepts = await owner.createSecurityContext(candidate).then(
      () => true,
      () => false,
    );
    const response = await fetch(`${demo.url}/security-context`, { headers: { authorization: `Bearer ${candidate}` } });
    assert.equal(accepts, kind === 'genuine');
    assert.equal(response.status, accepts ? 200 : 401);
  });
}
await step('local scope', async () => {
  const context = await owner.createSecurityContext(genuine);
  assert.ok(context.checkLocalScope('Job'));
  const response = await fetch(`${demo.url}/needs/Job`, { headers: { authorization: `Bearer ${genuine}` } });
  assert.equal(response.status, 200);
});
