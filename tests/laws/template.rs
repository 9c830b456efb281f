//! Laws of templates, for any text:
//!
//! 1. Rendering ends with a Dockerfile or an error. An error message is one line that starts with the template's name.
//! 2. A Dockerfile starts with the built-in heading.
//! 3. Rendering is deterministic.

use agentix_gen::value::{Dialect, Template};
use agentix_gen::{Bundle, Config, Listing, Project, dockerfile};

const MANIFEST: &str = "[project]\nname = 'hello'\nversion = '1'";

pub(crate) fn hold(text: &str) {
    let render = |text: String| {
        let listing = Listing::from_files([("pyproject.toml", MANIFEST)]).expect("a path");
        let project: Project = MANIFEST.parse().expect("a manifest");
        let bundle = Bundle::new(project, listing, Config::default()).expect("a bundle");
        dockerfile::render(&bundle.with_template(Template::new("template", text)), Dialect::BuildKit)
            .map_err(|error| error.to_string())
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
