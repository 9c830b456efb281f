//! Checks that all builders produce images with the same content.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::project::hello_agent;
use crate::engines::turn::is_left;

/// Prints the digest of each installed file, the paths below `/src`, and what the build left. Bytecode is excluded because it
/// contains the time when it was compiled.
const INVENTORY: &str = r#"
import hashlib, json, os, sysconfig
from importlib.metadata import distribution, distributions

def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()

hello = distribution("agentix-hello-agent")
installed = {str(f): digest(f.locate()) for f in hello.files if f.suffix != ".pyc" and f.name != "RECORD"}
source = [os.path.join(folder, name) for folder, _, files in os.walk("/src") for name in files]
print(json.dumps({
    "installed": installed,
    "source": source,
    "distributions": sorted(d.metadata["Name"] + " " + d.version for d in distributions()),
    "left": [name for folder in ("/tmp", "/mnt") if os.path.isdir(folder) for name in os.listdir(folder)],
}, indent=1, sort_keys=True))
"#;

#[test]
fn all_builders_produce_the_same_content() {
    if is_left("all_builders_produce_the_same_content") {
        return;
    }
    let _locks = Builder::ALL.map(Builder::alone);
    let images: Vec<Image> = Builder::present().map(|builder| Image::of(builder, &hello_agent())).collect();
    let inventories: Vec<String> = images.iter().map(|image| image.python(INVENTORY)).collect();
    let Some(first) = inventories.first() else { return };
    for (image, inventory) in images.iter().zip(&inventories) {
        assert_eq!(inventory, first, "{:?} and {:?}", image.builder, images[0].builder);
    }
    for part in ["\"hello_agent/__init__.py\"", "\"source\": []", "\"rich ", "\"left\": []"] {
        assert!(first.contains(part), "{part} {first}");
    }
    // Only the build needs hatchling.
    assert!(!first.contains("hatchling "), "{first}");
}
