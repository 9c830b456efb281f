//! The builders that the tests use.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{env, fs, io};

use crate::engines::outcome::Outcome;
use crate::engines::store::Store;

pub(crate) const RUNTIME_IMAGE: &str = "agentix/runtime:0.1.0";

/// An engine together with one of its builders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builder {
    /// Docker's `BuildKit`, through the buildx plugin.
    Buildx,
    /// The `BuildKit` of docker's daemon. Clients before version 23 use it without the plugin.
    Embedded,
    /// Docker's legacy builder.
    Legacy,
    Podman,
    Buildah,
}

/// Defines a test for each builder, in a module with the name of the function that the tests call.
///
/// With `AGENTIX_TURN`, one of them runs it in every second turn; a test after `slow:`, in one of four.
macro_rules! on_every_builder {
    (slow: $($test:ident),+ $(,)?) => { on_every_builder!(@ crate::engines::turn::SLOW, $($test),+); };
    (@ $pace:expr, $($test:ident),+) => { $(
        mod $test {
            use crate::engines::builder::Builder::{self, Buildah, Buildx, Embedded, Legacy, Podman};
            use crate::engines::turn::on_its_turn;

            #[test]
            fn buildx() {
                on_its_turn(Buildx, &Builder::ALL, $pace, stringify!($test), super::$test);
            }

            #[test]
            fn embedded_buildkit() {
                on_its_turn(Embedded, &Builder::ALL, $pace, stringify!($test), super::$test);
            }

            #[test]
            fn legacy() {
                on_its_turn(Legacy, &Builder::ALL, $pace, stringify!($test), super::$test);
            }

            #[test]
            fn podman() {
                on_its_turn(Podman, &Builder::ALL, $pace, stringify!($test), super::$test);
            }

            #[test]
            fn buildah() {
                on_its_turn(Buildah, &Builder::ALL, $pace, stringify!($test), super::$test);
            }
        }
    )+ };
    ($($test:ident),+ $(,)?) => { on_every_builder!(@ crate::engines::turn::USUAL, $($test),+); };
}

/// Defines a test for each program that runs images, as [`on_every_builder`] does for each builder.
macro_rules! on_docker_and_podman {
    (slow: $($test:ident),+ $(,)?) => { on_docker_and_podman!(@ crate::engines::turn::SLOW, $($test),+); };
    (@ $pace:expr, $($test:ident),+) => { $(
        mod $test {
            use crate::engines::builder::Builder::{Buildx, Podman};
            use crate::engines::turn::on_its_turn;

            #[test]
            fn docker() {
                on_its_turn(Buildx, &[Buildx, Podman], $pace, stringify!($test), super::$test);
            }

            #[test]
            fn podman() {
                on_its_turn(Podman, &[Buildx, Podman], $pace, stringify!($test), super::$test);
            }
        }
    )+ };
    ($($test:ident),+ $(,)?) => { on_docker_and_podman!(@ crate::engines::turn::USUAL, $($test),+); };
}

/// Runs a test with a builder if the builder is available.
pub(crate) fn on(builder: Builder, test: impl FnOnce(Builder)) {
    match builder.missing() {
        None => {
            let _lock = builder.alone();
            test(builder);
        }
        Some(why) => not_run(&why),
    }
}

/// Reports that a test cannot run. Panics if `AGENTIX_REQUIRE_ENGINES` is 1.
pub(crate) fn not_run(why: &str) {
    let required = env::var("AGENTIX_REQUIRE_ENGINES").is_ok_and(|value| value == "1");
    assert!(!required, "not run: {why}");
    eprintln!("not run: {why}");
}

impl Builder {
    pub(crate) const ALL: [Self; 5] = [Self::Buildx, Self::Embedded, Self::Legacy, Self::Podman, Self::Buildah];

