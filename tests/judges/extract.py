"""Extracts tar archives as Python's tarfile does.

A JSON line in is the path of an archive, and that of a folder. A JSON line out is null, or what went wrong.
"""

import json
import sys
import tarfile


def extract(archive, folder):
    try:
        with tarfile.open(archive, "r:", errorlevel=2) as opened:
            # All that an archive says is to be done, with its modes.
            opened.extractall(folder, filter="fully_trusted")
    except (tarfile.TarError, OSError) as error:
        return str(error)


for line in sys.stdin:
    print(json.dumps(extract(*json.loads(line))), flush=True)
