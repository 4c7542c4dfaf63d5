# A team's part of an IAS tenant: a technical user with a group and a schema of the tenant's own, an application with
# a secret, and corporate identity providers of both kinds.
terraform {
  required_providers {
    sci = {
      source = "SAP/sap-cloud-identity-services"
    }
  }
}

variable "tenant" {}
variable "client_id" {}
variable "client_secret" { sensitive = true }
variable "certificate" {}
variable "stage" { default = "dev" }

provider "sci" {
  tenant_url    = var.tenant
  client_id     = var.client_id
  client_secret = var.client_secret
}

resource "sci_schema" "team" {
  id          = "urn:acme:Team"
  name        = "Team"
  description = "What the team knows of its users"
  attributes = [{
    name        = "cost_center"
    type        = "string"
    mutability  = "readWrite"
    returned    = "default"
    uniqueness  = "none"
    multivalued = false
    description = "Who pays"
    required    = false
    case_exact  = false
  }]
}

resource "sci_user" "pipeline" {
  schemas = [
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:extension:sap:2.0:User",
    sci_schema.team.id,
  ]
  user_name        = "team-pipeline"
  display_name     = "Pipeline of ${var.stage}"
  emails           = [{ value = "team-pipeline@sap-test.de", type = "work", primary = true }]
  name             = { family_name = "Pipeline" }
  initial_password = "Initial-Passw0rd"
  user_type        = "public"
  active           = true
  sap_extension_user = {
    send_mail     = false
    mail_verified = true
    status        = "active"
  }
  custom_schemas = jsonencode({ (sci_schema.team.id) = { cost_center = var.stage } })
}

resource "sci_group" "team" {
  display_name    = "Team"
  group_members   = [{ value = sci_user.pipeline.id, type = "User" }]
  group_extension = { name = "team", description = "The team's ${var.stage}" }
}

resource "sci_group_base" "guests" {
  display_name    = "Guests"
  group_extension = { name = "guests", description = "Guests" }
}

# Not the user that changes: the provider would plan its groups as they were, and give up the assignment meanwhile.
resource "sci_user" "guest" {
  user_name    = "team-guest"
  display_name = "Guest"
  emails       = [{ value = "team-guest@sap-test.de", type = "work", primary = true }]
  name         = { family_name = "Guest" }
  user_type    = "public"
  active       = false
  sap_extension_user = {
    send_mail     = false
    mail_verified = false
    status        = "inactive"
  }
}

resource "sci_group_assignment" "guest" {
  group_id     = sci_group_base.guests.id
  group_member = { value = sci_user.guest.id, type = "User" }
}

resource "sci_corporate_idp" "oidc" {
  display_name = "Corporate, by OpenID Connect"
  name         = "corporate-oidc"
  type         = "openIdConnect"
  logout_url   = "https://idp.acme.example/logout"
  identity_federation = {
    use_local_user_store = true
    required_groups      = [sci_group.team.display_name]
  }
  login_hint_config = { login_hint_type = "mail", send_method = "urlParam" }
  oidc_config = {
    discovery_url              = "https://accounts.sap.com"
    client_id                  = "team-${var.stage}"
    client_secret              = "secret of the client"
    subject_name_identifier    = "email"
    token_endpoint_auth_method = "clientSecretBasic"
    scopes                     = ["openid", "email"]
    enable_pkce                = true
    additional_config          = { enforce_nonce = true, enforce_issuer_check = true }
  }
}

resource "sci_corporate_idp" "saml" {
  display_name = "Corporate, by SAML"
  name         = "corporate-saml"
  type         = "saml2"
  saml2_config = {
    saml_metadata_url = "https://idp.acme.example/metadata"
    digest_algorithm  = "sha256"
    name_id_format    = "email"
    allow_create      = "true"
    sso_endpoints = [{
      binding_name = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
      location     = "https://idp.acme.example/sso"
      default      = true
    }]
  }
}

resource "sci_application" "oidc" {
  name        = "Team Application"
  description = "The team's application in ${var.stage}"
  authentication_schema = {
    sso_type                = "openIdConnect"
    subject_name_identifier = { source = "Identity Directory", value = "mail" }
    conditional_authentication = [{
      identity_provider_id = sci_corporate_idp.oidc.id
      user_email_domain    = "acme.example"
      user_type            = "employee"
      ip_network_range     = "10.0.0.8/16"
    }]
    oidc_config = {
      redirect_uris             = ["https://team.acme.example/callback"]
      post_logout_redirect_uris = ["https://team.acme.example/bye"]
      token_policy = {
        jwt_validity                    = 1800
        refresh_validity                = 7200
        refresh_parallel                = 5
        max_exchange_period             = "unlimited"
        refresh_token_rotation_scenario = "online"
        access_token_format             = "jwt"
      }
      restricted_grant_types = ["authorizationCode", "refreshToken"]
    }
  }
}

resource "sci_application_secret" "oidc" {
  application_id       = sci_application.oidc.id
  description          = "Pipeline of ${var.stage}"
  valid_to             = "2126-10-12T10:00:00Z"
  authorization_scopes = ["oAuth"]
}

resource "sci_application" "saml" {
  name                  = "Team Application by SAML"
  parent_application_id = sci_application.oidc.id
  authentication_schema = {
    sso_type = "saml2"
    saml2_config = {
      acs_endpoints = [{
        binding_name = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
        location     = "https://team.acme.example/acs"
        index        = 1
        default      = true
      }]
      signing_certificates = [{ base64_certificate = var.certificate, default = true }]
      digest_algorithm     = "sha256"
    }
  }
}

data "sci_application" "oidc" {
  id         = sci_application.oidc.id
  depends_on = [sci_application_secret.oidc]
}

data "sci_user" "pipeline" {
  id = sci_user.pipeline.id
}

output "grants" {
  value = sort(data.sci_application.oidc.authentication_schema.oidc_config.restricted_grant_types)
}

output "member" {
  value = data.sci_user.pipeline.user_name
}

output "secret_hint" {
  value = length(sci_application_secret.oidc.hint)
}
