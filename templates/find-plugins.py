"""Finds the Nix expressions that installed packages bring, and copies each with the files beside it.

A package brings an expression in two ways: a `default.nix` in the folder of its module, and an entry point of the group
`agentix.nix`, whose value names a module or a package. Nothing of the package is imported.

The argument is the folder to create. It gets PACKAGE/PATH for each file of a package that is in or below the folder of
its expression; `expressions`, with a line `PACKAGE PATH` for each expression; and `programs`, with the names of the
programs that the environment has.
"""

import os
import re
import shutil
import sys
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath

GROUP = "agentix.nix"
EXPRESSION = "default.nix"


def installed():
    """Yields the name of each installed package, the package, and its files by their path in `site-packages`."""
    packages = {}
    for package in distributions(path=[folder for folder in sys.path if folder.startswith(sys.prefix)]):
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"] or "").lower()
        if re.fullmatch("[a-z0-9-]+", name):
            # The first one on the path is the one that is imported.
            packages.setdefault(name, package)
    for name, package in sorted(packages.items()):
        paths = (PurePosixPath(file) for file in package.files or [])
        yield name, package, {path for path in paths if is_own(path)}


def is_own(path):
    """Returns whether the file is in `site-packages`, and written by the author of the package, not by the installer."""
    is_inside = ".." not in path.parts and not path.is_absolute()
    return is_inside and not path.parts[0].endswith(".dist-info") and "__pycache__" not in path.parts


def beside_modules(files):
    """Returns the expressions in the folders of top-level modules, also of those in a namespace."""
    folders = {path.parent for path in files if path.suffix in {".py", ".so"}}
    below = {folder for folder in folders if any(parent.parts and parent in folders for parent in folder.parents)}
    return {folder / EXPRESSION for folder in folders - below} & files


def of_entry_point(value, files):
    """Returns the expression in the folder of a module, or `None` if it has none."""
    module = PurePosixPath(*value.partition(":")[0].strip().split("."))
    is_file = any(path.parent == module.parent and path.name.split(".")[0] == module.name for path in files)
    folders = [module] + ([module.parent] if is_file else [])
    return next((folder / EXPRESSION for folder in folders if folder / EXPRESSION in files), None)


def expressions(name, package, files):
    """Returns the expressions of a package, and refuses an entry point without one."""
    found = beside_modules(files)
    for entry in package.entry_points:
        if entry.group == GROUP:
            expression = of_entry_point(entry.value, files)
            if expression is None:
                refuse(f"{name}: its entry point {entry.name} = {entry.value} names no folder with a {EXPRESSION}")
            found.add(expression)
    return found


def refuse(reason):
    sys.exit(f"nix-plugins: {reason}")


def copy(package, files, folder, target):
    for path in files:
        if folder in path.parents:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(package.locate_file(path)), target / path)


def main(target):
    lines = []
    owners = {}
    for name, package, files in installed():
        for expression in sorted(expressions(name, package, files)):
            owner = owners.setdefault(expression, name)
            if owner != name:
                refuse(f"two packages bring the file {expression}: {owner} and {name}")
            copy(package, files, expression.parent, target / name)
            lines.append(f"{name} {expression}\n")
    target.mkdir(parents=True, exist_ok=True)
    (target / "expressions").write_text("".join(lines))
    programs = sorted(os.listdir(Path(sys.prefix, "bin")))
    (target / "programs").write_text("".join(f"{program}\n" for program in programs))
    print("".join(lines) or "no installed package brings a Nix expression", end="")


main(Path(sys.argv[1]))
