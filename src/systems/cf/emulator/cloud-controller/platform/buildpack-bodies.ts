import { z } from 'zod';
import { metadata } from '../../../../protocols/cf-v3/emulator/bodies.ts';
import {
  atMost,
  isFlag,
  isText,
  matches,
  oneOf,
  optional,
  presence,
  type Rule,
  ruled,
  wholeNumber,
} from '../../../../protocols/cf-v3/emulator/rules.ts';

const MAX = 250;
const NAME = matches(/^[-\w]+$/, 'is invalid');
const POSITION = wholeNumber(1, Number.POSITIVE_INFINITY);
export const LIFECYCLES = ['buildpack', 'cnb'] as const;
const LIFECYCLE = oneOf(LIFECYCLES, 'must be either "buildpack" or "cnb"');

/** Body of `POST /v3/buildpacks` (cloud_controller_ng, BuildpackCreateMessage). */
export const newBuildpack = z.strictObject({
  name: ruled<string>(isText, presence, atMost(MAX), NAME),
  stack: optional<string>(isText, atMost(MAX)),
  position: optional<number>(...POSITION),
  enabled: optional<boolean>(isFlag),
  locked: optional<boolean>(isFlag),
  lifecycle: optional<(typeof LIFECYCLES)[number]>(isText, LIFECYCLE),
  metadata,
});

/** Body of `PATCH /v3/buildpacks/{guid}` (BuildpackUpdateMessage): what is sent as null is wrong, except of name and stack. */
export const changedBuildpack = z.strictObject({
  name: optional<string>(isText, atMost(MAX), NAME),
  stack: optional<string>(isText, atMost(MAX)),
  position: ifSent<number>(...POSITION),
  enabled: ifSent<boolean>(isFlag),
  locked: ifSent<boolean>(isFlag),
  metadata,
});

function ifSent<T>(...rules: readonly Rule[]) {
  return ruled<T | undefined>(
    ...rules.map(
      (rule): Rule =>
        (value) =>
          value === undefined ? undefined : rule(value),
    ),
  );
}
