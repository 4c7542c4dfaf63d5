import type { Check } from '../../kernel/system.ts';
import { copyHop } from '../protocols/copies/copy-hop.ts';
import type { CopyProps } from '../protocols/copies/copy-type.ts';
import type { Target } from './place.ts';
import { placeOf } from './section.ts';

/** Every place of `deliverTo` holds the current secret, as far as it can be read. */
const copies: Check = {
  id: 'consumers/copy',
  link: 'consumer',
  async run(subject) {
    return subject.resources
      .filter(({ type }) => type.startsWith('consumers/'))
      .map(({ address, props }) => {
        const { target } = props as CopyProps<Target>;
        return { check: 'consumers/copy', title: placeOf(target).title(target), ...copyHop(subject, address) };
      });
  },
};

export const checks: readonly Check[] = [copies];
