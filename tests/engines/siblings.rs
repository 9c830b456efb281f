//! Sibling projects with an in-tree backend.

use crate::engines::builder::{Builder, on};
use crate::engines::image::Image;
use crate::engines::project::{IN_TREE, Project, WHEEL_BACKEND};

mod a_sibling_is_built_by_its_in_tree_backend {
    use super::{Builder, on};

    #[test]
    fn buildx() {
        on(Builder::Buildx, super::build_with_siblings);
    }

    #[test]
    fn legacy() {
        on(Builder::Legacy, super::build_with_siblings);
    }

    #[test]
    fn podman() {
        on(Builder::Podman, super::build_with_siblings);
    }
}

/// Builds a sibling from a uv workspace with uv, and from a path with pip. The backend is in a separate folder. It
/// imports a module from that folder and reads a file from the working folder.
fn build_with_siblings(builder: Builder) {
    let backend = WHEEL_BACKEND
        .replace("import zipfile", "import zipfile\n\nfrom beside import NAME")
        .replace("\"sample-1.0", "NAME + \"-1.0")
        .replace("\"sample.py\", f\"told = {os.environ.get('TOLD')!r}\\n\"", "NAME + \".py\", open('words.py').read()")
        .replace("Name: sample", "Name: part");
    let part = IN_TREE.replace("\"sample\"", "\"part\"").replace("[\".\"]", "[\"tools/build\"]");
    let of_workspace = "[tool.uv.workspace]\nmembers = ['part']\n[tool.uv.sources]\npart = { workspace = true }\n";
    let by_path = "[tool.uv.sources]\npart = { path = 'part' }\n";
    for (sources, installer) in [(of_workspace, "uv"), (by_path, "pip")] {
        let needs = "dependencies = ['part']\n[build-system]";
        let manifest = IN_TREE.replace("[build-system]", needs) + sources;
        let project = Project::plain()
            .file("pyproject.toml", manifest)
            .file("part/pyproject.toml", &part)
            .file("part/tools/build/backend.py", &backend)
            .file("part/tools/build/beside.py", "NAME = 'part'\n")
            .file("part/words.py", format!("words = '{installer}'\n"));
        let image = Image::with(builder, project.path(), &["--installer", installer]);
        assert_eq!(image.python("import part, sample; print(part.words)"), format!("{installer}\n"));
    }
}
