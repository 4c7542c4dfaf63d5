# A team's account as platform engineers keep it: where it lives, who may do what, what it is entitled to.
terraform {
  required_providers {
    btp          = { source = "SAP/btp" }
    cloudfoundry = { source = "cloudfoundry/cloudfoundry" }
  }
}

provider "btp" {
  globalaccount = "acme"
}

# A certificate of somebody's own, for the credentials that are known by one.
variable "certificate" {
  type = string
}

# Where the team is; a second value is a change of everything that tells it.
variable "stage" {
  type    = string
  default = "dev"
}

variable "secret" {
  type      = string
  sensitive = true
}

data "btp_subaccounts" "all" {
  depends_on = [btp_subaccount.team]
}

data "btp_whoami" "me" {}

resource "btp_directory" "team" {
  name        = "team"
  description = "What the team has in ${var.stage}"
  features    = ["DEFAULT", "ENTITLEMENTS", "AUTHORIZATIONS"]
  labels      = { cost_center = ["4711"] }
}

resource "btp_directory_role_collection_assignment" "viewer" {
  directory_id         = btp_directory.team.id
  role_collection_name = "Directory Viewer"
  user_name            = "terraform@acme.example"
}

resource "btp_directory_entitlement" "alerts" {
  directory_id = btp_directory.team.id
  service_name = "alert-notification"
  plan_name    = "standard"
  distribute   = false
  auto_assign  = false
}

resource "btp_subaccount" "team" {
  name        = "team-dev"
  subdomain   = "acme-team-dev"
  region      = "eu10"
  parent_id   = btp_directory.team.id
  description = "The team in ${var.stage}"
  usage       = "NOT_USED_FOR_PRODUCTION"
  labels      = { stage = [var.stage], team = ["a", "b"] }
}

resource "btp_globalaccount_role_collection_assignment" "viewer" {
  role_collection_name = "Global Account Viewer"
  user_name            = "terraform@acme.example"
}

# Users of the applications come from an identity provider of the team's own.
resource "btp_subaccount_trust_configuration" "people" {
  subaccount_id     = btp_subaccount.team.id
  identity_provider = "acme-people.accounts.ondemand.com"
  # The provider finds the assignments of groups by the display name, so it is the origin key.
  name        = "people"
  origin      = "people"
  description = "Who uses the applications of ${var.stage}"
}

resource "btp_subaccount_security_settings" "team" {
  subaccount_id                            = btp_subaccount.team.id
  access_token_validity                    = 3600
  refresh_token_validity                   = 7200
  treat_users_with_same_email_as_same_user = false
}

resource "btp_subaccount_role_collection" "operators" {
  subaccount_id = btp_subaccount.team.id
  name          = "Operators"
  description   = "Look at ${var.stage}, and change its destinations"
  roles = [
    { name = "Subaccount Viewer", role_template_app_id = "cis-local!b2", role_template_name = "Subaccount_Viewer" },
    { name = "Destination Administrator", role_template_app_id = "destination-xsappname!b9", role_template_name = "Destination_Administrator" },
  ]
}

resource "btp_subaccount_role_collection_assignment" "robot" {
  subaccount_id        = btp_subaccount.team.id
  role_collection_name = btp_subaccount_role_collection.operators.name
  user_name            = "pipeline@sap-test.de"
  origin               = "acme-platform"
}

resource "btp_subaccount_role_collection_assignment" "group" {
  subaccount_id        = btp_subaccount.team.id
  role_collection_name = btp_subaccount_role_collection.operators.name
  group_name           = "operators"
  origin               = btp_subaccount_trust_configuration.people.origin
}

resource "btp_subaccount_entitlement" "alerts" {
  subaccount_id = btp_subaccount.team.id
  service_name  = "alert-notification"
  plan_name     = "standard"
  depends_on    = [btp_directory_entitlement.alerts]
}

resource "btp_subaccount_service_instance" "destination" {
  subaccount_id         = btp_subaccount.team.id
  service_offering_name = "destination"
  serviceplan_name      = "lite"
  name                  = "destinations"
  labels                = { stage = [var.stage] }
}

resource "btp_subaccount_service_binding" "destination" {
  subaccount_id       = btp_subaccount.team.id
  service_instance_id = btp_subaccount_service_instance.destination.id
  name                = "destinations-key"
}

resource "btp_subaccount_destination" "cf_api" {
  subaccount_id  = btp_subaccount.team.id
  name           = "CFAPI"
  type           = "HTTP"
  proxy_type     = "Internet"
  url            = "https://api.cf.eu10-004.hana.ondemand.com"
  authentication = "NoAuthentication"
  description    = "Cloud Foundry API of ${var.stage}"
  additional_configuration = jsonencode({
    "URL.headers.x-team" = "a"
  })
}

resource "btp_subaccount_destination_generic" "own" {
  subaccount_id       = btp_subaccount.team.id
  service_instance_id = btp_subaccount_service_instance.destination.id
  destination_configuration = jsonencode({
    Name            = "own"
    Type            = "HTTP"
    ProxyType       = "Internet"
    URL             = "https://team.acme.example"
    Authentication  = "OAuth2ClientCredentials"
    clientId        = "team"
    clientSecret    = var.secret
    tokenServiceURL = "https://team.acme.example/oauth/token"
  })
}

resource "btp_subaccount_destination_certificate" "trust" {
  subaccount_id       = btp_subaccount.team.id
  certificate_name    = "team.pem"
  certificate_content = base64encode(var.certificate)
}

resource "btp_subaccount_destination_fragment" "headers" {
  subaccount_id    = btp_subaccount.team.id
  name             = "headers"
  fragment_content = { "URL.headers.x-stage" = var.stage }
}

resource "btp_subaccount_api_credential" "reader" {
  subaccount_id = btp_subaccount.team.id
  name          = "reader"
  read_only     = true
}

resource "btp_subaccount_api_credential" "writer" {
  subaccount_id      = btp_subaccount.team.id
  name               = "writer"
  certificate_passed = var.certificate
}

resource "btp_directory_api_credential" "team" {
  directory_id = btp_directory.team.id
  name         = "team"
}

resource "btp_globalaccount_api_credential" "team" {
  name = "team"
}

output "subaccounts" {
  value = sort([for account in data.btp_subaccounts.all.values : account.name])
}
output "me" {
  value = data.btp_whoami.me.email
}
