import type { EmulatorContext } from '../../../emulation/emulator.ts';
import { type Answer, cisFailure, found, notAuthorized } from '../../protocols/btp-cli/emulator/answers.ts';
import type { Caller, CommandCall } from '../../protocols/btp-cli/emulator/commands.ts';
import type { Operations } from './operations.ts';
import { invalid, isAnswer, labelsOf } from './parameters.ts';
import type { AccountRights } from './rights.ts';
import type { AccountsStore, Directory, DirectoryFeature } from './store.ts';
import { directoryView } from './views.ts';

const FEATURES: readonly DirectoryFeature[] = ['AUTHORIZATIONS', 'DEFAULT', 'ENTITLEMENTS'];

/** Creating, changing and deleting directories, and giving them features. */
export function createDirectorySemantics(
  ctx: EmulatorContext,
  store: AccountsStore,
  operations: Operations,
  rights: AccountRights,
) {
  const sight = { store, operations };

  function known(caller: Caller, guid: string | undefined): Directory | Answer {
    const directory = store.directories.get(guid ?? '');
    if (directory && directory.globalAccount === caller.globalAccount.guid) return directory;
    return cisFailure(`Could not find ${guid}`, 20002, 404);
  }

  function makeAdministrator(caller: Caller, zone: string): void {
    const user = { userName: caller.user, email: caller.user, originKey: caller.originKey };
    ctx.world.use('authorization').assignRoleCollection?.(zone, user, 'Directory Administrator');
  }

  function empty(directory: Directory): boolean {
    const below = [
      ...store.directories.by('globalAccount', directory.globalAccount),
      ...store.subaccounts.by('globalAccount', directory.globalAccount),
    ];
    return below.every((account) => account.parent !== directory.guid);
  }

  return {
    create({ caller, params }: CommandCall): Answer {
      const { displayName = '', description, parentID } = params;
      const root = parentID === undefined || parentID === caller.globalAccount.guid;
      const parent = root ? undefined : known(caller, parentID);
      if (isAnswer(parent)) return parent;
      if (!rights.administersBelow(caller, parent?.guid)) return notAuthorized();
      const labels = labelsOf(params.labels);
      if (isAnswer(labels)) return labels;
      const features = featuresOf(params.directoryFeatures);
      if (!features) return invalid(`Invalid directory features ${params.directoryFeatures}`);
      if (displayName === '') return invalid('Display name is missing');
      const directory: Directory = {
        guid: ctx.id(),
        globalAccount: caller.globalAccount.guid,
        displayName,
        ...(description === undefined ? {} : { description }),
        ...(parent === undefined ? {} : { parent: parent.guid }),
        features,
        ...(labels === undefined ? {} : { labels }),
        createdAt: ctx.now(),
        modifiedAt: ctx.now(),
        createdBy: caller.user,
      };
      store.directories.set(directory.guid, directory);
      if (features.includes('AUTHORIZATIONS')) makeAdministrator(caller, directory.guid);
      // A plain directory has no tenant to wait for (recording resource_directory).
      if (features.length === 1) return found(directoryView(sight, directory));
      const jobId = operations.begin('create directory', directory.guid);
      return found({ ...withoutMessage(directory), entityState: 'STARTED', jobId });
    },

    update({ caller, params }: CommandCall): Answer {
      const directory = known(caller, params.directoryID);
      if (isAnswer(directory)) return directory;
      if (!rights.administersBelow(caller, directory.guid)) return notAuthorized();
      const labels = labelsOf(params.labels);
      if (isAnswer(labels)) return labels;
      const changed: Directory = {
        ...directory,
        displayName: params.displayName ?? directory.displayName,
        ...(params.description === undefined ? {} : { description: params.description }),
        ...(labels === undefined ? {} : { labels }),
        modifiedAt: ctx.now(),
      };
      store.directories.set(changed.guid, changed);
      return found(directoryView(sight, changed));
    },

    /** assumed: features only come; taking one away was never recorded. */
    enable({ caller, params }: CommandCall): Answer {
      const directory = known(caller, params.directoryID);
      if (isAnswer(directory)) return directory;
      if (!rights.administersBelow(caller, directory.guid)) return notAuthorized();
      const features = featuresOf(params.directoryFeatures);
      if (!features) return invalid(`Invalid directory features ${params.directoryFeatures}`);
      const changed: Directory = {
        ...directory,
        features: FEATURES.filter((feature) => features.includes(feature) || directory.features.includes(feature)),
        stateMessage: 'Updated features assigned to directory.',
        modifiedAt: ctx.now(),
      };
      store.directories.set(changed.guid, changed);
      if (changed.features.includes('AUTHORIZATIONS') && !directory.features.includes('AUTHORIZATIONS'))
        makeAdministrator(caller, changed.guid);
      const jobId = operations.begin('enable directory', changed.guid);
      return found({ ...withoutMessage(changed), entityState: 'UPDATING', jobId });
    },

    delete({ caller, params }: CommandCall): Answer {
      const directory = known(caller, params.directoryID);
      if (isAnswer(directory)) return directory;
      if (!rights.administersBelow(caller, directory.parent)) return notAuthorized();
      // assumed: with something in it a directory stays, forced or not.
      if (!empty(directory)) return cisFailure(`Directory ${directory.guid} is not empty`, 20006, 409);
      const answer = withoutMessage(directory);
      const jobId = operations.begin('delete directory', directory.guid);
      return found({ ...answer, entityState: 'DELETING', jobId });
    },
  };

  /** The answer that begins an operation has no message yet (recordings). */
  function withoutMessage(directory: Directory): object {
    const { stateMessage: _, ...view } = directoryView(sight, directory);
    return view;
  }
}

/** `DEFAULT` is always among them. */
function featuresOf(text: string | undefined): readonly DirectoryFeature[] | undefined {
  const asked = (text ?? 'DEFAULT').split(',').map((feature) => feature.trim());
  if (asked.some((name) => !FEATURES.some((feature) => feature === name))) return undefined;
  return FEATURES.filter((feature) => feature === 'DEFAULT' || asked.includes(feature));
}
