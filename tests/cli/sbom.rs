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
    let refused = folder.run(&["sbom", "--output", "none/bom.json"]).refused();
    assert!(refused.starts_with("error: none/bom.json cannot be written\n"), "{refused}");
}

#[test]
fn a_project_without_a_lock_is_refused_with_the_remedy() {
    let refused = Folder::with("pyproject.toml", HELLO).run(&["sbom"]).refused();
    assert_eq!(
        refused,
        "error: the project has no lock, so only a build knows what is installed; create one, for example with `uv lock`\n"
    );
}
