//! Where podman and buildah keep what the tests make: each has a store of its own, on top of the machine's.
//!
//! Whoever builds looks through all images of a store, and waits for whoever else writes to it.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::engines::outcome::Outcome;

/// The store of an engine, in a folder that stays for the next run.
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// None where the machine has no podman, which buildah's images are looked at with as well.
    pub(crate) fn of_podman() -> Option<&'static Self> {
        static STORE: OnceLock<Option<Store>> = OnceLock::new();
        STORE.get_or_init(|| Self::prepare("podman")).as_ref()
    }

    pub(crate) fn of_buildah() -> Option<&'static Self> {
        static STORE: OnceLock<Option<Store>> = OnceLock::new();
        STORE.get_or_init(|| Self::prepare("buildah")).as_ref()
    }

    fn prepare(engine: &str) -> Option<Self> {
        found("podman")?;
        let store = Self { folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{engine}-store")) };
        let programs = store.folder.join("bin");
        fs::create_dir_all(&programs).unwrap();
        let _alone = store.alone();
        let file = store.folder.join("storage.conf");
        fs::write(&file, settings(&store.folder)).unwrap();
        for (name, program) in ["podman", "buildah"].iter().filter_map(|name| Some((name, found(name)?))) {
            let (file, program) = (file.display(), program.display());
            let script = format!(
                "#!/bin/sh\nexport CONTAINERS_STORAGE_CONF=\"${{CONTAINERS_STORAGE_CONF-{file}}}\"\nexec '{program}' \"$@\"\n"
            );
            let (text, new) = (store.folder.join("script"), store.folder.join("new"));
            fs::write(&text, script).unwrap();
            // By another process: what this one had open for writing, a child that another thread starts at that moment
            // would keep open, and nobody could run it. In one step, for another run may be about to.
            Outcome::of_success(Command::new("install").args(["--mode=755"]).args([&text, &new]));
            fs::rename(new, programs.join(name)).unwrap();
        }
        store.clear(&programs.join("podman"));
        Some(store)
    }

    /// Removes the layers that earlier runs left. Those that they rest on may be the machine's, which are only read here;
    /// where the machine has no longer what they rest on, all of them go.
    fn clear(&self, podman: &Path) {
        let pruned = Outcome::of(Command::new(podman).args(["image", "prune", "--force"]));
        let is_of_machine = |line: &str| line.contains("cannot remove read-only image");
        if pruned.code != 0 && !pruned.stderr.lines().all(is_of_machine) {
            for part in ["images", "run"] {
                fs::remove_dir_all(self.folder.join(part)).unwrap_or_else(|error| panic!("{part}: {error}; {pruned}"));
            }
        }
    }

    /// A PATH on which the engines use the store.
    pub(crate) fn path(&self) -> OsString {
        let before = env::var_os("PATH").unwrap_or_default();
        env::join_paths([self.folder.join("bin")].into_iter().chain(env::split_paths(&before))).unwrap()
    }

    /// Keeps other tests from the store until it is dropped. A build that looks for its layers in the cache fails
    /// (`layer not known`) when an image goes at that moment, and the end of each test removes some.
    pub(crate) fn alone(&self) -> File {
        let file = File::create(self.folder.join("lock")).unwrap();
        file.lock().unwrap();
        file
    }
}

/// The settings of a store in a folder, with the images of the machine's own store in it.
pub(crate) fn settings(folder: &Path) -> String {
    static MACHINE: OnceLock<String> = OnceLock::new();
    let machine = MACHINE.get_or_init(|| {
        let mut ask = Command::new("podman");
        Outcome::of_success(ask.args(["info", "--format", "{{.Store.GraphDriverName}} {{.Store.GraphRoot}}"])).stdout
    });
    let (driver, images) = machine.trim().split_once(' ').unwrap();
    let root = folder.display();
    // Not mounted on itself, the folder can be removed like any other.
    format!(
        "[storage]\ndriver = '{driver}'\ngraphroot = '{root}/images'\nrunroot = '{root}/run'\n\
         [storage.options]\nadditionalimagestores = ['{images}']\n\
         [storage.options.overlay]\nskip_mount_home = 'true'\n"
    )
}

fn found(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}
