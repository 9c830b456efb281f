"""Prints the files of wheels or of installed distributions. Each is one line of JSON, from path to SHA-256.

Files that an installer writes for itself are excluded. The version of the backend in WHEEL is also excluded, because a
layer of the image may contain a wheel of an older backend. Of a compiled module, and of what Meson writes about it,
only the name counts: the content names the folder in which it was compiled.
"""

import hashlib
import importlib.metadata
import json
import re
import sys
import zipfile

INSTALLERS_OWN = re.compile(
    r"\.pyc$|^\.\./\.\./\.\./bin/"
    r"|\.dist-info/(INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)$"
)
COMPILED = re.compile(r"\.so$|/_build_config\.py$")
UNSTABLE_ROW = re.compile(r"\.dist-info/(RECORD|WHEEL)$|\.so$|/_build_config\.py$")


def placed(path):
    """Returns where an installer puts a file of a wheel, relative to the folder of the modules."""
    path = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", path)
    path = re.sub(r"^[^/]+\.data/data/", "../../../", path)
    return re.sub(r"^[^/]+\.data/scripts/", "../../../bin/", path)


def digests(paths, read):
    files = {}
    for original in paths:
        path = placed(original)
        if INSTALLERS_OWN.search(path):
            continue
        content = b"" if COMPILED.search(path) else read(original)
        if path.endswith(".dist-info/WHEEL"):
            lines = content.splitlines(keepends=True)
            content = b"".join(line for line in lines if not line.startswith(b"Generator:"))
        if path.endswith(".dist-info/RECORD"):
            rows = [row.rsplit(",", 2) for row in content.decode().splitlines()]
            rows = [[placed(row[0]), *row[1:]] for row in rows]
            kept = [row for row in rows if not INSTALLERS_OWN.search(row[0]) and not UNSTABLE_ROW.search(row[0])]
            content = json.dumps(sorted(kept)).encode()
        files[path] = hashlib.sha256(content).hexdigest()
    return files


def of_wheel(file):
    wheel = zipfile.ZipFile(file)
    return digests([name for name in wheel.namelist() if not name.endswith("/")], wheel.read)


def of_installed(name):
    paths = {str(path): path for path in importlib.metadata.distribution(name).files}
    return digests(paths, lambda path: paths[path].locate().read_bytes())


mode, *names = sys.argv[1:]
for name in names:
    print(json.dumps({"wheel": of_wheel, "installed": of_installed}[mode](name)))
