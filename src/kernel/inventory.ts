/** The account model and the Cloud Foundry orgs behind it, as observed; selectors are resolved against it. */
export interface Inventory {
  readonly globalAccount: { readonly guid: string; readonly subdomain: string; readonly displayName: string };
  readonly directories: readonly Directory[];
  readonly subaccounts: readonly Subaccount[];
}

export interface Directory {
  readonly guid: string;
  readonly name: string;
  /** GUID of the parent directory; absent below the global account. */
  readonly parent?: string;
  /** Whether the directory manages users and authorizations of its own. */
  readonly authorizations: boolean;
}

export interface Subaccount {
  readonly guid: string;
  /** Display name, which manifests select by. */
  readonly name: string;
  readonly subdomain: string;
  /** Region such as `eu10`. */
  readonly region: string;
  readonly directory?: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** The Cloud Foundry org; read only for subaccounts that the manifest needs it of. */
  readonly org?: Org;
}

export interface Org {
  readonly guid: string;
  readonly name: string;
  /** CF API endpoint, e.g. `https://api.cf.eu10-004.hana.ondemand.com`. */
  readonly api: string;
  readonly spaces: readonly { readonly guid: string; readonly name: string }[];
}
