//! Stops an engine so that no process and no container of it is left.
//!
//! Measured with docker 20.10 to 28, podman 4.3 and buildah 1.28:
//!
//! - Docker's clients end at SIGTERM, and the daemon cancels the build. The client with its own `BuildKit` ends only at
//!   the third SIGTERM.
//! - Buildah and podman end at SIGTERM, but leave their working containers. Podman also leaves the processes of the
//!   step. So the step is ended, and the build then fails like any other build, and removes its containers.
//! - The process of a step (`buildah-oci-runtime` for `RUN`, `buildah-copier` for `COPY`) ends at SIGTERM, with the
//!   container that it runs. But it leaves a container that is created and not started yet, and the folder of it: podman
//!   sets up the network for half a second then. So the first process of the container is killed, which is in a group of
//!   its own, and the process of the step removes the container.

#![expect(clippy::disallowed_methods, reason = "this module searches for the processes of a step")]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::builder::STEP;

/// How long a builder may take to fail by itself after its step was ended, or to reach a step that can be ended.
const STEP_GRACE: Duration = Duration::from_secs(5);

/// How long to wait before the process group is asked again.
const PATIENCE: Duration = Duration::from_millis(500);

/// The processes that are asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The whole process group. If a program in it runs [steps](STEP), they are ended first, as with [`Stop::Step`].
    Group,
    /// The whole process group, which is killed without being asked.
    AtOnce,
    /// The containers of the [steps](STEP) in the group, or else the processes of these steps, each once. If there is no step
    /// yet, it is waited for. If this has no effect, the whole group.
    Step,
}

/// A process group that is asked to end repeatedly.
#[derive(Debug)]
pub(super) struct Stopping {
    stop: Stop,
    group: Pid,
    since: Instant,
    /// The processes of steps, and when each was seen first.
    steps: HashMap<Pid, Instant>,
    asked: HashSet<Pid>,
    group_asked: Option<Instant>,
}

impl Stopping {
    pub(super) fn new(stop: Stop, group: Pid) -> Self {
        Self { stop, group, since: Instant::now(), steps: HashMap::new(), asked: HashSet::new(), group_asked: None }
    }

    /// Asks the processes that should end now. Errors are ignored, because a process may have ended already.
    pub(super) fn ask(&mut self) {
        match self.stop {
            Stop::AtOnce => {
                self.group_asked = Some(Instant::now());
                self.kill();
            }
            Stop::Step | Stop::Group => {
                if self.since.elapsed() < STEP_GRACE && self.group_asked.is_none() {
                    self.end_steps();
                    if self.stop == Stop::Step || !self.steps.is_empty() {
                        return;
                    }
                }
                if self.group_asked.is_none_or(|at| at.elapsed() >= PATIENCE) {
                    self.group_asked = Some(Instant::now());
                    let _ = kill_process_group(self.group, Signal::TERM);
                }
            }
        }
    }

    fn end_steps(&mut self) {
        let all = Process::all();
        let group = self.group;
        for step in all.iter().filter(|process| process.group == group && process.is_of(STEP)) {
            self.end_step(step, &all);
        }
    }

    /// Kills the container of a step, or asks its process to end if it has none. While it has processes without a container,
    /// it creates one.
    fn end_step(&mut self, step: &Process, all: &[Process]) {
        let is_overdue = self.steps.entry(step.id).or_insert_with(Instant::now).elapsed() >= PATIENCE;
        let below = step.descendants(all);
        for container in below.iter().filter(|process| process.group != self.group) {
            if self.asked.insert(container.id) {
                let _ = kill_process(container.id, Signal::KILL);
            }
        }
        if (below.is_empty() || is_overdue) && self.asked.insert(step.id) {
            let _ = kill_process(step.id, Signal::TERM);
        }
    }

    /// Kills all processes that are left in the group, even those that were not asked to end.
    pub(super) fn kill(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Returns whether the engine itself was never asked to end. If it then succeeds, it ended before its step could be
    /// ended.
    pub(super) fn spared_the_engine(&self) -> bool {
        self.group_asked.is_none() && (self.stop == Stop::Step || self.steps.is_empty())
    }
}

/// A process of this machine.
#[derive(Debug, Clone, Copy)]
struct Process {
    id: Pid,
    parent: Option<Pid>,
    group: Pid,
}

impl Process {
    /// Returns all processes. Without `/proc`, there are none.
    fn all() -> Vec<Self> {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        let read = |entry: fs::DirEntry| {
            let id = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
            let (parent, group) = parent_and_group(&fs::read_to_string(entry.path().join("stat")).ok()?)?;
            Some(Self { id, parent, group })
        };
        processes.filter_map(read).collect()
    }

    /// Returns whether the command line starts with `name`.
    fn is_of(&self, name: &str) -> bool {
        let line = fs::read(format!("/proc/{}/cmdline", self.id.as_raw_pid())).unwrap_or_default();
        line.starts_with(name.as_bytes())
    }

    /// Returns the processes that this one and its descendants have started, of a list of all.
    fn descendants(&self, all: &[Self]) -> Vec<Self> {
        let mut found = vec![*self];
        let mut next = 0;
        while let Some(Self { id, .. }) = found.get(next).copied() {
            for process in all.iter().filter(|process| process.parent == Some(id)) {
                // The list was not read at one moment: an ID may occur twice.
                if found.iter().all(|other| other.id != process.id) {
                    found.push(*process);
                }
            }
            next += 1;
        }
        found.split_off(1)
    }
}

/// Returns the parent and the process group in a line of `/proc/PID/stat`: the second and the third word after the name. The
/// name can contain any character. The first process of a PID namespace has no parent in it. A process that ends while the
/// line is read has the parent 0 and the group -1.
fn parent_and_group(stat: &str) -> Option<(Option<Pid>, Pid)> {
    let (_, words) = stat.rsplit_once(')')?;
    // `from_raw` must not get a negative number.
    let mut ids =
        words.split_whitespace().skip(1).map(|word| word.parse().ok().filter(|id| *id >= 0).map(Pid::from_raw));
    let parent = ids.next()??;
    Some((parent, ids.next()???))
}

#[cfg(test)]
mod tests {
    use super::{Pid, Process, parent_and_group};

    #[test]
    fn parents_and_groups_are_parsed_after_any_name() {
        let both = |stat: &str| {
            parent_and_group(stat).map(|(parent, group)| (parent.map(Pid::as_raw_pid), group.as_raw_pid()))
        };
        assert_eq!(both("12 (cat) R 11 10 9 34816 12 4194304"), Some((Some(11), 10)));
        assert_eq!(both("12 (a ) R 1 2) S 11 10 9"), Some((Some(11), 10)));
        assert_eq!(both("12 (cat) R 0 10 9"), Some((None, 10)));
        assert_eq!(both("2 (kthreadd) S 0 0 0"), None);
        assert_eq!(both("12 (cat) X 0 -1 -1"), None);
        assert_eq!(both(""), None);
    }

    #[test]
    fn descendants_are_found_at_any_depth() {
        let id = |id| Pid::from_raw(id).unwrap();
        let process = |own, parent| Process { id: id(own), parent: Pid::from_raw(parent), group: id(1) };
        let all = [process(2, 1), process(3, 2), process(4, 3), process(5, 1), process(6, 3)];
        let mut found: Vec<i32> = all[0].descendants(&all).iter().map(|process| process.id.as_raw_pid()).collect();
        found.sort_unstable();
        assert_eq!(found, [3, 4, 6]);
        assert!(all[3].descendants(&all).is_empty());
    }
}
