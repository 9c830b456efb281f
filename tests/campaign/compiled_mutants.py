"""Compiles the mutants of the crate into its test programs: each asks at its mutated places which mutant is chosen.

`cargo mutants --list` says what the mutants are. The program in `mutants/` writes them all into a copy of the sources. Those that
the compiler refuses are left out, until it accepts the rest.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

MARK = re.compile(rb"/\*(?:<(!?)([0-9,]+)|(>))\*/")
HERE = pathlib.Path(__file__).parent
CRATE = "agentix_gen"


def listed(source, files):
    """The mutants of cargo-mutants in files of the crate."""
    options = [option for path in files for option in ("--file", path)]
    return json.loads(subprocess.check_output(["cargo", "mutants", "--list", "--json", *options], cwd=source))


class Mutants:
    """The mutants in a copy of the sources, and what the compiler says of them."""

    def __init__(self, source, folder, files):
        self.source, self.folder = pathlib.Path(source).resolve(), pathlib.Path(folder).resolve()
        self.out = self.folder / "source"
        self.list = listed(source, files)
        # Those that do not compile, and those that cannot be written beside others.
        self.refused, self.alone = set(), set()
        self.written = set()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "list.json").write_text(json.dumps(self.list))

    def write(self):
        """Writes the copy with all mutants that are not left out."""
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.copytree(self.source, self.out, symlinks=True, ignore=shutil.ignore_patterns("target", ".git"))
        left_out = self.folder / "left-out"
        left_out.write_text(" ".join(map(str, sorted(self.refused | self.alone))))
        tool = ["cargo", "run", "--quiet", "--locked", "--manifest-path", HERE / "mutants/Cargo.toml", "--target-dir", self.folder / "tool", "--"]
        written = subprocess.check_output([*tool, self.folder / "list.json", self.source, self.out, left_out], text=True)
        self.written = set(map(int, written.split()))
        shutil.copy(HERE / "mutants/chosen.rs", self.out / "src/chosen.rs")
        root = self.out / "src/lib.rs"
        root.write_text(root.read_text() + "\nmod chosen;\nuse chosen::{OneOf, mutant_is};\n")

    def compiled(self, suites):
        """Compiles the tests of the library (`lib`) and suites of `tests/`. Returns the program of each."""
        which = [option for suite in suites for option in (["--lib"] if suite == "lib" else ["--test", suite])]
        build = ["cargo", "test", "--locked", "--profile", "campaign", *which, "--no-run", "--message-format", "json"]
        environment = os.environ | {"CARGO_INCREMENTAL": "0", "CARGO_TARGET_DIR": str(self.folder / "build")}
        while True:
            self.write()
            print(f"compiling {len(self.written):,} of {len(self.list):,} mutants", file=sys.stderr, flush=True)
            run = subprocess.run(build, cwd=self.out, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
            messages = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
            if run.returncode == 0:
                names = {message["target"]["name"]: message["executable"] for message in messages if message.get("executable") and message["profile"]["test"]}
                return {suite: names[CRATE if suite == "lib" else suite] for suite in suites}
            before = len(self.refused | self.alone)
            for message in messages:
                if message.get("reason") == "compiler-message" and message["message"]["level"] == "error":
                    self.leave_out(message["message"])
            if len(self.refused | self.alone) == before:
                sys.exit(f"the copy does not compile: {run.stderr[-3000:]}")

    def leave_out(self, error):
        """Leaves out the mutants that an error is about."""
        for span in error["spans"]:
            if not span["is_primary"]:
                continue
            while span.get("expansion"):
                span = span["expansion"]["span"]
            text = (self.out / span["file_name"]).read_bytes()
            inside = []
            for mark in MARK.finditer(text, 0, span["byte_start"]):
                inside.pop() if mark[3] else inside.append(mark)
            if inside and inside[-1][1]:
                self.refused.update(numbers(inside[-1]))
            else:
                # The type of a function comes before its mutants.
                around = inside[-1] if inside else next(mark for mark in MARK.finditer(text, span["byte_start"]) if mark[2])
                self.alone.update(numbers(around))


def numbers(mark):
    return [int(number) for number in mark[2].split(b",")]
