//! Laws of templates, for any text:
//!
//! 1. Rendering ends with a Dockerfile or an error. An error message is one line that starts with the template's name.
//! 2. A Dockerfile starts with the built-in heading.
//! 3. Rendering is deterministic.

use std::sync::LazyLock;

use agentix_gen::value::{Dialect, Template};
use agentix_gen::{Bundle, Config, Listing, Project, dockerfile};

const MANIFEST: &str = "[project]\nname = 'hello'\nversion = '1'";

/// What the templates render: the same for each text.
static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
    let listing = Listing::from_files([("pyproject.toml", MANIFEST)]).expect("a path");
    let project: Project = MANIFEST.parse().expect("a manifest");
    Bundle::new(project, listing, Config::default()).expect("a bundle")
});

pub(crate) fn hold(text: &str) {
    let render = |text: String| {
        let bundle = BUNDLE.clone().with_template(Template::new("template", text));
        dockerfile::render(&bundle, Dialect::BuildKit).map_err(|error| error.to_string())
    };
    for text in [text.to_owned(), format!("{{% extends 'bundle.dockerfile' %}}{{% block end %}}{text}{{% endblock %}}")]
    {
        let rendered = render(text.clone());
        assert_eq!(rendered, render(text));
        match rendered {
            Ok(dockerfile) => assert!(dockerfile.starts_with("# hello 1, on agentix/runtime:"), "{dockerfile}"),
            Err(error) => {
                assert!(error.starts_with("template:"), "{error:?}");
                assert!(!error.contains(char::is_control), "{error:?}");
            }
        }
    }
}
