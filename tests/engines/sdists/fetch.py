"""Downloads the source distributions that a `pylock.toml` names, and checks their hashes.

Usage: fetch.py PYLOCK FOLDER. The archive of NAME==VERSION is put into FOLDER/NAME==VERSION, with the normalized name.
"""

import concurrent.futures
import hashlib
import pathlib
import sys
import tomllib
import urllib.request


def fetch(package):
    archive = package["sdist"]
    content = urllib.request.urlopen(archive["url"], timeout=60).read()
    if hashlib.sha256(content).hexdigest() != archive["hashes"]["sha256"]:
        sys.exit(f"the hash of {archive['url']} does not match")
    folder = pathlib.Path(sys.argv[2], f"{package['name']}=={package['version']}")
    folder.mkdir()
    (folder / archive["url"].rsplit("/", 1)[1]).write_bytes(content)


packages = tomllib.loads(pathlib.Path(sys.argv[1]).read_text())["packages"]
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    list(pool.map(fetch, packages))
