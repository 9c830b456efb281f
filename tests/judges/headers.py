"""Reads the headers of tar archives that may be cut off, as Python's tarfile does.

A JSON line in is the path of an archive. A JSON line out is the list of its members up to where it is cut off.
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
