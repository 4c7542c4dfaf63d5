import type { Place } from './place.ts';
import { azureDevOps } from './places/azure-devops.ts';
import { command } from './places/command.ts';
import { credentialStore } from './places/credential-store.ts';
import { github } from './places/github.ts';
import { gitlab } from './places/gitlab.ts';
import { jenkins } from './places/jenkins.ts';
import { kubernetes } from './places/kubernetes.ts';
import { openbao } from './places/openbao.ts';

/** The kinds of place, in the order in which they are documented. */
export const places: readonly Place[] = [
  openbao,
  credentialStore,
  kubernetes,
  github,
  gitlab,
  azureDevOps,
  jenkins,
  command,
];
