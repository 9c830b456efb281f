"""Packs the Python of this image as an archive in the layout of python-build-standalone, and a list of downloads for uv.

    python3 python_archive.py FOLDER URL

Writes FOLDER/cpython.tar.gz, whose root folder is `python`, and FOLDER/downloads.json, which names it under URL with its
SHA-256. The program and the modules find the libraries that they need beside them, except for the C library: as with
the builds that uv installs, that one is the image's own. Needs `patchelf`.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

GLIBC = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|nsl|crypt))\.so(\.|$)")


def main(folder: Path, url: str) -> None:
    root = folder / "python"
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = root / "lib" / name
    skipped = shutil.ignore_patterns("__pycache__", "dist-packages", "sitecustomize.py", "test", "config-*", "EXTERNALLY-MANAGED")
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=skipped)
    (library / "site-packages").mkdir(exist_ok=True)
    program = root / "bin" / name
    program.parent.mkdir()
    shutil.copy(os.path.realpath(sys.executable), program)
    for link in ["python", "python3"]:
        (program.parent / link).symlink_to(name)
    bundle_pip(library)
    copy_libraries([program, *library.glob("lib-dynload/*.so")], root / "lib")
    archive = folder / "cpython.tar.gz"
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(root, "python")
    shutil.rmtree(root)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (folder / "downloads.json").write_text(json.dumps(downloads(f"{url}/{archive.name}", digest)))


def bundle_pip(library: Path) -> None:
    """Puts the wheels of Debian's ensurepip where those of CPython are, and removes what Debian adds to it."""
    wheels = Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or "/nonexistent")
    if not wheels.is_dir():
        return
    code = library / "ensurepip" / "__init__.py"
    text = code.read_text().replace("sysconfig.get_config_var('WHEEL_PKG_DIR')", "os.path.join(os.path.dirname(__file__), '_bundled')")
    code.write_text(text)
    shutil.copytree(wheels, library / "ensurepip" / "_bundled")


def copy_libraries(objects: list[Path], folder: Path) -> None:
    for binary in objects:
        found = subprocess.run(["ldd", binary], capture_output=True, text=True).stdout
        for library in re.findall(r"=> (/\S+)", found):
            copy = folder / Path(library).name
            if not GLIBC.match(copy.name) and not copy.exists():
                shutil.copy(os.path.realpath(library), copy)
    for binary in [*objects, *folder.glob("*.so*")]:
        path = os.path.relpath(folder, binary.parent)
        subprocess.run(["patchelf", "--set-rpath", f"$ORIGIN/{path}", binary], check=True)


def downloads(url: str, digest: str) -> dict:
    version = sys.version_info
    libc = "gnu" if platform.libc_ver()[0] == "glibc" else "musl"
    entry = {
        "name": "cpython",
        "arch": {"family": platform.machine(), "variant": None},
        "os": "linux",
        "libc": libc,
        "major": version.major,
        "minor": version.minor,
        "patch": version.micro,
        "prerelease": "",
        "url": url,
        "sha256": digest,
        "variant": None,
        "build": "20260101",
    }
    full = ".".join(map(str, version[:3]))
    return {f"cpython-{full}-linux-{platform.machine()}-{libc}": entry}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
