//! A bill of materials, compared with what is installed in the image.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engines::builder::{Builder, RUNTIME_IMAGE, not_run, on};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project, WHEEL_BACKEND};
use crate::engines::turn::is_left;
use crate::judges;

/// Prints the name and the version of each distribution.
const INSTALLED: &str = r#"
import json, re
from importlib.metadata import distributions
print(json.dumps({re.sub("[-_.]+", "-", d.metadata["Name"]).lower(): d.version for d in distributions()}))
"#;

const NEEDS: &str = "version = \"1.0\"\nrequires-python = \">=3.11\"\ndependencies = [\"zope.interface\", \
                     \"httpx\", \"tomli ; python_version < '3.11'\", \"pywin32 ; sys_platform == 'win32'\"]\n";

#[test]
fn docker_installs_what_the_bill_of_materials_lists() {
    if is_left("docker_installs_what_the_bill_of_materials_lists") {
        return;
    }
    on(Builder::Buildx, assert_installed);
}

#[test]
fn podman_installs_what_the_bill_of_materials_lists() {
    if is_left("podman_installs_what_the_bill_of_materials_lists") {
        return;
    }
    on(Builder::Podman, assert_installed);
}

fn assert_installed(builder: Builder) {
    let manifest = IN_TREE.replace("version = \"1.0\"\n", NEEDS);
    let project = Project::new(&manifest).file("backend.py", WHEEL_BACKEND);
    let Some(mut uv) = judges::program("uv") else { return };
    let locked = Outcome::of(uv.args(["lock", "--project"]).arg(project.path()));
    if locked.code != 0 {
        return not_run(&format!("uv cannot lock: {locked}"));
    }
    let listed = Outcome::of_success(builder.agentix_gen().arg("sbom").arg(project.path())).stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let components = listed["components"].as_array().unwrap().iter().chain([&listed["metadata"]["component"]]);
    let listed: BTreeMap<String, String> =
        components.map(|component| (text(&component["name"]), text(&component["version"]))).collect();
    assert!(listed.contains_key("httpcore") && listed.contains_key("sample"), "{listed:?}");

    let image = Image::of(builder, project.path());
    let mut base = builder.command(builder.runner());
    base.args(["run", "--rm", "--network=none", "--entrypoint", "/nix/runtime/bin/python", RUNTIME_IMAGE]);
    let base = Outcome::of_success(base.args(["-c", INSTALLED])).stdout;
    let mut expected: BTreeMap<String, String> = serde_json::from_str(&base).unwrap();
    assert!(!expected.contains_key("zope-interface"), "{expected:?}");
    expected.extend(listed);
    let installed: BTreeMap<String, String> = serde_json::from_str(&image.python(INSTALLED)).unwrap();
    assert_eq!(installed, expected);
}
