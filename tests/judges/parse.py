"""Reads Dockerfiles as BuildKit does.

A JSON line in is a Dockerfile, a string. A JSON line out is the list of its instructions, or an object with an `error`.

The parser is BuildKit's own. What comes after it, the taking off of quotes and the expansion of variables, is not in
the package, so it is here: the rules are those of BuildKit's `frontend/dockerfile/shell/lex.go`, without the modifiers
of `${NAME:...}`, which count as an error.
"""

import json
import re
import sys

import dockerfile

# The instructions whose words BuildKit leaves to a shell, or to nobody.
UNEXPANDED = {"RUN", "CMD", "ENTRYPOINT", "SHELL", "HEALTHCHECK", "ONBUILD", "MAINTAINER"}

# The one variable that is set before a Dockerfile says so.
ENVIRONMENT = {"PATH": "/usr/bin"}

QUOTED = re.compile(r"""["'\\$]""")
VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<plain>\d+|[@*#?$!-]|\w+))")


def word(text):
    """What BuildKit makes of one word of an instruction."""
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
                out.append(ENVIRONMENT.get(variable["braced"] or variable["plain"], ""))
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
        raise ValueError(f"a quote that does not end: {text}")
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
