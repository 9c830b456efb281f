//! The trait [`Deployment`], and sessions.

use super::config::SandboxConfig;
use super::error::SandboxError;
use super::id::SandboxId;
use super::info::{Sandbox, SandboxInfo};
use super::owner::Owner;
use crate::engine::{Control, Event};

/// A place where sandboxes run.
pub trait Deployment {
    /// Starts a sandbox and waits until its server answers.
    ///
    /// # Errors
    ///
    /// See [`SandboxError`]. If this method returns an error, it has removed the container.
    fn create(&self, config: &SandboxConfig, control: &mut Control<'_>) -> Result<Sandbox, SandboxError>;

    /// Returns what the deployment knows of a sandbox.
    ///
    /// # Errors
    ///
    /// Returns [`SandboxError::NotFound`] if there is no such sandbox, and [`SandboxError::NotSandbox`] if a container of
    /// another program has that name.
    fn get(&self, id: &SandboxId) -> Result<SandboxInfo, SandboxError>;

    /// Ends and removes a sandbox. A sandbox that does not exist is no error.
    ///
    /// # Errors
    ///
    /// Returns [`SandboxError::NotSandbox`] if a container of another program has that name. It stays.
    fn delete(&self, id: &SandboxId) -> Result<(), SandboxError>;
}

/// Creates a sandbox, passes it to `work`, and deletes it: after a result, after an error, and after a panic.
///
/// The sandbox belongs to this process.
///
/// # Errors
///
/// Returns the error of the creation, of `work`, or else of the deletion. After an error of `work`, that of the deletion is an
/// [event](Event::Line).
pub fn session<T, E: From<SandboxError>>(
    deployment: &dyn Deployment,
    config: &SandboxConfig,
    control: &mut Control<'_>,
    work: impl FnOnce(&Sandbox, &mut Control<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let config = SandboxConfig { owner: Owner::this_process(), ..config.clone() };
    let sandbox = deployment.create(&config, control)?;
    let mut guard = Guard { deployment, id: Some(&sandbox.sandbox_id) };
    let done = work(&sandbox, control);
    let deleted = guard.delete();
    if let (Err(_), Err(left)) = (&done, &deleted) {
        (control.events)(Event::Line(&left.to_string()));
    }
    let done = done?;
    deleted?;
    Ok(done)
}

/// Deletes a sandbox on drop, unless that is done.
struct Guard<'a> {
    deployment: &'a dyn Deployment,
    id: Option<&'a SandboxId>,
}

impl Guard<'_> {
    fn delete(&mut self) -> Result<(), SandboxError> {
        self.id.take().map_or(Ok(()), |id| self.deployment.delete(id))
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // After a panic there is nobody to report a failure to. `stop --stale` removes what is left.
        let _ = self.delete();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::{Control, Deployment, Sandbox, SandboxConfig, SandboxError, SandboxId, SandboxInfo, session};

    /// A deployment that counts the sandboxes that exist.
    #[derive(Default)]
    struct Counted(RefCell<Vec<SandboxId>>);

    impl Deployment for Counted {
        fn create(&self, config: &SandboxConfig, _: &mut Control<'_>) -> Result<Sandbox, SandboxError> {
            assert!(config.owner.is_some());
            let id: SandboxId = "one".parse().unwrap();
            self.0.borrow_mut().push(id.clone());
            Ok(Sandbox::new(id, "http://127.0.0.1:1"))
        }

        fn get(&self, id: &SandboxId) -> Result<SandboxInfo, SandboxError> {
            Err(SandboxError::NotFound { id: id.clone() })
        }

        fn delete(&self, id: &SandboxId) -> Result<(), SandboxError> {
            self.0.borrow_mut().retain(|known| known != id);
            Ok(())
        }
    }

    #[test]
    fn a_session_always_deletes() {
        let deployment = Counted::default();
        let mut ignore = |_: crate::Event<'_>| {};
        let mut control = Control::new("/tmp", &mut ignore);
        let config = SandboxConfig::new("x:1".parse().unwrap());
        let exists = || deployment.0.borrow().len();
        let returned = session(&deployment, &config, &mut control, |_, _| Ok::<_, SandboxError>(exists()));
        assert_eq!((returned.unwrap(), exists()), (1, 0));
        let failed =
            session(&deployment, &config, &mut control, |_, _| Err::<(), _>(SandboxError::PortInUse { port: 1 }));
        assert!(failed.is_err() && exists() == 0);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            session::<(), SandboxError>(&deployment, &config, &mut control, |_, _| panic!("on purpose"))
        }));
        assert!(panicked.is_err() && exists() == 0);
    }

    /// A deployment that deletes nothing.
    struct Stuck;

    impl Deployment for Stuck {
        fn create(&self, _: &SandboxConfig, _: &mut Control<'_>) -> Result<Sandbox, SandboxError> {
            Ok(Sandbox::new("one".parse().unwrap(), "http://127.0.0.1:1"))
        }

        fn get(&self, id: &SandboxId) -> Result<SandboxInfo, SandboxError> {
            Err(SandboxError::NotFound { id: id.clone() })
        }

        fn delete(&self, id: &SandboxId) -> Result<(), SandboxError> {
            Err(SandboxError::Remove { engine: "stuck".to_owned(), id: id.clone(), detail: "busy".to_owned() })
        }
    }

    #[test]
    fn what_a_session_leaves_is_told_beside_the_error() {
        let mut lines = Vec::new();
        let mut tell = |event: crate::Event<'_>| {
            if let crate::Event::Line(line) = event {
                lines.push(line.to_owned());
            }
        };
        let config = SandboxConfig::new("x:1".parse().unwrap());
        let work = |_: &Sandbox, _: &mut Control<'_>| Err::<(), _>(SandboxError::PortInUse { port: 1 });
        let failed = session(&Stuck, &config, &mut Control::new("/tmp", &mut tell), work);
        assert!(matches!(failed, Err(SandboxError::PortInUse { .. })));
        assert_eq!(lines, ["stuck did not remove the container one: busy"]);
    }
}
