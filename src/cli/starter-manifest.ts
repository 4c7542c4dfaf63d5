/** What `locum init` writes: a commented manifest to edit. @param year the users in it expire at the end of this year */
export function starterManifest(year: number): string {
  return `# A Locum manifest: which technical users shall be, and what they may do.
# Editors complete and check it with the schema: locum init --schema locum.schema.json
# yaml-language-server: $schema=locum.schema.json
locum: 1

# Name of this manifest. It marks what is ours: other manifests keep their hands off.
name: my-users

# Subdomain of the global account (SAP BTP cockpit, Account Explorer).
globalAccount: my-global-account

# Who acts, and with which secret. Secrets are referred to, never written here:
# env:NAME (environment), file:PATH (relative to this file) or vault:NAME (locum vault set NAME).
connections:
  btp: { user: admin@example.com, password: env:BTP_PASSWORD }
  cf: { user: admin@example.com, password: env:BTP_PASSWORD, origin: sap.ids }
  ias:
    my-tenant: { clientId: env:IAS_CLIENT_ID, clientSecret: env:IAS_CLIENT_SECRET }

# The IAS tenant in which the technical users live, and the platform trust to it.
identityProviders:
  - name: my-tenant
    host: my-tenant.accounts.ondemand.com
    originKey: my-tenant-platform
    # expect: the trust must be there. establish: apply creates it when it is missing.
    trust: expect

technicalUsers:
  - name: pipeline
    # An e-mail names the user on every level of SAP BTP; it needs no mailbox. Default: <name>@sap-test.de
    email: pipeline@sap-test.de
    owner: platform-team@example.com
    purpose: Deploys from the CI/CD pipeline
    # Last day of the user. Everybody should have one.
    expires: ${year}-12-31
    grants:
      # Where: a subaccount by name or glob, a list, or { labels: … }, { directory: … }.
      - subaccounts: dev
        roleCollections: [Subaccount Viewer]
        cf:
          spaces:
            - { names: [app], roles: [space_developer] }
`;
}
