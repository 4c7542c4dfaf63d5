import { z } from 'zod';

const labels = z.record(z.string(), z.array(z.string())).optional();

const subaccount = z.looseObject({
  guid: z.string(),
  displayName: z.string(),
  subdomain: z.string(),
  region: z.string(),
  /** GUID of a directory or of the global account. */
  parentGUID: z.string(),
  labels,
  state: z.string().optional(),
});

/** A directory inside of a hierarchy; directories may hold directories. */
export interface DirectoryNode {
  readonly guid: string;
  readonly displayName: string;
  readonly directoryFeatures?: readonly string[] | undefined;
  readonly children?: readonly DirectoryNode[] | null | undefined;
  readonly subaccounts?: readonly z.infer<typeof subaccount>[] | null | undefined;
}

const directory: z.ZodType<DirectoryNode> = z.lazy(() =>
  z.looseObject({
    guid: z.string(),
    displayName: z.string(),
    directoryFeatures: z.array(z.string()).optional(),
    children: z.array(directory).nullish(),
    subaccounts: z.array(subaccount).nullish(),
  }),
);

/** `accounts/global-account?get` with `showHierarchy` (recording datasource_directories.all). */
export const globalAccountResponse = z.looseObject({
  guid: z.string(),
  subdomain: z.string(),
  displayName: z.string(),
  children: z.array(directory).nullish(),
  subaccounts: z.array(subaccount).nullish(),
});

/** `accounts/environment-instance?list`; `labels` is JSON inside of a text (recording resource_subaccount_environment_instance). */
export const environmentInstancesResponse = z.looseObject({
  environmentInstances: z.array(
    z.looseObject({ environmentType: z.string(), state: z.string().optional(), labels: z.string().nullish() }),
  ),
});

/** The labels that say where the org of a Cloud Foundry environment is; there from the answer to create on. */
export const environmentLabels = z.looseObject({
  'API Endpoint': z.string(),
  'Org Name': z.string(),
  'Org ID': z.string(),
});

export const subaccountResponse = subaccount;
