"""What Python programs do with secrets that Locum delivers. The act is the argument; input and output are JSON."""

import base64
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from jwcrypto import jwe, jwk
from nacl.public import PrivateKey, SealedBox


def text_of(key):
    return base64.b64encode(bytes(key)).decode()


def make_keys(_given):
    """As GitHub keeps a pair for each repository."""
    private = PrivateKey.generate()
    return {"private": text_of(private), "public": text_of(private.public_key)}


def open_box(given):
    private = PrivateKey(base64.b64decode(given["private"]))
    return {"text": SealedBox(private).decrypt(base64.b64decode(given["box"])).decode()}


def pem(label, text):
    return f"-----BEGIN {label}-----\n{text}\n-----END {label}-----".encode()


def call(given, method, query="", body=None):
    """SAP Credential Store with a binding of the type basic and encrypted payloads (credential-store:7202e7a)."""
    binding = given["binding"]
    login = base64.b64encode(f"{binding['username']}:{binding['password']}".encode()).decode()
    headers = {"authorization": f"Basic {login}", "sapcp-credstore-namespace": given["namespace"]}
    if body is not None:
        headers["content-type"] = "application/jose"
        key = jwk.JWK.from_pem(pem("PUBLIC KEY", binding["encryption"]["server_public_key"]))
        issued = int(time.time()) - given.get("age", 0)
        header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "iat": issued}
        token = jwe.JWE(json.dumps(body).encode(), json.dumps(header), recipient=key)
        body = token.serialize(compact=True).encode()
    request = urllib.request.Request(f"{binding['url']}/password{query}", body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            status, answer = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return {"status": error.code}
    token = jwe.JWE()
    token.allowed_algs = ["RSA-OAEP-256", "A256GCM"]
    token.deserialize(answer, jwk.JWK.from_pem(pem("PRIVATE KEY", binding["encryption"]["client_private_key"])))
    return {"status": status, "password": json.loads(token.payload)}


def write(given):
    return call(given, "POST", body={"name": given["name"], "value": given["value"], "username": given["username"]})


def read(given):
    return call(given, "GET", query="?" + urllib.parse.urlencode({"name": given["name"]}))


ACTS = {"make-keys": make_keys, "open-box": open_box, "write": write, "read": read}
print(json.dumps(ACTS[sys.argv[1]](json.load(sys.stdin))))
