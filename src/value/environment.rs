//! The environment variables that a build uses.
//!
//! The library never reads the environment of its process. The caller passes it in.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;

use super::epoch::{Epoch, EpochError};
use super::variable::VariableName;

/// The environment variables that a build uses.
///
/// It keeps the values of `HOME`, `PATH`, `AGENTIX_ENGINE`, `BUILDX_CONFIG`, `DOCKER_BUILDKIT`, `DOCKER_CONFIG`,
/// `DOCKER_DEFAULT_PLATFORM`, `SOURCE_DATE_EPOCH` and `SSH_AUTH_SOCK`. For every other variable it keeps only the name: the
/// value may be a secret, and the engine reads secrets itself.
///
/// ```
/// use agentix_gen::value::Environment;
/// let environment: Environment = std::env::vars_os().collect();
/// let engines = agentix_gen::Registry::discover(environment.path());
/// # let _ = engines;
/// ```
#[derive(Clone, Default)]
pub struct Environment {
    names: BTreeSet<OsString>,
    home: Option<OsString>,
    path: OsString,
    engine: Option<String>,
    buildx_config: Option<OsString>,
    docker_config: Option<OsString>,
    docker_buildkit: Option<String>,
    docker_platform: Option<String>,
    source_date_epoch: Option<String>,
    ssh_agent: Option<OsString>,
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    /// Collects `(name, value)` pairs, such as those of `std::env::vars_os`. A variable with an empty value counts as
    /// unset.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            let (name, value) = (name.into(), value.into());
            if value.is_empty() {
                continue;
            }
            // What is not UTF-8 is no valid value, and the error shows it.
            let text = || Some(value.to_string_lossy().into_owned());
            match name.to_str() {
                Some("HOME") => environment.home = Some(value),
                Some("PATH") => environment.path = value,
                Some("AGENTIX_ENGINE") => environment.engine = text(),
                Some("BUILDX_CONFIG") => environment.buildx_config = Some(value),
                Some("DOCKER_CONFIG") => environment.docker_config = Some(value),
                Some("DOCKER_BUILDKIT") => environment.docker_buildkit = text(),
                Some("DOCKER_DEFAULT_PLATFORM") => environment.docker_platform = text(),
                Some("SOURCE_DATE_EPOCH") => environment.source_date_epoch = text(),
                Some("SSH_AUTH_SOCK") => environment.ssh_agent = Some(value),
                _ => {}
            }
            environment.names.insert(name);
        }
        environment
    }
}

impl Environment {
    /// Returns whether a variable is set and not empty.
    pub fn is_set(&self, name: &VariableName) -> bool {
        self.names.contains(OsStr::new(name.as_str()))
    }

    /// Returns the home folder, which replaces `~/` at the start of a path. `None` if `HOME` is unset or not UTF-8.
    pub fn home(&self) -> Option<Utf8PathBuf> {
        self.home.as_ref()?.to_str().map(Utf8PathBuf::from)
    }

    /// Returns the search path for programs. It is empty if `PATH` is unset.
    pub fn path(&self) -> &OsStr {
        &self.path
    }

    /// Returns the socket of the ssh agent, which `SSH_AUTH_SOCK` names.
    pub fn ssh_agent(&self) -> Option<&Path> {
        self.ssh_agent.as_deref().map(Path::new)
    }

    /// Returns the engine that `AGENTIX_ENGINE` names.
    pub fn engine(&self) -> Option<&str> {
        self.engine.as_deref()
    }

    /// Returns whether `DOCKER_BUILDKIT` turns `BuildKit` on or off. `None` if the variable has no such value.
    pub fn docker_buildkit(&self) -> Option<bool> {
        match self.docker_buildkit.as_deref()? {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        }
    }

    /// Returns the platform that `DOCKER_DEFAULT_PLATFORM` names.
    pub fn docker_default_platform(&self) -> Option<&str> {
        self.docker_platform.as_deref()
    }

