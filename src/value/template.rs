//! Templates of users. A template is parsed when a Dockerfile is rendered.

/// A user's template in the language of [minijinja]: `{% extends "bundle.dockerfile" %}`, followed by the blocks that
/// the template fills or replaces.
///
/// The template's own text is written to the Dockerfile unchanged. Printed values (`{{ … }}`) follow the rules of the
/// built-in templates: a checked value is written unchanged, and every other value must pass through `quote`. A
/// template cannot bypass these rules. It cannot read files, and can include only the built-in templates.
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
    /// Creates a template. Messages show its `name`, such as the path of its file.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Returns whether the template has an instruction that only docker's image format supports.
    pub(crate) fn needs_docker_format(&self) -> bool {
        self.has_any(&["HEALTHCHECK", "SHELL", "ONBUILD"])
    }

    /// Returns whether the template may decide what the image starts: it sets the entry point, or adds a stage.
    pub(crate) fn decides_what_starts(&self) -> bool {
        self.has_any(&["ENTRYPOINT", "FROM"])
    }

    fn has_any(&self, instructions: &[&str]) -> bool {
        let mut words = self.text.lines().filter_map(|line| line.split_whitespace().next());
        words.any(|word| instructions.iter().any(|name| word.eq_ignore_ascii_case(name)))
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    #[test]
    fn the_instructions_of_a_template_are_seen() {
        for (text, needs_docker_format, decides_what_starts) in [
            ("", false, false),
            ("COPY a b\nRUN SHELL", false, false),
            ("# FROM\n\n  healthcheck NONE", true, false),
            ("COPY a b\nSHELL ['sh']", true, false),
            ("ONBUILD RUN x", true, false),
            ("FROM scratch", false, true),
            ("\tEntrypoint ['x']\n", false, true),
            ("ENTRYPOINTS x\nFROMAGE", false, false),
        ] {
            let template = Template::new("t", text);
            let seen = (template.needs_docker_format(), template.decides_what_starts());
            assert_eq!(seen, (needs_docker_format, decides_what_starts), "{text:?}");
        }
    }
}
