//! The command `sbom`.

use std::fs;

use crate::run::{Folder, HELLO};

fn locked() -> Folder {
    Folder::hello().file("requirements.txt", format!("rich==13.0.0 --hash=sha256:{}\n", "0".repeat(64)))
}

#[test]
fn the_bill_of_materials_goes_to_stdout_or_to_a_file() {
    let folder = locked();
    let printed = folder.run(&["sbom"]).prints();
    assert!(printed.contains("\"specVersion\": \"1.6\"") && printed.contains("pkg:pypi/rich@13.0.0"), "{printed}");
    let spdx = folder.run(&["sbom", "--format", "spdx"]).prints();
    assert!(spdx.contains("\"SPDX-2.3\"") && spdx.contains("pkg:pypi/rich@13.0.0"), "{spdx}");
    for _ in 0..2 {
        assert_eq!(folder.run(&["sbom", ".", "--output", "bom.json"]).prints(), "");
        assert_eq!(fs::read_to_string(folder.path("bom.json")).unwrap(), printed);
    }
    let spdx_file = ["sbom", "--format", "spdx", "--output", "bom.json"];
    for _ in 0..2 {
        assert_eq!(folder.run(&spdx_file).prints(), "");
        assert_eq!(fs::read_to_string(folder.path("bom.json")).unwrap(), spdx);
    }
    let refused = folder.run(&["sbom", "--output", "none/bom.json"]).refused();
    assert!(refused.starts_with("error: none/bom.json cannot be written\n"), "{refused}");
}

#[test]
fn a_file_that_is_no_bill_of_this_tool_is_not_replaced() {
    let other = r#"{"metadata": {"tools": {"components": [{"name": "other"}]}}, "bomFormat": "CycloneDX"}"#;
    let folder = locked().file("other.json", other).file("notes.txt", "agentix-gen").file("empty", "");
    for (name, text) in [("other.json", other), ("notes.txt", "agentix-gen"), ("empty", "")] {
        let refused = folder.run(&["sbom", "--output", name]).refused();
        assert!(
            refused.starts_with(&format!("error: {name} already exists and was not written by agentix-gen\n")),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(folder.path(name)).unwrap(), text);
    }
    let stream = folder.run(&["sbom", "--output", "/dev/stdout"]).refused();
    assert!(stream.starts_with("error: /dev/stdout already exists"), "{stream}");
}

#[test]
fn a_project_without_a_lock_is_refused_with_the_remedy() {
    let refused = Folder::with("pyproject.toml", HELLO).run(&["sbom"]).refused();
    assert_eq!(
        refused,
        "error: the project has no lock, so only a build knows what is installed; create one, for example with `uv lock`\n"
    );
}
