"""Reads Dockerfiles with the parser of BuildKit.

Each input line is the text of a Dockerfile, as a JSON string. Each output line is the list of its instructions as JSON,
or an object with an `error`.

The package contains only the parser. This script removes quotes and expands variables by the rules of BuildKit's
`frontend/dockerfile/shell/lex.go`, without the modifiers of `${NAME:...}` other than `:-`, which are an error.
"""

import json
import re
import sys

import dockerfile

# The instructions whose words BuildKit does not expand.
UNEXPANDED = {"RUN", "CMD", "ENTRYPOINT", "SHELL", "HEALTHCHECK", "ONBUILD", "MAINTAINER"}

# The only variable that is set without an instruction of the Dockerfile.
ENVIRONMENT = {"PATH": "/usr/bin"}

QUOTED = re.compile(r"""["'\\$]""")
VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::-(?P<default>\w+))?\}|(?P<plain>\d+|[@*#?$!-]|\w+))")


def word(text):
    """Returns a word of an instruction as BuildKit reads it."""
    if not QUOTED.search(text):
        return text
    out, at, inside = [], 0, None
    while at < len(text):
        char = text[at]
        if inside == "'":
            if char == "'":
                inside = None
            else:
                out.append(char)
        elif char == "$":
            if variable := VARIABLE.match(text, at):
                name = variable["braced"] or variable["plain"]
                out.append(ENVIRONMENT.get(name) or variable["default"] or "")
                at = variable.end()
                continue
            if text.startswith("${", at):
                raise ValueError(f"a variable with a modifier: {text}")
            out.append(char)
        elif char == '"' or (char == "'" and inside is None):
            inside = char if inside is None else None
        elif char == "\\":
            at += 1
            following = text[at : at + 1]
            if inside == '"' and following not in ('"', "$", "\\", ""):
                out.append(char)
            out.append(following)
        else:
            out.append(char)
        at += 1
    if inside:
        raise ValueError(f"an unclosed quote: {text}")
    return "".join(out)


def instruction(command):
    if command.heredocs:
        raise ValueError(f"a heredoc: {command.original}")
    keep = command.json or command.cmd in UNEXPANDED
    return {
        "name": command.cmd,
        "flags": command.flags,
        "json": command.json,
        "values": command.value if keep else [word(value) for value in command.value],
    }


def judge(text):
    try:
        return [instruction(command) for command in dockerfile.parse_string(text)]
    except (dockerfile.GoParseError, ValueError) as error:
        return {"error": str(error)}


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
