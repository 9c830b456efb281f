//! Whoever builds a project, the image is the same in what it holds.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::project::hello_agent;

/// What was installed, file by file, and the source with its modes and times. Bytecode holds the time of its making.
const INVENTORY: &str = r#"
import hashlib, json, os, sysconfig
from importlib.metadata import distribution, distributions

def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()

hello = distribution("agentix-hello-agent")
installed = {str(f): digest(f.locate()) for f in hello.files if f.suffix != ".pyc" and f.name != "RECORD"}
source = {}
for folder, folders, files in os.walk("/src/project"):
    for name in folders + files:
        path = os.path.join(folder, name)
        found = os.lstat(path)
        source[path] = [oct(found.st_mode), found.st_mtime, found.st_uid, digest(path) if name in files else ""]
print(json.dumps({
    "installed": installed,
    "source": source,
    "distributions": sorted(d.metadata["Name"] + " " + d.version for d in distributions()),
    "left": [name for folder in ("/tmp", "/mnt") if os.path.isdir(folder) for name in os.listdir(folder)],
}, indent=1, sort_keys=True))
"#;

#[test]
fn the_content_of_an_image_is_the_same_whoever_builds_it() {
    let _alone = Builder::ALL.map(Builder::alone);
    let images: Vec<Image> = Builder::present().map(|builder| Image::of(builder, &hello_agent())).collect();
    let inventories: Vec<String> = images.iter().map(|image| image.python(INVENTORY)).collect();
    let Some(first) = inventories.first() else { return };
    for (image, inventory) in images.iter().zip(&inventories) {
        assert_eq!(inventory, first, "{:?} and {:?}", image.builder, images[0].builder);
    }
    for part in ["\"hello_agent/__init__.py\"", "\"/src/project/pyproject.toml\"", "\"rich ", "\"left\": []"] {
        assert!(first.contains(part), "{part} {first}");
    }
    // What only the build needs.
    assert!(!first.contains("hatchling "), "{first}");
}
