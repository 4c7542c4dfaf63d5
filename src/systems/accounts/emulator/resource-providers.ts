import { z } from 'zod';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { CommandCall } from '../../protocols/btp-cli/emulator/commands.ts';
import { invalid, isAnswer } from './parameters.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, ResourceProvider } from './store.ts';

const configuration = z.record(z.string(), z.unknown());

/** Accounts at cloud providers that a global account brings along (recordings of accounts/resource-provider, July 2026). */
export function createResourceProviderSemantics(store: AccountsStore, rights: AccountRights) {
  const keyOf = ({ caller, params }: CommandCall) =>
    `${caller.globalAccount.guid}/${params.provider}/${params.technicalName}`;

  return {
    list({ caller }: CommandCall): Answer {
      if (!rights.readsAll(caller)) return notAuthorized();
      const all = store.resourceProviders.by('globalAccount', caller.globalAccount.guid);
      return found(all.map(({ configuration: _, ...provider }) => view(provider)));
    },

    get(call: CommandCall): Answer {
      if (!rights.readsAll(call.caller)) return notAuthorized();
      const provider = store.resourceProviders.get(keyOf(call));
      return provider ? found(detailedView(provider)) : unknown(call);
    },

    create(call: CommandCall): Answer {
      const { caller, params } = call;
      if (!rights.administersGlobalAccount(caller)) return notAuthorized();
      const { provider, technicalName, displayName = technicalName, description } = params;
      if (!provider || !technicalName || displayName === undefined)
        return invalid('Provider or technical name is missing');
      const sent = configurationOf(params.configurationInfo);
      if (isAnswer(sent)) return sent;
      // assumed: the words.
      if (store.resourceProviders.get(keyOf(call)))
        return cisFailure(`Resource provider ${technicalName} already exists`, 41003, 409);
      const made: ResourceProvider = {
        globalAccount: caller.globalAccount.guid,
        provider,
        technicalName,
        displayName,
        ...(description === undefined ? {} : { description }),
        configuration: sent ?? {},
      };
      store.resourceProviders.set(keyOf(call), made);
      return found(detailedView(made));
    },

    /** What is not sent is gone (recording …update_with_import: the description). */
    update(call: CommandCall): Answer {
      const { caller, params } = call;
      if (!rights.administersGlobalAccount(caller)) return notAuthorized();
      const known = store.resourceProviders.get(keyOf(call));
      if (!known) return unknown(call);
      const sent = configurationOf(params.configurationInfo);
      if (isAnswer(sent)) return sent;
      const { description: _, ...rest } = known;
      const changed: ResourceProvider = {
        ...rest,
        displayName: params.displayName ?? known.displayName,
        ...(params.description === undefined ? {} : { description: params.description }),
        configuration: sent ?? known.configuration,
      };
      store.resourceProviders.set(keyOf(call), changed);
      return found(detailedView(changed));
    },

    delete(call: CommandCall): Answer {
      if (!rights.administersGlobalAccount(call.caller)) return notAuthorized();
      return store.resourceProviders.delete(keyOf(call)) ? found(null) : unknown(call);
    },
  };
}

function view({ technicalName, displayName, description, provider }: Omit<ResourceProvider, 'configuration'>) {
  return {
    technicalName,
    displayName,
    ...(description === undefined ? {} : { description }),
    resourceType: 'IAAS_ACCOUNT',
    resourceProvider: provider,
  };
}

/** Alone it is shown with its configuration, secrets and all. */
function detailedView(provider: ResourceProvider) {
  return { ...view(provider), additionalInfo: provider.configuration };
}

function configurationOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined | Answer {
  if (text === undefined || text === '') return undefined;
  try {
    return configuration.parse(JSON.parse(text));
  } catch {
    return invalid('Invalid configuration');
  }
}

/** assumed: code and words. */
function unknown({ params }: CommandCall): Answer {
  return cisFailure(`Resource provider ${params.technicalName} not found`, 41004, 404);
}
