# What the operator of the Cloud Foundry landscape does: users that have never logged on, and what spaces may reach.
variable "operator_password" {
  type      = string
  sensitive = true
}

provider "cloudfoundry" {
  alias    = "operator"
  user     = "operator"
  password = var.operator_password
  origin   = "uaa"
}

resource "cloudfoundry_user" "newcomer" {
  provider    = cloudfoundry.operator
  username    = "newcomer@sap-test.de"
  origin      = "acme-platform"
  annotations = { owner = "team" }
}

resource "cloudfoundry_org_role" "newcomer" {
  provider = cloudfoundry.operator
  org      = local.org
  type     = "organization_auditor"
  user     = cloudfoundry_user.newcomer.id
}

resource "cloudfoundry_security_group" "outside" {
  provider                 = cloudfoundry.operator
  name                     = "team-outside"
  globally_enabled_running = false
  globally_enabled_staging = false
  rules                    = [{ protocol = "tcp", destination = "10.0.0.0/24", ports = "443", log = false }]
  running_spaces           = [cloudfoundry_space.app.id]
}
