//! The wheel: maturin builds it, pip installs it into a fresh environment, and the command runs from there.

#![expect(clippy::disallowed_types, clippy::unwrap_used, reason = "a test runs programs, and fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a test reads what was built")]

// Only the environment of the judges is used here.
#[expect(dead_code, reason = "no script is asked")]
#[path = "judges/mod.rs"]
mod judges;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn prints(command: &mut Command) -> String {
    let output = command.current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Builds the wheel with the profile of the tests, which has nearly everything compiled.
fn wheel(mut maturin: Command, folder: &Path) -> PathBuf {
    let arguments = ["build", "--profile", "dev", "--offline", "--compatibility", "linux", "--out"];
    prints(maturin.args(arguments).arg(folder));
    let wheels: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(wheels.len(), 1, "{wheels:?}");
    wheels[0].clone()
}

#[test]
fn the_wheel_holds_the_command() {
    let (Some(maturin), Some(mut python)) = (judges::program("maturin"), judges::program("python")) else { return };
    let folder = TempDir::new().unwrap();
    let wheel = wheel(maturin, &folder.path().join("wheels"));
    let at = |path: &str| folder.path().join(path);
    prints(python.args(["-m", "venv"]).arg(at("venv")));
    let pip = ["--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"];
    prints(Command::new(at("venv/bin/pip")).args(pip).arg(&wheel));
    let built = prints(Command::new(env!("CARGO_BIN_EXE_agentix-gen")).arg("examples/hello-agent"));
    assert_eq!(prints(Command::new(at("venv/bin/agentix-gen")).arg("examples/hello-agent")), built);
    let module = ["-m", "agentix_gen", "examples/hello-agent"];
    assert_eq!(prints(Command::new(at("venv/bin/python")).args(module)), built);

    // Installed into a folder of its own, the package still finds its command.
    prints(Command::new(at("venv/bin/pip")).args(pip).arg("--target").arg(at("target")).arg(&wheel));
    prints(Command::new(at("venv/bin/pip")).args(["uninstall", "--quiet", "--yes", "agentix-gen"]));
    let mut from_target = Command::new(at("venv/bin/python"));
    assert_eq!(prints(from_target.args(module).env("PYTHONPATH", at("target"))), built);
    fs::remove_file(at("target/bin/agentix-gen")).unwrap();
    let lost = from_target.output().unwrap();
    let message = "error: the command agentix-gen is not installed; reinstall the package agentix-gen\n";
    assert_eq!((lost.status.code(), &*String::from_utf8_lossy(&lost.stderr)), (Some(1), message));

    let metadata = at("target").join(format!("agentix_gen-{}.dist-info", env!("CARGO_PKG_VERSION")));
    let text = fs::read_to_string(metadata.join("METADATA")).unwrap();
    for line in [
        concat!("Version: ", env!("CARGO_PKG_VERSION")),
        concat!("License-Expression: ", env!("CARGO_PKG_LICENSE")),
        "Name: agentix-gen",
        "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}:\n{text}");
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let installed = fs::read(metadata.join("licenses").join(licence)).unwrap();
        assert_eq!(installed, fs::read(Path::new(ROOT).join(licence)).unwrap());
    }
}
