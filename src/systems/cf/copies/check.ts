import type { Check } from '../../../kernel/system.ts';
import { copyHop } from '../../protocols/copies/copy-hop.ts';
import type { CopyProps } from '../../protocols/copies/copy-type.ts';
import { appEnvironment } from './app-environment.ts';
import type { EnvironmentTarget, ServiceTarget } from './targets.ts';
import { userProvidedService } from './user-provided-service.ts';

/** Every place of `cloudFoundry` holds the current secret. */
export const copiesCheck: Check = {
  id: 'cf/copy',
  link: 'consumer',
  async run(subject) {
    return subject.resources.flatMap(({ type, address, props }) => {
      const { target } = props as CopyProps;
      const titles: Readonly<Record<string, () => string>> = {
        'cf/user-provided-service': () => userProvidedService.title(target as ServiceTarget),
        'cf/app-environment': () => appEnvironment.title(target as EnvironmentTarget),
      };
      const title = titles[type];
      return title ? [{ check: 'cf/copy', title: title(), ...copyHop(subject, address) }] : [];
    });
  },
};
