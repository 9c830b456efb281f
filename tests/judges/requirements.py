"""Reads requirements files with pip.

Each input line is the text of a file, as a JSON string. Each output line is the list of its requirements as JSON, or an
object with an `error`.
"""

import json
import sys
import tempfile

from pip._internal.exceptions import PipError
from pip._internal.req.req_file import parse_requirements


def judge(text):
    with tempfile.NamedTemporaryFile("w", newline="") as file:
        file.write(text)
        file.flush()
        try:
            return [parsed.requirement for parsed in parse_requirements(file.name, session=None)]
        except PipError as error:
            return {"error": str(error)}


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
