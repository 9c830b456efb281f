//! Stops an engine so that no process and no container of it is left.
//!
//! Measured with docker 20.10 to 28, podman 4.3 and buildah 1.28:
//!
//! - Docker's clients end at SIGTERM, and the daemon cancels the build. The client with its own `BuildKit` ends only at
//!   the third SIGTERM.
//! - Buildah and podman end at SIGTERM, but leave their working containers. Podman also leaves the processes of the
//!   step. The process of a step (`buildah-oci-runtime` for `RUN`, `buildah-copier` for `COPY`) ends at SIGTERM with
//!   all its child processes. The build then fails like any other build, and removes its containers.

#![expect(clippy::disallowed_methods, reason = "this module searches for the processes of a step")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long a builder may take to fail by itself after its step was ended, or to reach a step that can be ended.
const STEP_GRACE: Duration = Duration::from_secs(5);

/// How long to wait before the process group is asked again.
const PATIENCE: Duration = Duration::from_millis(500);

/// The processes that are asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The whole process group.
    Group,
    /// The whole process group, which is killed without being asked.
    AtOnce,
    /// The processes of the group whose command line starts with this text, each once. If this has no effect, the whole
    /// group.
    Step(&'static str),
}

/// A process group that is asked to end repeatedly.
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

    /// Asks the processes that should end now. Errors are ignored, because a process may have ended already.
    pub(super) fn ask(&mut self) {
        match self.stop {
            Stop::Step(name) if self.since.elapsed() < STEP_GRACE => {
                for process in members(self.group, name) {
                    if self.steps.insert(process) {
                        let _ = kill_process(process, Signal::TERM);
                    }
                }
            }
            Stop::AtOnce => {
                self.group_asked = Some(Instant::now());
                self.kill();
            }
            Stop::Step(_) | Stop::Group => {
                if self.group_asked.is_none_or(|at| at.elapsed() >= PATIENCE) {
                    self.group_asked = Some(Instant::now());
                    let _ = kill_process_group(self.group, Signal::TERM);
                }
            }
        }
    }

    /// Kills all processes that are left in the group, even those that were not asked to end.
    pub(super) fn kill(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Returns whether the engine itself was never asked to end. If it then succeeds, it ended before its step could be
    /// ended.
    pub(super) fn spared_the_engine(&self) -> bool {
        self.group_asked.is_none()
    }
}

/// Returns the processes of a group whose command line starts with `name`. Without `/proc`, returns no processes.
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

/// Returns the process group in a line of `/proc/PID/stat`: the third word after the name. The name can contain any
/// character.
fn group_of(stat: &str) -> Option<Pid> {
    let (_, words) = stat.rsplit_once(')')?;
    Pid::from_raw(words.split_whitespace().nth(2)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Pid, group_of};

    #[test]
    fn process_groups_are_parsed_after_any_name() {
        let group = |stat: &str| group_of(stat).map(Pid::as_raw_pid);
        assert_eq!(group("12 (cat) R 11 10 9 34816 12 4194304"), Some(10));
        assert_eq!(group("12 (a ) R 1 2) S 11 10 9"), Some(10));
        assert_eq!(group("2 (kthreadd) S 0 0 0"), None);
        assert_eq!(group(""), None);
    }
}
