//! A bundle in a task image: the container that carries the bundle's folder, and what the task image lacks.
//!
//! The carrier is a container of the bundle that has ended. It exists once for each image ID, and its volume is mounted
//! read-only into each sandbox.

#![expect(clippy::disallowed_methods, reason = "another process may be creating the carrier")]

use std::thread;
use std::time::{Duration, Instant};

use super::bundle_image::{Mount, StoredImage};
use super::command;
use super::containers::{Containers, is_absent};
use super::error::SandboxError;
use super::id::SandboxId;
use super::libc::Libc;
use super::owner::Owner;
use crate::engine::{Answer, no_answer};
use crate::value::ImageRef;

/// How long a carrier may take until its volume is filled.
const PATIENCE: Duration = Duration::from_mins(2);

/// How often a carrier of another process is asked for.
const TICK: Duration = Duration::from_millis(50);

/// A bundle to mount, and the image to mount it into.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) mount: Mount,
    /// The variables that the program needs.
    pub(super) variables: Vec<(String, String)>,
    bundle: StoredImage,
}

impl Task {
    /// Asks for both images, without changing anything.
    pub(super) fn of(containers: &Containers, bundle: &ImageRef, image: &ImageRef) -> Result<Self, SandboxError> {
        let [stored, task] = inspect(containers, [bundle, image])?;
        if !stored.is_portable() {
            return Err(SandboxError::NotPortable { image: Box::new(bundle.clone()) });
        }
        if stored.architecture != task.architecture {
            return Err(SandboxError::Architecture {
                image: Box::new(image.clone()),
                has: task.architecture,
                needs: stored.architecture,
            });
        }
        let carrier = stored.carrier().map_err(|_| SandboxError::NotPortable { image: Box::new(bundle.clone()) })?;
        Ok(Self {
            mount: Mount {
                image: image.clone(),
                carrier,
                entry_point: stored.entry_point(),
                agentix: stored.agentix().map(str::to_owned),
            },
            variables: stored.variables_in(&task),
            bundle: stored,
        })
    }

    /// Makes sure that the carrier exists and has ended, so that its volume is filled. Podman fills a volume when its first
    /// container starts, and the carrier must be that container.
    pub(super) fn carry(&self, containers: &Containers) -> Result<(), SandboxError> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let answer = containers.ask(command::carrier_state(&self.mount.carrier))?;
            if answer.code != 0 && !is_absent(&answer) {
                return Err(no_answer(containers.engine(), "the state of a container", &answer).into());
            }
            let started = match answer.stdout.trim() {
                "exited 0" | "stopped 0" => return Ok(()),
                "" => containers.ask(command::carrier(
                    &self.mount.carrier,
                    self.bundle.id(),
                    Owner::this_process().as_ref(),
                ))?,
                // A process that was killed has left it.
                state if ["created", "configured", "initialized"].iter().any(|early| state.starts_with(early)) => {
                    containers.ask(command::start(&self.mount.carrier))?
                }
                state if state.starts_with("exited") => {
                    return self.broken(containers, &containers.ask(command::lines(&self.mount.carrier))?);
                }
                _ => {
                    thread::sleep(TICK);
                    continue;
                }
            };
            if started.code != 0 && !is_taken(&started) {
                return self.broken(containers, &started);
            }
        }
        Err(SandboxError::CarrierTimeout { id: self.mount.carrier.clone() })
    }

    /// Removes a carrier whose program does not run.
    fn broken(&self, containers: &Containers, answer: &Answer) -> Result<(), SandboxError> {
        let error = containers.start_error(answer);
        containers.remove(&self.mount.carrier)?;
        Err(error)
    }

    /// Returns the error if the C library of the task image is not that of the bundle, after a program did not start.
    pub(super) fn wrong_libc(&self, containers: &Containers, sandbox: &SandboxId) -> Option<SandboxError> {
        let has = |id: &SandboxId, libc: &Libc| {
            let loader = libc.loader(&self.bundle.architecture)?;
            let copied = containers.ask(command::copy_out(id, loader)).ok()?;
            Some(copied.code == 0)
        };
        let needs = Libc::ALL.into_iter().find(|libc| has(&self.mount.carrier, libc) == Some(true))?;
        if has(sandbox, &needs)? {
            return None;
        }
        let has = Libc::ALL.into_iter().find(|libc| has(sandbox, libc) == Some(true));
        Some(SandboxError::Libc { image: Box::new(self.mount.image.clone()), has, needs })
    }
}

/// Returns the carriers that have ended, and those whose process was killed before that.
pub(super) fn carriers(containers: &Containers) -> Result<Vec<SandboxId>, SandboxError> {
    let listed = containers.ask(command::list_carriers())?;
    if listed.code != 0 {
        return Err(no_answer(containers.engine(), "its containers", &listed).into());
    }
    if listed.stdout.trim().is_empty() {
        return Ok(Vec::new());
    }
    // A container that is removed meanwhile makes the command fail, but it reports the others.
    let answer = containers.ask(command::inspect_carriers(listed.stdout.split_whitespace()))?;
    let carrier = |line: &str| {
        let mut words = line.split_whitespace();
        // Docker writes a slash before the name.
        let name = words.next()?.trim_start_matches('/').parse().ok()?;
        let has_ended = matches!(words.next(), Some("exited" | "stopped" | "dead"));
        let owner: Option<Owner> = words.next().and_then(|owner| owner.parse().ok());
        (has_ended || owner.is_none_or(|owner| owner.has_ended())).then_some(name)
    };
    Ok(answer.stdout.lines().filter_map(carrier).collect())
}

/// Returns whether an engine says that another process has created a container meanwhile.
fn is_taken(answer: &Answer) -> bool {
    answer.stderr.contains("already in use")
}

/// Asks the engine for two images at once.
fn inspect(containers: &Containers, images: [&ImageRef; 2]) -> Result<[StoredImage; 2], SandboxError> {
    let answer = containers.ask(command::inspect_images(&images))?;
    let failed = || SandboxError::from(no_answer(containers.engine(), "images", &answer));
    if answer.code != 0 {
        images.into_iter().try_for_each(|image| check_presence(containers, image))?;
        return Err(failed());
    }
    let found = StoredImage::parse_all(&answer.stdout).map_err(|_| failed())?;
    found.try_into().map_err(|_| failed())
}

/// Checks that the engine has an image.
pub(super) fn check_presence(containers: &Containers, image: &ImageRef) -> Result<(), SandboxError> {
    let answer = containers.ask(command::inspect_images(&[image]))?;
    let text = answer.stderr.to_lowercase();
    if answer.code == 0 {
        Ok(())
    } else if text.contains("no such image") || text.contains("image not known") {
        Err(SandboxError::NoImage { engine: containers.engine().to_owned(), image: Box::new(image.clone()) })
    } else {
        Err(no_answer(containers.engine(), "images", &answer).into())
    }
}
