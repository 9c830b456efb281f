"""Runs the command `agentix-gen` that was installed with this package."""

import os
import sys
import sysconfig
from pathlib import Path


def folders():
    """Yields the folders in which an installer places the command."""
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sysconfig.get_path("scripts", scheme="posix_user"))
    # pip install --target FOLDER
    yield Path(__file__).resolve().parent.parent / "bin"


def main():
    for folder in folders():
        command = folder / "agentix-gen"
        if command.is_file():
            os.execv(command, [str(command), *sys.argv[1:]])
    sys.exit("error: the command agentix-gen is not installed; reinstall the package agentix-gen")


if __name__ == "__main__":
    main()