    /// Returns the available builders.
    pub(crate) fn present() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|builder| match builder.missing() {
            None => true,
            Some(why) => {
                not_run(&why);
                false
            }
        })
    }

    /// Returns the engine's name for `--engine`.
    pub(crate) fn engine(self) -> &'static str {
        match self {
            Self::Buildx | Self::Embedded | Self::Legacy => "docker",
            Self::Podman => "podman",
            Self::Buildah => "buildah",
        }
    }

    /// Returns the program that runs the built images.
    pub(crate) fn runner(self) -> &'static str {
        if self.engine() == "docker" { "docker" } else { "podman" }
    }

    /// Returns the builder's name in the output of `agentix-gen`.
    pub(crate) fn told_as(self) -> &'static str {
        match self {
            Self::Buildx => "buildx",
            Self::Embedded => "BuildKit",
            Self::Legacy => "legacy builder",
            Self::Podman | Self::Buildah => "buildah",
        }
    }

    pub(crate) fn is_buildkit(self) -> bool {
        matches!(self, Self::Buildx | Self::Embedded)
    }

    /// Returns a command whose environment selects the builder.
    pub(crate) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_remove("DOCKER_BUILDKIT").env_remove("AGENTIX_ENGINE").env_remove("SOURCE_DATE_EPOCH");
        command.env("PATH", self.path());
        match self {
            Self::Legacy => {
                command.env("DOCKER_BUILDKIT", "0");
            }
            Self::Embedded => {
                if let Some(old) = embedded() {
                    command.env("DOCKER_CONFIG", old.folder.join("config"));
                }
            }
            Self::Buildx | Self::Podman | Self::Buildah => {}
        }
        command
    }

    /// Returns the command `agentix-gen` with that environment.
    pub(crate) fn agentix_gen(self) -> Command {
        self.command(env!("CARGO_BIN_EXE_agentix-gen"))
    }

    /// Returns the command `agentix-gen build` with this builder.
    pub(crate) fn build(self, project: &Path, tag: &str) -> Command {
        let mut command = self.agentix_gen();
        command.arg("build").arg(project).args(["--engine", self.engine(), "--tag", tag]);
        command
    }

    /// Locks the engine's store. Other tests wait until the result is dropped.
    pub(crate) fn alone(self) -> Option<File> {
        self.store().map(Store::alone)
    }

    /// Keeps the other tests that leave or stop stale sandboxes away until the result is dropped. All tests of docker
    /// share a daemon, and `stop --stale` stops what any of them left. Podman and buildah have [stores](Self::alone).
    pub(crate) fn alone_with_stale_sandboxes(self) -> Option<MutexGuard<'static, ()>> {
        static LOCK: Mutex<()> = Mutex::new(());
        (self.engine() == "docker").then(|| LOCK.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn store(self) -> Option<&'static Store> {
        match self {
            Self::Podman => Store::of_podman(),
            Self::Buildah => Store::of_buildah(),
            Self::Buildx | Self::Embedded | Self::Legacy => None,
        }
    }

    /// Returns the PATH that contains the builder's programs.
    pub(crate) fn path(self) -> OsString {
        let embedded = embedded().filter(|_| self == Self::Embedded).map(EmbeddedBuildKit::path);
        let path = embedded.or_else(|| self.store().map(Store::path));
        path.unwrap_or_else(|| env::var_os("PATH").unwrap_or_default())
    }

    /// Returns why the builder is missing or does not work, or `None` if it is available.
    fn missing(self) -> Option<String> {
        static MISSING: [OnceLock<Option<String>>; Builder::ALL.len()] =
            [const { OnceLock::new() }; Builder::ALL.len()];
        MISSING[self as usize].get_or_init(|| self.find().err()).clone()
    }

    fn find(self) -> Result<(), String> {
        let works = |command: &[&str], problem: &str| {
            let output = self.command(command[0]).args(&command[1..]).output();
            if output.is_ok_and(|output| output.status.success()) { Ok(()) } else { Err(problem.to_owned()) }
        };
        if self == Self::Embedded {
            embedded().ok_or("no docker client before version 23 is on PATH")?;
        }
        match self.engine() {
            "docker" => works(&["docker", "version"], "docker does not answer")?,
            engine => works(&[engine, "--version"], &format!("{engine} is not installed"))?,
        }
        if self == Self::Buildx {
            works(&["docker", "buildx", "version"], "docker has no buildx plugin")?;
        }
        self.require_image(RUNTIME_IMAGE)
    }

    /// Returns an error if the engine does not have an image that `tests/engines/setup` provides.
    pub(crate) fn require_image(self, image: &str) -> Result<(), String> {
        let runner = self.runner();
        let outcome = Outcome::of(self.command(runner).args(["image", "inspect", image]));
        if outcome.code == 0 { Ok(()) } else { Err(format!("{runner} has no image {image}: run tests/engines/setup")) }
    }
}

/// A docker client with built-in `BuildKit`. It is the first docker on a PATH, and it does not find buildx.
struct EmbeddedBuildKit {
    folder: PathBuf,
}

impl EmbeddedBuildKit {
    fn path(&self) -> OsString {
        let before = env::var_os("PATH").unwrap_or_default();
        env::join_paths([self.folder.clone()].into_iter().chain(env::split_paths(&before))).unwrap()
    }
}

fn embedded() -> Option<&'static EmbeddedBuildKit> {
    static FOUND: OnceLock<Option<EmbeddedBuildKit>> = OnceLock::new();
    FOUND.get_or_init(|| Some(prepare_embedded(&old_client()?))).as_ref()
}

fn old_client() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("docker")).find(|client| {
        let version = Command::new(client).arg("--version").output();
        // `Docker version 20.10.24+dfsg1, build 297e128`
        let text = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let major = text.split_whitespace().nth(2).and_then(|version| version.split('.').next()?.parse().ok());
        major.is_some_and(|major: u32| (19..23).contains(&major))
    })
}

fn prepare_embedded(client: &Path) -> EmbeddedBuildKit {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedded-buildkit");
    let plugins = folder.join("config/cli-plugins");
    fs::create_dir_all(&plugins).unwrap();
    match symlink(client, folder.join("docker")) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => panic!("{error}"),
        _ => {}
    }
    // A user's plugin overrides the system's. This plugin always fails.
    let plugin = plugins.join("docker-buildx");
    fs::write(&plugin, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
    EmbeddedBuildKit { folder }
}
