# The team's org: made by the environment instance, then filled by the other provider.
provider "cloudfoundry" {}

resource "btp_subaccount_environment_instance" "org" {
  subaccount_id    = btp_subaccount.team.id
  name             = "team"
  environment_type = "cloudfoundry"
  service_name     = "cloudfoundry"
  plan_name        = "standard"
  landscape_label  = "cf-eu10-004"
  parameters       = jsonencode({ instance_name = "acme-team-dev" })
}

locals {
  org   = btp_subaccount_environment_instance.org.platform_id
  robot = { username = "pipeline@sap-test.de", origin = "acme-platform" }
  admin = { username = "platform-admin@acme.example", origin = "sap.ids" }
}

data "cloudfoundry_org" "team" {
  name       = "acme-team-dev"
  depends_on = [btp_subaccount_environment_instance.org]
}

data "cloudfoundry_domain" "apps" {
  name = "cfapps.eu10-004.hana.ondemand.com"
}

resource "cloudfoundry_space" "app" {
  name        = "app"
  org         = local.org
  allow_ssh   = false
  labels      = { stage = var.stage }
  annotations = { owner = "team" }
}

resource "cloudfoundry_org_role" "robot" {
  org      = local.org
  type     = "organization_user"
  username = local.robot.username
  origin   = local.robot.origin
}

resource "cloudfoundry_space_role" "robot" {
  space      = cloudfoundry_space.app.id
  type       = "space_developer"
  username   = local.robot.username
  origin     = local.robot.origin
  depends_on = [cloudfoundry_org_role.robot]
}

# Who applies this makes services in the space, which managers may not.
resource "cloudfoundry_space_role" "admin" {
  space    = cloudfoundry_space.app.id
  type     = "space_developer"
  username = local.admin.username
  origin   = local.admin.origin
}

resource "cloudfoundry_service_instance" "destinations" {
  name                  = "destinations"
  type                  = "managed"
  space                 = cloudfoundry_space.app.id
  service_offering_name = "destination"
  service_plan_name     = "lite"
  tags                  = ["team"]
  depends_on            = [cloudfoundry_space_role.admin]
}

resource "cloudfoundry_service_instance" "credentials" {
  name        = "cf-api"
  type        = "user-provided"
  space       = cloudfoundry_space.app.id
  credentials = jsonencode({ user = local.robot.username })
  depends_on  = [cloudfoundry_space_role.admin]
}

resource "cloudfoundry_service_credential_binding" "key" {
  type             = "key"
  name             = "key"
  service_instance = cloudfoundry_service_instance.destinations.id
}

resource "cloudfoundry_app" "web" {
  name        = "web"
  org_name    = data.cloudfoundry_org.team.name
  space_name  = cloudfoundry_space.app.name
  path        = "${path.module}/app.zip"
  stopped     = true
  memory      = "256M"
  environment = { STAGE = var.stage }
  service_bindings = [
    { service_instance = cloudfoundry_service_instance.credentials.name },
  ]
}

resource "cloudfoundry_route" "web" {
  space        = cloudfoundry_space.app.id
  domain       = data.cloudfoundry_domain.apps.id
  host         = "team-web"
  destinations = [{ app_id = cloudfoundry_app.web.id }]
  depends_on   = [cloudfoundry_space_role.admin]
}

output "spaces" {
  value = [cloudfoundry_space.app.name]
}

resource "cloudfoundry_space_quota" "small" {
  name                     = "small"
  org                      = local.org
  allow_paid_service_plans = false
  total_memory             = 2048
  total_routes             = 10
  total_services           = 5
  spaces                   = [cloudfoundry_space.app.id]
}
