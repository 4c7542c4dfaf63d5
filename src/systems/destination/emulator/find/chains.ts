import { badRequest } from '../errors.ts';
import type { HandedIn } from './flows.ts';

/** What `X-chain-name` asks for, with the headers `X-chain-var-…`, whose names are in lower case. */
export interface ChainRequest {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The first of two destinations; what its token service gives is what the second is consumed with. */
export interface FirstLink {
  readonly destination: string;
  readonly fragment?: string;
  readonly fragmentOptional: boolean;
  readonly handedIn: HandedIn;
  /** What the second is handed in, of the first one's token. */
  result(token: string): HandedIn;
}

type Variable = (name: string) => string;

/** There are two, both predefined (btp-connectivity:3c82ad5). */
const CHAINS: Readonly<Record<string, (needed: Variable) => Pick<FirstLink, 'handedIn' | 'result'> & Names>> = {
  // btp-connectivity:d716d41.
  'com.sap.iasGeneratedOAuth2SamlBearerAssertion': (needed) => ({
    destination: 'samlProviderDestinationName',
    fragment: 'samlProviderFragmentName',
    optional: 'samlProviderFragmentOptional',
    handedIn: { subjectToken: needed('subjectToken'), subjectTokenType: needed('subjectTokenType') },
    result: (samlAssertion) => ({ samlAssertion }),
  }),
  // btp-connectivity:13f633e.
  'com.sap.sequentialUserPropagation': (needed) => ({
    destination: 'tokenTransformationDestinationName',
    fragment: 'tokenTransformationFragmentName',
    optional: 'tokenTransformationFragmentOptional',
    handedIn: { userToken: needed('userToken') },
    result: (userToken) => ({ userToken }),
  }),
};

/** Names of variables. */
interface Names {
  readonly destination: string;
  readonly fragment: string;
  readonly optional: string;
}

/** @throws Fault 400 for a chain that there is not, or one that lacks a variable; both are assumed, also the texts */
export function firstLink({ name, variables }: ChainRequest): FirstLink {
  const chain = CHAINS[name];
  if (!chain || !Object.hasOwn(CHAINS, name)) throw badRequest(`Destination chain '${name}' does not exist`);
  const given = (variable: string) => variables[variable.toLowerCase()] || undefined;
  const needed = (variable: string) => {
    const value = given(variable);
    if (value === undefined) throw badRequest(`Header X-chain-var-${variable} is missing`);
    return value;
  };
  const { destination, fragment: fragmentVariable, optional, ...link } = chain(needed);
  const fragment = given(fragmentVariable);
  return {
    ...link,
    destination: needed(destination),
    ...(fragment === undefined ? {} : { fragment }),
    fragmentOptional: given(optional) === 'true',
  };
}
