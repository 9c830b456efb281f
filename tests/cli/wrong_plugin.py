#!/usr/bin/env python3
"""A plugin that breaks each promise of an engine. The conformance kit must find every one.

It builds nothing. The references of a build tell which check asks.
"""

import json
import sys


def say(**message):
    print(json.dumps(message), flush=True)


def build(references):
    name = references[0].split("/")[1].split(":")[0]
    if name == "dialects" or name == "odd-names" or name == "health-check-seen":
        # It cannot build a project, it cannot pack odd names, and it has dropped what only the docker format stores.
        return say(error={"kind": "build", "exit_code": 1, "message": f"{name} does not build"})
    if name == "huge-output":
        print(json.dumps({"line": "x" * 3_000_000}), flush=True)
    # It ignores that steps fail, that a secret is left, and that 300 s are not over.
    say(outcome={"image_id": f"sha256:{name}"})


def inspect(images):
    # Each reference is another image, without a label, and even those exist that were never built.
    found = [{"id": f"sha256:other-{number}", "labels": {}} for number, _ in enumerate(images)]
    say(outcome={"images": found})


operation, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    request = json.load(file)
if operation == "describe":
    say(outcome={"protocol": 1, "name": "wrong", "version": "0", "dialects": ["buildkit"], "context": "tar",
                 "features": ["inspect", "build-context"]})
elif operation == "inspect":
    inspect(request["images"])
elif operation == "build":
    sys.stdin.buffer.read()
    build(request["references"])
