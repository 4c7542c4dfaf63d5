import { z } from 'zod';

/** A page of the Audit Log Retrieval API (btp:30ece35); `message.data` is JSON inside of a text. */
export const auditPage = z.array(
  z.looseObject({
    time: z.string(),
    user: z.string().optional(),
    message: z.looseObject({ data: z.string().optional(), ip: z.string().nullish() }),
  }),
);

/** Header with the handle of the next page: `handle=<value>` (btp:30ece35). */
export const PAGING_HEADER = 'paging';

/**
 * An entry of IAS as key-value pairs (ias:ac5537b): names are those of SAP Help. Which additional attributes a logon has, and what
 * they are called, is not documented: an application and an address are taken where they are there.
 */
export const keyValues = z.looseObject({
  state: z.string(),
  action: z.string(),
  objectType: z.string(),
  objectId: z.string(),
  caller: z.string().default(''),
  cause: z.string().optional(),
  additionalAttributes: z.record(z.string(), z.unknown()).optional(),
});

/** Security events have their text in `message` (btp:30ece35). */
export const withMessage = z.looseObject({ message: z.string() });
