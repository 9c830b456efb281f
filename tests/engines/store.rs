//! The stores in which podman and buildah keep the images of the tests. Each engine has a separate store on top of the
//! machine's store.
//!
//! A build searches all images of a store, and waits for other processes that write to the store.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::engines::outcome::Outcome;

/// The store of an engine, in a folder that the next run uses again.
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// Returns `None` if the machine has no podman. The tests inspect buildah's images with podman too.
    pub(crate) fn of_podman() -> Option<&'static Self> {
        static STORE: OnceLock<Option<Store>> = OnceLock::new();
        STORE.get_or_init(|| Self::prepare("podman")).as_ref()
    }

    pub(crate) fn of_buildah() -> Option<&'static Self> {
        static STORE: OnceLock<Option<Store>> = OnceLock::new();
        STORE.get_or_init(|| Self::prepare("buildah")).as_ref()
    }

    fn prepare(engine: &str) -> Option<Self> {
        find_program("podman")?;
        let store = Self { folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{engine}-store")) };
        let programs = store.folder.join("bin");
        fs::create_dir_all(&programs).unwrap();
        let _lock = store.alone();
        let file = store.folder.join("storage.conf");
        fs::write(&file, settings(&store.folder)).unwrap();
        for (name, program) in ["podman", "buildah"].iter().filter_map(|name| Some((name, find_program(name)?))) {
            let (file, program) = (file.display(), program.display());
            let script = format!(
                "#!/bin/sh\nexport CONTAINERS_STORAGE_CONF=\"${{CONTAINERS_STORAGE_CONF-{file}}}\"\nexec '{program}' \"$@\"\n"
            );
            let (text, new) = (store.folder.join("script"), store.folder.join("new"));
            fs::write(&text, script).unwrap();
            // Another process writes the program. If this process had the file open for writing, a child that another
            // thread starts at that moment would inherit the open file, and running the program would fail. The rename
            // is atomic, because another test run may start the program at any time.
            Outcome::of_success(Command::new("install").args(["--mode=755"]).args([&text, &new]));
            fs::rename(new, programs.join(name)).unwrap();
        }
        store.clear(&programs.join("podman"));
        Some(store)
    }

    /// Removes the layers of earlier runs. Their base layers may be in the machine's store, which is read-only here. If
    /// the machine no longer has these base layers, deletes all layers of this store.
    fn clear(&self, podman: &Path) {
        let pruned = Outcome::of(Command::new(podman).args(["image", "prune", "--force"]));
        let is_read_only = |line: &str| line.contains("cannot remove read-only image");
        if pruned.code != 0 && !pruned.stderr.lines().all(is_read_only) {
            for part in ["images", "run"] {
                fs::remove_dir_all(self.folder.join(part)).unwrap_or_else(|error| panic!("{part}: {error}; {pruned}"));
            }
        }
    }

    /// Returns a PATH whose engines use the store.
    pub(crate) fn path(&self) -> OsString {
        let before = env::var_os("PATH").unwrap_or_default();
        env::join_paths([self.folder.join("bin")].into_iter().chain(env::split_paths(&before))).unwrap()
    }

    /// Locks the store. Other tests wait until the result is dropped. A build that searches the cache for its layers
    /// fails (`layer not known`) if an image is removed at that moment, and each test removes its images at its end.
    pub(crate) fn alone(&self) -> File {
        let file = File::create(self.folder.join("lock")).unwrap();
        file.lock().unwrap();
        file
    }
}

/// Returns the settings of a store in a folder. The store includes the images of the machine's store.
pub(crate) fn settings(folder: &Path) -> String {
    static MACHINE: OnceLock<String> = OnceLock::new();
    let machine = MACHINE.get_or_init(|| {
        let mut ask = Command::new("podman");
        Outcome::of_success(ask.args(["info", "--format", "{{.Store.GraphDriverName}} {{.Store.GraphRoot}}"])).stdout
    });
    let (driver, images) = machine.trim().split_once(' ').unwrap();
    let root = folder.display();
    // With `skip_mount_home`, the folder is not mounted on itself. A mounted folder could not be removed.
    format!(
        "[storage]\ndriver = '{driver}'\ngraphroot = '{root}/images'\nrunroot = '{root}/run'\n\
         [storage.options]\nadditionalimagestores = ['{images}']\n\
         [storage.options.overlay]\nskip_mount_home = 'true'\n"
    )
}

fn find_program(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|file| file.is_file())
}
