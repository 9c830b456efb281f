//! The process that a sandbox belongs to.

#![expect(clippy::disallowed_methods, reason = "Linux tells in `/proc` which processes run")]

use std::fmt;
use std::fs;
use std::str::FromStr;

/// A process of one start of a machine: `BOOT-ID/PID/START`, as Linux reports them in `/proc`.
///
/// The start time tells two processes with one number apart, and the boot ID two machines that share an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    boot: String,
    process: u32,
    start: u64,
}

impl Owner {
    /// Returns this process. `None` if the machine has no `/proc`.
    pub fn this_process() -> Option<Self> {
        let process = std::process::id();
        Some(Self { boot: boot()?, process, start: start_of(process)? })
    }

    /// Returns whether the process has ended. A process of another machine is never known to have ended.
    pub fn has_ended(&self) -> bool {
        boot().is_some_and(|boot| boot == self.boot) && start_of(self.process) != Some(self.start)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.boot, self.process, self.start)
    }
}

/// The error of a text that names no process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an owner: expected BOOT-ID/PID/START")]
pub struct OwnerError;

impl FromStr for Owner {
    type Err = OwnerError;

    fn from_str(text: &str) -> Result<Self, OwnerError> {
        let mut parts = text.split('/');
        let mut part = || parts.next().filter(|part| !part.is_empty()).ok_or(OwnerError);
        let boot = part()?.to_owned();
        let process = part()?.parse().map_err(|_| OwnerError)?;
        let start = part()?.parse().map_err(|_| OwnerError)?;
        Ok(Self { boot, process, start })
    }
}

fn boot() -> Option<String> {
    Some(fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned())
}

/// Returns when a process started: the 20th word after its name in `/proc/PID/stat`.
fn start_of(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Owner;

    #[test]
    fn this_process_has_not_ended() {
        let owner = Owner::this_process().unwrap();
        assert!(!owner.has_ended());
        assert_eq!(owner.to_string().parse(), Ok(owner.clone()));
        let started_before = Owner { start: owner.start - 1, ..owner.clone() };
        assert!(started_before.has_ended());
        let elsewhere = Owner { boot: "another".to_owned(), ..started_before };
        assert!(!elsewhere.has_ended());
        assert!("".parse::<Owner>().is_err() && "a/b/c".parse::<Owner>().is_err());
    }
}
