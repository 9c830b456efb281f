"""Tests mutants that are compiled into test programs: each with the tests that reach it, the fastest first."""

import concurrent.futures
import os
import subprocess
import sys
import tempfile
import time

# A mutant may allocate or write without end.
LIMITED = ["prlimit", f"--as={8 << 30}", f"--fsize={1 << 30}", "--core=0"]
# The seconds of a first look, in which most mutants are caught.
GLANCE = 0.5
# The seconds that tests get beside ten times what they take without a mutant.
PATIENCE = 30


class Tests:
    """The tests of one program, with the mutants that each reaches."""

    def __init__(self, program, folder, workers=os.cpu_count()):
        self.program, self.folder, self.workers = program, folder, workers
        listed = subprocess.check_output([program, "--list", "--format", "terse"], cwd=folder, text=True)
        self.names = [line.removesuffix(": test") for line in listed.splitlines() if line.endswith(": test")]
        self.seconds, self.reaching = {}, {}
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            for name, seconds, reached in pool.map(self.observed, self.names):
                self.seconds[name] = seconds
                for mutant in reached:
                    self.reaching.setdefault(mutant, []).append(name)
        for names in self.reaching.values():
            names.sort(key=self.seconds.get)
        print(f"{len(self.names)} tests of {program} reach {len(self.reaching):,} mutants", file=sys.stderr, flush=True)

    def ran(self, names, more, patience):
        """Runs tests. Returns the exit code, or None if they take too long."""
        process = subprocess.Popen(
            [*LIMITED, self.program, "--exact", "--quiet", "--test-threads", "1", *names], cwd=self.folder, env=os.environ | {"RUST_BACKTRACE": "0"} | more,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return None

    def observed(self, name):
        """Runs a test without a mutant. Returns its name, its seconds and the mutants that it reaches."""
        with tempfile.NamedTemporaryFile("r", dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as reached:
            began = time.monotonic()
            if self.ran([name], {"MUTANTS_REACHED": reached.name}, 600) != 0:
                print(f"left out, because it fails without a mutant: {name}", file=sys.stderr, flush=True)
                return name, 0, set()
            return name, time.monotonic() - began, set(map(int, reached.read().split()))

    def tried(self, mutant):
        """Returns `caught`, `timeout` or `missed`."""
        names, glance = self.reaching.get(mutant, []), 0
        for first, name in enumerate(names):
            glance += self.seconds[name]
            if glance > GLANCE:
                break
        else:
            first = len(names)
        first = max(first, 1)
        for part in filter(None, [names[:first], names[first:]]):
            code = self.ran(part, {"MUTANT": str(mutant)}, PATIENCE + 10 * sum(map(self.seconds.get, part)))
            if code != 0:
                return "timeout" if code is None else "caught"
        return "missed"

    def all(self, mutants):
        """Tries mutants. Returns the result of each."""
        results = {}
        with concurrent.futures.ThreadPoolExecutor(self.workers) as pool:
            for mutant, result in zip(mutants, pool.map(self.tried, mutants)):
                results[mutant] = result
                if len(results) % 500 == 0:
                    print(f"{len(results):,} of {len(mutants):,} tried", file=sys.stderr, flush=True)
        return results
