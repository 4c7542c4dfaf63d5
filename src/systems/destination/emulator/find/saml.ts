import { X509Certificate } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { Properties } from '../store.ts';
import { TokenFailure } from './token-call.ts';

export type UserAttributes = Readonly<Record<string, readonly string[]>>;

export interface AssertionInput {
  readonly properties: Properties;
  /** Claims of the user's token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the identity provider says of the user beside, by name. */
  readonly attributes: UserAttributes;
  /** Default of `assertionIssuer`: assumed to be the subaccount. */
  readonly issuer: string;
  /** Default of `assertionRecipient`. */
  readonly recipient: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly id: string;
  readonly key: { readonly privateKey: string; readonly certificate: string };
}

/** assumed: how long an assertion may be used. */
const LIFETIME_MS = 10 * 60_000;

const FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** A signed SAML 2.0 bearer assertion for the user of a token (RFC 7522; btp-connectivity:c69ea6a, 3cb7b81). */
export function samlAssertion(input: AssertionInput): string {
  const { properties, now } = input;
  const iso = (ms: number) => new Date(ms).toISOString();
  const xml =
    `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${input.id}" IssueInstant="${iso(now)}" Version="2.0">` +
    element('Issuer', properties.assertionIssuer ?? input.issuer) +
    `<saml2:Subject>${element('NameID', userId(input), {
      Format: properties.nameIdFormat ?? `${FORMAT}:unspecified`,
      ...(properties.nameQualifier === undefined ? {} : { NameQualifier: properties.nameQualifier }),
    })}` +
    '<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    `${empty('SubjectConfirmationData', {
      NotOnOrAfter: iso(now + LIFETIME_MS),
      Recipient: properties.assertionRecipient ?? input.recipient,
    })}</saml2:SubjectConfirmation></saml2:Subject>` +
    `<saml2:Conditions NotBefore="${iso(now)}" NotOnOrAfter="${iso(now + LIFETIME_MS)}"><saml2:AudienceRestriction>` +
    `${element('Audience', properties.audience ?? '')}</saml2:AudienceRestriction></saml2:Conditions>` +
    `<saml2:AuthnStatement AuthnInstant="${iso(now)}"><saml2:AuthnContext>` +
    `${element('AuthnContextClassRef', properties.authnContextClassRef ?? '')}</saml2:AuthnContext></saml2:AuthnStatement>` +
    `${attributeStatement(input)}</saml2:Assertion>`;
  return signed(xml, properties, input.key);
}

const USER_ID: ReadonlyMap<string, string> = new Map([
  [`${FORMAT}:emailAddress`, 'email'],
  [`${FORMAT}:unspecified`, 'user_name'],
]);

/**
 * The user's name: a field of the token, or else one of the custom attributes (btp-connectivity:3cb7b81); of JSONPath only plain
 * steps are understood. `SystemUser`, which is deprecated, goes before all (c69ea6a).
 */
function userId({ properties, claims, attributes }: AssertionInput): string {
  const { userIdSource, SystemUser: systemUser, nameIdFormat = `${FORMAT}:unspecified` } = properties;
  if (systemUser !== undefined && systemUser !== '') return systemUser;
  const source = userIdSource ?? USER_ID.get(nameIdFormat);
  const [known] =
    source === undefined ? [] : [lookUp(claims, source), lookUp(attributes, source)].flat().filter(isText);
  // assumed: the words around the documented ones.
  if (known === undefined) throw new TokenFailure('user ID could not be determined');
  return known;
}

function lookUp(claims: Readonly<Record<string, unknown>>, source: string): unknown {
  if (!source.startsWith('$')) return Object.hasOwn(claims, source) ? claims[source] : undefined;
  const steps = [...source.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? Object.entries(value).find(([k]) => k === step)?.[1] : undefined,
    claims,
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Where groups stand in a token (btp-connectivity:3cb7b81). */
const GROUPS = ["$['xs.system.attributes']['xs.saml.groups']", "$['user_attributes']['xs.saml.groups']"];

/** assumed: what goes before the names of custom attributes, unless the destination says that nothing does. */
const PREFIX = 'user_attributes.';

/** Groups are called `Groups` (assumed), custom attributes as they are at the identity provider, with a prefix. */
function attributeStatement({ properties, claims, attributes: custom }: AssertionInput): string {
  const groups = [...new Set(GROUPS.flatMap((path) => lookUp(claims, path)).filter(isText))];
  const prefix = properties.skipUserAttributesPrefixInSAMLAttributes === 'true' ? '' : PREFIX;
  const values: [string, readonly string[]][] = [
    ['Groups', groups],
    ...Object.entries(custom).map(([name, all]): [string, readonly string[]] => [`${prefix}${name}`, all]),
    ...(['email', 'given_name', 'family_name', 'user_uuid'] as const).flatMap((name): [string, string[]][] => {
      const value = claims[name];
      if (name === 'user_uuid' && properties.skipUserUuidInSAMLAttributes === 'true') return [];
      return typeof value === 'string' ? [[name, [value]]] : [];
    }),
  ];
  const filled = values.filter(([, all]) => all.length > 0);
  if (filled.length === 0) return '';
  const attributes = filled.map(
    ([name, all]) =>
      `<saml2:Attribute Name="${escaped(name)}">${all.map((value) => element('AttributeValue', value)).join('')}</saml2:Attribute>`,
  );
  return `<saml2:AttributeStatement>${attributes.join('')}</saml2:AttributeStatement>`;
}

function signed(xml: string, properties: Properties, key: AssertionInput['key']): string {
  const included = properties.includeSigningCertificateInSAMLAssertion === 'true';
  const signature = new SignedXml({
    privateKey: key.privateKey,
    signatureAlgorithm: RSA_SHA256,
    canonicalizationAlgorithm: EXCLUSIVE,
    ...(included ? { publicCert: new X509Certificate(key.certificate).toString() } : {}),
    ...(included ? {} : { getKeyInfoContent: () => null }),
  });
  const whole = "//*[local-name(.)='Assertion']";
  signature.addReference({ xpath: whole, transforms: [ENVELOPED, EXCLUSIVE], digestAlgorithm: SHA256 });
  // The signature stands after the issuer (SAML core 2.0, section 2.3.3).
  signature.computeSignature(xml, {
    location: { reference: `${whole}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signature.getSignedXml();
}

type XmlAttributes = Readonly<Record<string, string>>;

function element(name: string, text: string, attributes: XmlAttributes = {}): string {
  return `<saml2:${name}${written(attributes)}>${escaped(text)}</saml2:${name}>`;
}

function empty(name: string, attributes: XmlAttributes): string {
  return `<saml2:${name}${written(attributes)}/>`;
}

function written(attributes: XmlAttributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

/** Control characters, which XML cannot say at all, go. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
