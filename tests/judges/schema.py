"""Checks JSON values against a JSON Schema.

Each input line is a list of a schema and a value. Each output line is the first error as a JSON string, or null.
"""

import json
import sys

import jsonschema

for line in sys.stdin:
    schema, value = json.loads(line)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
    error = jsonschema.exceptions.best_match(errors)
    print(json.dumps(error and error.message), flush=True)
