//! How an engine is stopped so that nothing of it is left.
//!
//! Measured with docker 20.10 to 28, podman 4.3 and buildah 1.28:
//!
//! - Docker's clients end at SIGTERM and the daemon drops the build; the client with its own `BuildKit` goes on until the
//!   third one.
//! - Buildah and podman end at SIGTERM, but leave their working containers, and podman the step's processes as well. What
//!   a step runs (`buildah-oci-runtime` for `RUN`, `buildah-copier` for `COPY`) ends at SIGTERM with all below it; the
//!   build then fails as any other, and removes what it made.

#![expect(clippy::disallowed_methods, reason = "this is where the processes of a step are looked for")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long a builder may take to fail by itself after its step was ended, or to come to a step that can be.
const STEP_GRACE: Duration = Duration::from_secs(5);

/// How long passes before the process group is asked again.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The whole process group.
    Group,
    /// The processes of the group whose command line starts like this, each once; the whole group if that does not help.
    Step(&'static str),
}

/// A process group that is asked to end, again and again.
#[derive(Debug)]
pub(super) struct Stopping {
    stop: Stop,
    group: Pid,
    since: Instant,
    steps: HashSet<Pid>,
    group_asked: Option<Instant>,
}

impl Stopping {
    pub(super) fn new(stop: Stop, group: Pid) -> Self {
        Self { stop, group, since: Instant::now(), steps: HashSet::new(), group_asked: None }
    }

    /// Asks what should end now. A process that is gone already cannot be asked, and need not be.
    pub(super) fn ask(&mut self) {
        match self.stop {
            Stop::Step(name) if self.since.elapsed() < STEP_GRACE => {
                for process in members(self.group, name) {
                    if self.steps.insert(process) {
                        let _ = kill_process(process, Signal::TERM);
                    }
                }
            }
            Stop::Step(_) | Stop::Group => {
                if self.group_asked.is_none_or(|at| at.elapsed() >= PATIENCE) {
                    self.group_asked = Some(Instant::now());
                    let _ = kill_process_group(self.group, Signal::TERM);
                }
            }
        }
    }

    /// Ends what is left of the group, asked or not.
    pub(super) fn kill(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Whether the engine itself was left alone: if it succeeded then, it was done before its step could be ended.
    pub(super) fn spared_the_engine(&self) -> bool {
        self.group_asked.is_none()
    }
}

/// The processes of a group whose command line starts with `name`; none where there is no `/proc`.
fn members(group: Pid, name: &str) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let is_wanted = |process: &Path| {
        let stat = fs::read_to_string(process.join("stat")).unwrap_or_default();
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        group_of(&stat) == Some(group) && line.starts_with(name.as_bytes())
    };
    processes
        .filter(|entry| is_wanted(&entry.path()))
        .filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}

/// The process group in a line of `/proc/PID/stat`: the third word after the name, which may hold anything itself.
fn group_of(stat: &str) -> Option<Pid> {
    let (_, words) = stat.rsplit_once(')')?;
    Pid::from_raw(words.split_whitespace().nth(2)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Pid, group_of};

    #[test]
    fn a_process_has_a_group_whatever_its_name() {
        let group = |stat: &str| group_of(stat).map(Pid::as_raw_pid);
        assert_eq!(group("12 (cat) R 11 10 9 34816 12 4194304"), Some(10));
        assert_eq!(group("12 (a ) R 1 2) S 11 10 9"), Some(10));
        assert_eq!(group("2 (kthreadd) S 0 0 0"), None);
        assert_eq!(group(""), None);
    }
}
