import { FLEET, FLEET_CREDENTIALS, type Product } from './layout.ts';

/** Somebody who works on subaccounts, with rights that follow from that. */
export interface Person {
  readonly email: string;
  readonly subaccounts: readonly string[];
  /** The account at the SAP ID service; absent = the company gave it back, and the rights stayed. */
  readonly account?: Readonly<Record<string, unknown>>;
}

const GIVEN = 'Ada Bela Cem Dana Emil Fay Goran Hana Ivan June Kofi Lena Milo Nora Omar Petra'.split(' ');
const FAMILY = 'Abel Berg Costa Diaz Engel Fuchs Gruen Haas'.split(' ');

/** Every seventh has left the company. */
const LEAVERS = 7;

/** The administrator, and for each product a developer who works in its stages but the last. */
export function peopleOf(all: readonly Product[]): readonly Person[] {
  const platform = {
    id: 'P2099000000',
    email: FLEET.admin,
    givenName: 'Petra',
    familyName: 'Platform',
    credential: FLEET_CREDENTIALS.admin,
  };
  const developers = all.map(({ stages }, index): Person => {
    const givenName = GIVEN[index % GIVEN.length] ?? '';
    const familyName = FAMILY[Math.floor(index / GIVEN.length) % FAMILY.length] ?? '';
    const email = `${givenName}.${familyName}.${index}@${FLEET.domain}`.toLowerCase();
    const subaccounts = stages.slice(0, 2).map(({ subaccount }) => subaccount);
    if (index % LEAVERS === LEAVERS - 1) return { email, subaccounts };
    const id = `S0098${String(index).padStart(6, '0')}`;
    return { email, subaccounts, account: { id, email, givenName, familyName, credential: FLEET_CREDENTIALS.people } };
  });
  return [{ email: FLEET.admin, subaccounts: [], account: platform }, ...developers];
}
