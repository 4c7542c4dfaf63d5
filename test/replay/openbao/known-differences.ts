import type { KnownDifference } from '../scenarios/judge.ts';

/** Where the double answers otherwise than the recorded server, on purpose. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    scenario: 'JWT',
    is: (call) => call.path.endsWith('/login'),
    differs: /^body\.errors\.0 "error validating token",/,
    because: 'what is wrong with a token is told in the words of a library',
  },
  {
    scenario: 'versions',
    is: (call) => call.body === 'x',
    differs: /^body\.errors\.0 "failed to decode JSON input",/,
    because: 'what is wrong with JSON is told in the words of a library',
  },
  {
    scenario: 'sealed',
    is: (call) => call.path.endsWith('/unseal'),
    differs: /^body\.(recovery_seal|version|commit_date|migration|cluster_name|cluster_id|storage_type) undefined,/,
    because: 'nobody here reads which cluster was unsealed',
  },
];
