//! Runs the command in a temporary folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A temporary folder with a project.
pub(crate) struct Folder(TempDir);

pub(crate) const HELLO: &str = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['rich']\n";

impl Folder {
    pub(crate) fn hello() -> Self {
        Self::with("pyproject.toml", HELLO)
    }

    pub(crate) fn with(path: &str, text: impl AsRef<[u8]>) -> Self {
        Self(TempDir::new().unwrap()).file(path, text)
    }

    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Adds a program. Another process writes it: if this process had the file open for writing, a child process that
    /// another thread starts at that moment would keep it open, and running the program would fail.
    pub(crate) fn program(self, path: &str, script: &str) -> Self {
        let mut install = Command::new("install");
        install.args(["-D", "--mode=755", "/dev/stdin"]).arg(self.path(path)).stdin(Stdio::piped());
        let mut installing = install.spawn().unwrap();
        installing.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(installing.wait().unwrap().success());
        self
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Returns all paths in the folder, sorted.
    pub(crate) fn paths(&self) -> Vec<String> {
        fn collect(root: &Path, folder: &Path, paths: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                paths.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
                if path.is_dir() && !path.is_symlink() {
                    collect(root, &path, paths);
                }
            }
        }
        let mut paths = Vec::new();
        collect(self.0.path(), self.0.path(), &mut paths);
        paths.sort();
        paths
    }

    /// Creates a run of the command in this folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Self::run_in(self.0.path(), arguments)
    }

    /// Creates a run of the command in `folder`.
    pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_agentix-gen"));
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command
            .env_remove("AGENTIX_ENGINE")
            .env_remove("BUILDX_BUILDER")
            .env("BUILDX_CONFIG", folder.join("buildx"))
            .env_remove("DOCKER_BUILDKIT")
            .env_remove("DOCKER_DEFAULT_PLATFORM")
            .env_remove("CONTAINER_HOST")
            .env_remove("CONTAINER_CONNECTION")
            .env_remove("SOURCE_DATE_EPOCH")
            .env_remove("CI")
            .env_remove("NO_COLOR");
        Run(command)
    }
}

pub(crate) struct Run(Command);

/// The output of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Printed {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn command(self) -> Command {
        self.0
    }

    #[track_caller]
    pub(crate) fn ends(mut self, code: i32) -> Printed {
        let output = self.0.output().unwrap();
        let printed = Printed {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert_eq!(output.status.code(), Some(code), "{printed:?}");
        printed
    }

    /// Returns the stdout of a run that succeeds and writes nothing to stderr.
    #[track_caller]
    pub(crate) fn prints(self) -> String {
        let printed = self.ends(0);
        assert_eq!(printed.stderr, "");
        printed.stdout
    }

    /// Returns the stderr of a run that fails with exit code 1 and writes nothing to stdout.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        let printed = self.ends(1);
        assert_eq!(printed.stdout, "");
        printed.stderr
    }
}