    /// Returns the folder in which buildx keeps its builders: the one that `BUILDX_CONFIG` names, or else `buildx` in
    /// docker's folder. `None` if `BUILDX_BUILDER` names a builder, or if the folder is not known.
    pub fn buildx_folder(&self) -> Option<PathBuf> {
        if self.names.contains(OsStr::new("BUILDX_BUILDER")) {
            return None;
        }
        let of_docker = || match &self.docker_config {
            Some(folder) => Some(PathBuf::from(folder)),
            None => Some(Path::new(self.home.as_ref()?).join(".docker")),
        };
        self.buildx_config.as_ref().map(PathBuf::from).or_else(|| Some(of_docker()?.join("buildx")))
    }

    /// Returns whether `CONTAINER_HOST` or `CONTAINER_CONNECTION` names a podman service.
    pub fn names_podman_service(&self) -> bool {
        ["CONTAINER_HOST", "CONTAINER_CONNECTION"].iter().any(|name| self.names.contains(OsStr::new(name)))
    }

    /// Returns the timestamp for the build, from [`SOURCE_DATE_EPOCH`].
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not a number of seconds since 1970, up to the year 9999.
    ///
    /// [`SOURCE_DATE_EPOCH`]: https://reproducible-builds.org/specs/source-date-epoch/
    pub fn source_date_epoch(&self) -> Result<Option<Epoch>, EpochError> {
        self.source_date_epoch.as_deref().map(str::parse).transpose()
    }
}

/// Shows the names of the variables only, because values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("names", &self.names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use super::Environment;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().copied().collect()
    }

    #[test]
    fn values_are_not_shown() {
        let shown = format!("{:?}", environment(&[("A_NAME", "a value")]));
        assert!(shown.contains("A_NAME") && !shown.contains("a value"), "{shown}");
    }

    #[test]
    fn an_empty_variable_is_unset() {
        let environment = environment(&[("A", "1"), ("B", ""), ("HOME", "")]);
        let is_set = |name: &str| environment.is_set(&name.parse().unwrap());
        assert_eq!([is_set("A"), is_set("B"), is_set("C")], [true, false, false]);
        assert_eq!(environment.home(), None);
    }

    #[test]
    fn values_of_other_variables_are_not_kept() {
        let environment = environment(&[("TOKEN", "hunter2"), ("HOME", "/home/me")]);
        assert!(!format!("{environment:?}").contains("hunter2"));
        assert_eq!(environment.home().unwrap(), "/home/me");
    }

    #[test]
    fn the_folder_of_buildx_depends_on_three_variables() {
        let folder = |variables: &[(&str, &str)]| environment(variables).buildx_folder();
        let home = ("HOME", "/home/me");
        assert_eq!(folder(&[]), None);
        assert_eq!(folder(&[home]), Some("/home/me/.docker/buildx".into()));
        assert_eq!(folder(&[home, ("DOCKER_CONFIG", "/docker")]), Some("/docker/buildx".into()));
        assert_eq!(folder(&[("DOCKER_CONFIG", "/docker"), ("BUILDX_CONFIG", "/own")]), Some("/own".into()));
        assert_eq!(folder(&[home, ("BUILDX_BUILDER", "team")]), None);
    }

    /// A value that is not UTF-8 is not ignored.
    #[test]
    fn values_that_are_not_text_are_invalid() {
        let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        let names = ["SOURCE_DATE_EPOCH", "AGENTIX_ENGINE", "DOCKER_DEFAULT_PLATFORM"];
        let environment: Environment = names.into_iter().map(|name| (name, bytes(b"1\xff"))).collect();
        assert!(environment.source_date_epoch().unwrap_err().to_string().contains('1'));
        assert_eq!(environment.engine(), Some("1\u{fffd}"));
        assert_eq!(environment.docker_default_platform(), Some("1\u{fffd}"));
    }

    #[test]
    fn docker_buildkit_is_on_off_or_unset() {
        for (value, expected) in [
            ("0", Some(false)),
            ("false", Some(false)),
            ("1", Some(true)),
            ("true", Some(true)),
            ("maybe", None),
            ("", None),
        ] {
            let environment = environment(&[("DOCKER_BUILDKIT", value)]);
            assert_eq!(environment.docker_buildkit(), expected, "{value:?}");
        }
    }
}
