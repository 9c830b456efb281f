"""Checks JSON values against a JSON Schema.

Each input line is a list of a schema and a value, and of true if the value must have no field that the schema does not
describe. Each output line is the first error as a JSON string, or null.
"""

import json
import sys

import jsonschema


def closed(schema):
    """Returns the schema without further fields in its objects."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        parts.setdefault("additionalProperties", False)
    return parts


for line in sys.stdin:
    schema, value, *is_closed = json.loads(line)
    if is_closed == [True]:
        jsonschema.Draft202012Validator.check_schema(schema)
        schema = closed(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
    error = jsonschema.exceptions.best_match(errors)
    print(json.dumps(error and f"{error.json_path}: {error.message}"), flush=True)
