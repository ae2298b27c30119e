#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/openapi.yaml against the running server: every route of either is in the other, and every answer of a session
that takes all of them, and of the golden transcripts, fits its description. TAP."""

import base64
import json
import pathlib
import re
import subprocess
import sys

program, document, transcripts = sys.argv[1:]

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print("1..0 # SKIP %s; Debian's packages are python3-yaml and python3-jsonschema" % missing)
    sys.exit(0)

with open(document, encoding="utf-8") as file:
    api = yaml.safe_load(file)
METHODS = {"get", "put", "post", "patch", "head", "delete"}


def resolve(thing):
    while "$ref" in thing:
        target = api
        for part in thing["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        thing = target
    return thing


def described():
    """(METHOD, path pattern) → operation."""
    return {
        (method.upper(), path): operation
        for path, item in api["paths"].items() for method, operation in item.items() if method in METHODS
    }


def served():
    """The same of the server: a path that ends in '/' has more parts."""
    return {tuple(line.split(" ", 1)) for line in run("--routes").splitlines()}


def run(option):
    """What the program prints, without GLib's word about its seed."""
    out = subprocess.run([program, option], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in out.splitlines() if not line.startswith("#"))


def as_served(path):
    return re.sub(r"\{\w+\}(/\{\w+\})*$", "", path)


def find_operation(method, path, operations):
    # A path of its own comes before one with a part that varies.
    for name in sorted((p for m, p in operations if m == method), key=lambda p: "{" in p):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", name), path):
            return name, operations[method, name]
    return None, None


def body_of(message):
    if "body_base64" in message:
        return base64.b64decode(message["body_base64"])
    return message["body"].encode()


def check(schema, value):
    whole = {**schema, "components": api["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def check_exchange(exchange, operations, taken):
    method, path = exchange["request"]["head"].split(" ", 2)[:2]
    answer = exchange["response"]
    name, operation = find_operation(method, path, operations)
    if operation is None:
        # What is no route is refused as every route refuses.
        operation = {"responses": {"default": {"$ref": "#/components/responses/Error"}}}
        assert answer["status"] in (400, 404, 405), answer
    status = str(answer["status"])
    if status not in operation["responses"]:
        assert answer["status"] >= 400, "%s %s: %s is not described" % (method, path, status)
        status = "default"
    elif name:
        taken.add((method, name, status))
    response = resolve(operation["responses"][status])
    for header, description in response.get("headers", {}).items():
        assert header in answer["headers"] or not resolve(description).get("required"), "%s: no %s" % (path, header)
    content = response.get("content")
    if content is None or method == "HEAD":
        assert body_of(answer) == b"", path
        return
    media_type = answer["headers"]["Content-Type"]
    assert media_type in content, "%s %s: %s" % (method, path, media_type)
    if media_type == "application/json":
        check(content[media_type]["schema"], json.loads(body_of(answer)))


def check_all(exchanges, operations):
    taken = set()
    for exchange in exchanges:
        check_exchange(exchange, operations, taken)
    return taken


print("1..4")
operations = described()
ours = {(method, as_served(path)) for method, path in operations}
theirs = served()
difference = sorted(ours ^ theirs)
print("%s 1 - routes # %s" % ("not ok" if difference else "ok", difference or "%d" % len(ours)))

taken = check_all(json.loads(run("--record")), operations)
print("ok 2 - a session of every route: %d kinds of answers" % len(taken))

# Each good answer that is described was seen; a photo that people may see and a policy need more than this session.
wanted = {(m, p, s) for (m, p), operation in operations.items() for s in operation["responses"] if s != "default"}
unseen = wanted - taken - {("GET", "/v1/people/photos/{sha256}", "200"), ("GET", "/v1/policy", "200"),
                           ("GET", "/v1/policy", "304"), ("PATCH", "/v1/photos/{sha256}", "200")}
print("%s 3 - every answer # %s" % ("not ok" if unseen else "ok", sorted(unseen)))

for path in sorted(pathlib.Path(transcripts).glob("*.json")):
    check_all(json.loads(path.read_text(encoding="utf-8")), operations)
print("ok 4 - golden transcripts")
