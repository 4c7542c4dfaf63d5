import { z } from 'zod';

/** Keys of `kind: service-key`. */
export const serviceKeyKeys = {
  subaccount: z.string().min(1).describe('Display name of the subaccount whose Cloud Foundry org is meant'),
  space: z.string().min(1).describe('Name of the space'),
  instance: z.string().min(1).describe('Name of the service instance, as `cf services` shows it'),
};
