"""What the rows about sandboxes share: the command, a small image that serves, and the report."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("AGENTIX_GEN", str(ROOT / "target/debug/agentix-gen"))
ENGINE = os.environ.get("SANDBOX_ENGINE", "docker")
SHORT = "--short" in sys.argv[1:]

SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("", int(os.environ["AGENTIX_BIND_PORT"])), Handler).serve_forever()
"""

MANIFEST = """
[project]
name = "serves"
version = "1.0"
[tool.uv]
package = false
[tool.agentix]
installer = "pip"
entrypoint = ["/nix/runtime/bin/python", "-m", "serve"]
"""


def amount(full, short):
    return short if SHORT else full


def engine(*arguments):
    return subprocess.run([ENGINE, *arguments], capture_output=True, text=True)


def require_engine():
    if not shutil.which(ENGINE) or engine("image", "inspect", "agentix/runtime:0.1.0").returncode != 0:
        print(f"not run: {ENGINE} with the image agentix/runtime:0.1.0 is needed")
        sys.exit(77)


@contextlib.contextmanager
def image(manifest=MANIFEST):
    """A project and the name of its image, which is built. Containers of the image and the image are removed."""
    require_engine()
    name = f"sandbox-row-{uuid.uuid4().hex[:12]}:1"
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "pyproject.toml").write_text(manifest)
        pathlib.Path(folder, "serve.py").write_text(SERVER)
        command = [COMMAND, "build", folder, "--engine", ENGINE, "--tag", name, "--quiet"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        try:
            yield folder, name
        finally:
            for container in containers(name):
                engine("rm", "--force", "--volumes", container)
            engine("image", "rm", "--force", name)


def run(folder, name, *more):
    return [COMMAND, "run", folder, "--engine", ENGINE, "--tag", name, "--quiet", *more]


def containers(name):
    """The containers of an image, in any state. Podman's filter `ancestor` does not find them by the image's name."""
    lines = engine("ps", "--all", "--format", "{{.ID}} {{.Image}}").stdout.splitlines()
    return [line.split()[0] for line in lines if name in line]
