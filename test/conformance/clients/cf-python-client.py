"""What a Python program does with the Cloud Foundry API by cf-python-client. Each step is a line: its name, then ok."""

import json
import os
import sys
from urllib.parse import quote

from cloudfoundry_client.client import CloudFoundryClient
from cloudfoundry_client.errors import InvalidStatusCode

API = "https://api.cf.eu10-004.hana.ondemand.com"
ORG, SPACE, USER, ORIGIN = "acme-dev", "app", "pipeline@sap-test.de", "acme-platform"


def step(name, act):
    try:
        result = act()
    except Exception as error:
        # Neither bodies nor headers: a password may be in them.
        status = getattr(error, "status_code", "")
        print(f"{name}: {type(error).__name__} {status} {str(getattr(error, 'body', ''))[:300]}", file=sys.stderr)
        raise SystemExit(1)
    print(name, flush=True)
    return result


def is_refused(status, act):
    try:
        act()
    except InvalidStatusCode as error:
        assert error.status_code.value == status, error.status_code
        return
    raise AssertionError(f"no {status}")


def connect():
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or ""
    client = CloudFoundryClient(
        API,
        proxy={"http": proxy, "https": proxy},
        verify=os.environ["REQUESTS_CA_BUNDLE"],
        login_hint=quote(json.dumps({"origin": ORIGIN})),
    )
    client.init_with_user_credentials(USER, sys.stdin.readline().rstrip("\n"))
    return client


client = step("login with a login_hint", connect)
v3 = client.v3
org = step("organizations", lambda: v3.organizations.get_first(names=ORG))
space = step("spaces", lambda: v3.spaces.get_first(names=SPACE, organization_guids=org["guid"]))
step("an org of a space, by its link", lambda: space.organization()["name"] == ORG or sys.exit("another org"))
step("default domain", lambda: v3.organizations.get_default_domain(org["guid"]))
step("users and roles", lambda: [v3.users.get_first(usernames=USER)["guid"], *list(v3.roles.list(space_guids=space["guid"]))])
step("pages", lambda: len(list(v3.service_plans.list(per_page=2))) > 2 or sys.exit("one page only"))
step("what is not there", lambda: is_refused(404, lambda: v3.spaces.get("not-there")))
step("feature flags, stacks, buildpacks", lambda: [list(v3.feature_flags.list()), list(v3.stacks.list()), list(v3.buildpacks.list())])

plan = step(
    "service plans",
    lambda: v3.service_plans.get_first(names="lite", service_offering_names="destination"),
)
step(
    "a service instance",
    lambda: v3.service_instances.create("python-destination", space["guid"], plan["guid"], meta_labels={"made-by": "python"}),
)
instance = step("by its label", lambda: v3.service_instances.get_first(label_selector="made-by=python"))
step("its permissions", lambda: v3.service_instances.get_permissions(instance["guid"])["manage"] or sys.exit("none"))
step(
    "a service key",
    lambda: v3.service_credential_bindings.create("python-key", "key", instance["guid"], None, None, None, None, False),
)
key = step("by its name", lambda: v3.service_credential_bindings.get_first(names="python-key"))
step("a second key of that name", lambda: is_refused(422, lambda: v3.service_credential_bindings.create(
    "python-key", "key", instance["guid"], None, None, None, None)))


def push():
    app = client.post(
        f"{API}/v3/apps",
        json={
            "name": "python-app",
            "lifecycle": {"type": "docker", "data": {}},
            "relationships": {"space": {"data": {"guid": space["guid"]}}},
        },
    ).json()
    relationships = {"app": {"data": {"guid": app["guid"]}}}
    package = client.post(
        f"{API}/v3/packages", json={"type": "docker", "data": {"image": "a/b:1"}, "relationships": relationships}
    ).json()
    client.post(f"{API}/v3/builds", json={"package": {"guid": package["guid"]}})
    droplet = next(iter(v3.apps.list_droplets(app["guid"])))
    client.patch(
        f"{API}/v3/apps/{app['guid']}/relationships/current_droplet", json={"data": {"guid": droplet["guid"]}}
    )
    return v3.apps.get(app["guid"])


app = step("an app with a droplet", push)
step("restart", lambda: v3.apps.restart(app["guid"]))
step("its manifest", lambda: "python-app" in v3.apps.get_manifest(app["guid"]) or sys.exit("another app"))
step("its processes, by its link", lambda: len(list(app.processes())) == 1 or sys.exit("no process"))
task = step("a task", lambda: v3.tasks.create(app["guid"], "rake db:migrate"))
step("tasks", lambda: len(list(v3.tasks.list(app_guids=app["guid"]))) == 1 or sys.exit("no task"))
step("audit events", lambda: len(list(v3.audit_events.list(target_guids=app["guid"]))) > 0 or sys.exit("no event"))

step("delete the app", lambda: v3.apps.remove(app["guid"], False))
step("delete the key", lambda: client.delete(f"{API}/v3/service_credential_bindings/{key['guid']}"))
step("delete the instance", lambda: v3.service_instances.remove(instance["guid"], False))
step("what was deleted", lambda: is_refused(404, lambda: v3.service_instances.get(instance["guid"])))
