"""What the rows share: the command under test, projects, the laws of the test suites, and the report."""

import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

SHORT = "--short" in sys.argv[1:]
COMMAND = os.environ.get("AGENTIX_GEN", "agentix-gen")
MANIFEST = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['rich']\n"

_faults = []


def amount(full, short):
    return short if SHORT else full


def repeats(full, short):
    """How often a row repeats its choices. CAMPAIGN_SHARE=0.1 runs a tenth of the full number."""
    return short if SHORT else max(1, round(full * float(os.environ.get("CAMPAIGN_SHARE", 1))))


def some(items):
    """All situations; in the short form, a few."""
    return random.sample(list(items), min(len(items), 2)) if SHORT else items


def seeded():
    """Random numbers. The seed is printed, and CAMPAIGN_SEED repeats it."""
    seed = int(os.environ.get("CAMPAIGN_SEED") or random.SystemRandom().getrandbits(32))
    print(f"CAMPAIGN_SEED={seed}", file=sys.stderr)
    return random.Random(seed)


def fault(text):
    """Reports that the promise was broken. The row goes on, to count."""
    _faults.append(text)
    if len(_faults) <= int(os.environ.get("CAMPAIGN_FAULTS", 20)):
        print(f"fault: {text}", file=sys.stderr, flush=True)


def reached(number):
    """Prints the number that was reached, and ends the row."""
    print(f"{number}, {len(_faults)} faults")
    sys.exit(1 if _faults else 0)


def needs(*programs):
    """Ends the row if a program is missing. With AGENTIX_REQUIRE_ENGINES=1, that is a fault."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing and os.environ.get("AGENTIX_REQUIRE_ENGINES") == "1":
        sys.exit(f"{', '.join(missing)} not installed")
    if missing:
        lacks(f"{', '.join(missing)} not installed")


def lacks(reason):
    """Ends the row: this machine cannot run it."""
    print(f"not run: {reason}")
    sys.exit(77)


@contextlib.contextmanager
def folder(memory=True):
    """A temporary folder, in memory unless a test needs a disk."""
    parent = "/dev/shm" if memory and os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="campaign.", dir=parent) as name:
        yield pathlib.Path(name).resolve()


def write(path, content=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def project(path, files=(), config=""):
    """Writes a small project and returns its folder."""
    write(path / "pyproject.toml", MANIFEST + config)
    for name, content in dict(files).items():
        write(path / name, content)
    return path


def program(path, script):
    """Writes an executable script."""
    write(path, script).chmod(0o755)
    return path


def environment(**more):
    """The environment of this process without what changes the command's output."""
    odd = {"AGENTIX_ENGINE", "DOCKER_BUILDKIT", "SOURCE_DATE_EPOCH", "CI", "NO_COLOR", "AGENTIX_REQUIRE_ENGINES"}
    # No engine of this machine is asked, unless a row wants it.
    return {name: value for name, value in os.environ.items() if name not in odd} | {"RUST_BACKTRACE": "0", "PATH": "/nowhere"} | more


def gen(*arguments, timeout=60, **options):
    """Runs the command. Both outputs are bytes."""
    options = {"stdin": subprocess.DEVNULL, "env": environment(), "capture_output": True} | options
    return subprocess.run([COMMAND, *map(str, arguments)], timeout=timeout, **options)


# A process counts the memory that it shared with its parent before it ran its program. This parent is small.
_STARTER = """
import os, resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
took = time.monotonic() - began
os.write(int(sys.argv[1]), f"{code} {took} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}".encode())
"""


def started(command, **options):
    """Starts a command. Returns its process, and a function that waits for its end.

    That function returns the exit code, the seconds, the seconds of a processor, and the peak in MiB.
    """
    reader, writer = os.pipe()
    starter = [sys.executable, "-I", "-S", "-c", _STARTER, str(writer), *map(str, command)]
    run = subprocess.Popen(starter, pass_fds=[writer], **options)
    os.close(writer)

    def ended():
        with open(reader) as report:
            code, seconds, processor, mib = map(float, report.read().split())
        run.wait()
        return int(code), seconds, processor, mib

    return run, ended


def snapshot(root):
    """Every path below a folder, with its type, mode and content."""
    found = {}
    for path in sorted(root.rglob("*")):
        kind = path.lstat().st_mode
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(root))] = (kind, content)
    return found


def law(suite, test, cases=None, exact=True):
    """Runs a test of the crate, with a number of cases. `suite` is a file of `tests/`, or `lib`.

    In full, the tests are compiled with optimisation, and a test whose judge is missing fails. Otherwise it would pass.
    """
    which = ["--lib"] if suite == "lib" else ["--test", suite]
    cases = {} if cases is None else {"CAMPAIGN_CASES": str(cases)}
    cases |= {} if SHORT else {"AGENTIX_REQUIRE_ENGINES": "1"}
    profile = [] if SHORT else ["--profile", "campaign"]
    build = ["cargo", "test", "--locked", "--quiet", *profile, *which]
    run = subprocess.run(
        [*build, test, "--", *(["--exact"] if exact else [])],
        env=os.environ | cases, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
    )
    if run.returncode != 0 or "test result: ok. 0 passed" in run.stdout or "test result: ok." not in run.stdout:
        fault(f"{suite} {test}: {(run.stdout + run.stderr)[-3000:]}")
