"""Extracts tar archives with Python's tarfile.

Each input line is a JSON list of the path of an archive and the path of a folder. Each output line is null or an error
message, as JSON.
"""

import json
import sys
import tarfile


def extract(archive, folder):
    try:
        with tarfile.open(archive, "r:", errorlevel=2) as opened:
            # Extract everything as it is in the archive, including the modes.
            opened.extractall(folder, filter="fully_trusted")
    except (tarfile.TarError, OSError) as error:
        return str(error)


for line in sys.stdin:
    print(json.dumps(extract(*json.loads(line))), flush=True)
