"""Reads the headers of tar archives, which may be truncated, with Python's tarfile.

Each input line is the path of an archive, as JSON. Each output line is the list of its readable members, as JSON.
"""

import json
import sys
import tarfile


def headers(path):
    found = []
    with tarfile.open(path, "r:") as archive:
        try:
            while member := archive.next():
                found.append({"path": member.name, "size": member.size})
        except tarfile.ReadError:
            pass
    return found


for line in sys.stdin:
    print(json.dumps(headers(json.loads(line))), flush=True)
