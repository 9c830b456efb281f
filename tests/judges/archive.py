"""Reads tar archives with Python's tarfile.

Each input line is the path of an archive, as JSON. Each output line is the list of its members as JSON, or an object
with an `error`.
"""

import json
import sys
import tarfile

KINDS = {tarfile.REGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link"}


def member(archive, found):
    return {
        "path": found.name,
        "kind": KINDS[found.type],
        "mode": found.mode,
        "owner": [found.uid, found.gid, found.uname, found.gname],
        "time": found.mtime,
        "target": found.linkname,
        # One character per byte.
        "bytes": archive.extractfile(found).read().decode("latin-1") if found.isreg() else "",
    }


def judge(path):
    try:
        with tarfile.open(path, "r:", errorlevel=2) as archive:
            return [member(archive, found) for found in archive]
    except (tarfile.TarError, OSError) as error:
        return {"error": str(error)}


for line in sys.stdin:
    print(json.dumps(judge(json.loads(line))), flush=True)
