//! A stub program that answers like podman and docker 20.10, for tests that need no real engine.

use crate::run::Folder;

/// Adds the stub to a folder. It has all images, none of them with a label, and runs the script `build` as its build.
pub(crate) fn engine(folder: Folder, build: &str) -> Folder {
    engine_with(folder, build, "")
}

/// Adds the stub to a folder. Its images have these labels, as an engine prints them.
pub(crate) fn engine_with(folder: Folder, build: &str, labels: &str) -> Folder {
    let script = format!(
        "#!/bin/sh\ncase \"$1 $2\" in\n'--version '*) echo podman version 5.0.0 ;;\n\
         'version --format') echo '{{\"Client\":{{\"Version\":\"20.10.24\"}},\"Server\":{{\"Version\":\"20.10.24\"}}}}' ;;\n\
         'buildx version') exit 1 ;;\n\
         'image inspect') shift 4; for image; do echo \"0123456789 {labels}\"; done ;;\n\
         'build '*) {build} ;;\nesac\n"
    );
    folder.program("bin/podman", &script).program("bin/docker", &script)
}

/// Returns the `PATH` that contains the stub.
pub(crate) fn path(folder: &Folder) -> String {
    format!("{}:/usr/bin:/bin", folder.path("bin").display())
}
