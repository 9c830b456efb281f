//! A user's own template, as a value: what it says is read when a Dockerfile is rendered.

/// A template of a user's, in the language of [minijinja]: `{% extends "bundle.dockerfile" %}` and the blocks that it
/// fills or replaces.
///
/// What it writes itself goes into the Dockerfile as it is; what it prints (`{{ … }}`) is under the rules of ours: a
/// value that was checked stands as it is, any other one only through `quote`, and there is no way around that. It reads
/// no file and includes no template but ours.
///
/// ```
/// # use agentix_gen::{Bundle, Config, Dialect, Listing, Project, dockerfile};
/// # use agentix_gen::value::Template;
/// # let manifest = "[project]\nname = 'hello'\nversion = '1.0'";
/// # let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
/// # let bundle = Bundle::new(manifest.parse::<Project>().unwrap(), listing, Config::default()).unwrap();
/// let text = "{% extends 'bundle.dockerfile' %}{% block end %}\nUSER 1000\n{% endblock %}";
/// let bundle = bundle.with_template(Template::new("site.dockerfile", text));
/// assert!(dockerfile::render(&bundle, Dialect::BuildKit)?.ends_with("\nUSER 1000\n"));
/// # Ok::<(), agentix_gen::dockerfile::RenderError>(())
/// ```
///
/// [minijinja]: https://docs.rs/minijinja/latest/minijinja/syntax/
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    name: String,
    text: String,
}

impl Template {
    /// A template with the name by which messages call it, such as the path of its file.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Whether it has an instruction for which only docker's format of images has a place.
    pub(crate) fn needs_docker_format(&self) -> bool {
        let instructions = self.text.lines().filter_map(|line| line.split_whitespace().next());
        let of_docker = ["HEALTHCHECK", "SHELL", "ONBUILD"];
        instructions.into_iter().any(|word| of_docker.iter().any(|name| word.eq_ignore_ascii_case(name)))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}
