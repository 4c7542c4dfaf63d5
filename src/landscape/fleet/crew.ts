import { type Duty, dutiesOf } from './duties.ts';
import { FLEET, type FleetSize, type Robot, robots } from './layout.ts';
import { type Mistake, mistakeOf } from './mistakes.ts';

/** A robot with its name on every level, its rights as they are, and what is wrong with it. */
export interface Member extends Robot {
  readonly email: string;
  readonly duties: readonly Duty[];
  readonly mistake: Mistake | undefined;
}

export function crewOf(size: FleetSize): readonly Member[] {
  return robots(size).map((robot) => {
    const mistake = mistakeOf(robot);
    const other = mistake?.identity?.(robot) ?? {};
    const name = other.name ?? robot.name;
    const email = other.email ?? `${name}@sap-test.de`;
    return { ...robot, name, email: email.toLowerCase(), duties: dutiesOf(robot), mistake };
  });
}

/** `fleet/<name>`: what Locum writes onto destinations, and behind `locum:` onto users. */
export function markOf({ name }: Pick<Member, 'name'>): string {
  return `${FLEET.name}/${name}`;
}

/** Names of the destination to the deploy service of a stage, and of the node in front of it. */
export function deployName(robot: Pick<Member, 'name'>, stage: string): string {
  return `${robot.name}-${stage}`;
}
