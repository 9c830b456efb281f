//! Named build contexts: further folders and images that steps of a Dockerfile can read.

use camino::Utf8Path;

use super::checked_text::ValueError;
use super::image::ImageRef;

checked_text!(
    /// The name of a build context, for `COPY --from=NAME` and `RUN --mount=from=NAME`. It hides the stage and the image of
    /// this name, so that it can also replace a base image.
    ///
    /// ```text
    /// name = alnum *( alnum | "_" | "." | "-" | "/" | ":" | "@" )
    /// ```
    ContextName,
    "the name of a build context: letters, digits, `_`, `.`, `-`, `/`, `:` and `@`",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-/:@".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);

checked_text!(
    /// The source of a named build context: a folder, or a URL such as `docker-image://python:3.12`.
    ContextSource,
    "the source of a build context: a folder, or a URL such as `docker-image://IMAGE`",
    |text| !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| !c.is_control())
);

/// The start of a source that is an image.
const IMAGE: &str = "docker-image://";

impl ContextSource {
    /// Returns whether the source is a folder of this machine.
    pub fn is_folder(&self) -> bool {
        !self.0.contains("://") && !self.0.starts_with("git@")
    }

    /// Returns whether the source is always the same: an image with its digest.
    pub fn is_pinned(&self) -> bool {
        let image = self.0.strip_prefix(IMAGE).and_then(|image| image.parse::<ImageRef>().ok());
        image.is_some_and(|image| image.digest().is_some())
    }

    /// Returns the source with a relative folder resolved against `folder`.
    pub(crate) fn resolve(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        if self.is_folder() { folder.join(&self.0).into_string().parse() } else { Ok(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::{ContextName, ContextSource};

    fn source(text: &str) -> ContextSource {
        text.parse().unwrap()
    }

    #[test]
    fn names_and_sources_have_a_grammar() {
        for name in ["lib", "agentix/runtime:0.1.0", "a@sha256:12"] {
            assert_eq!(name.parse::<ContextName>().unwrap().as_str(), name);
        }
        assert!(["", "-a", "a b", "a=b", "a\n"].iter().all(|name| name.parse::<ContextName>().is_err()));
        assert!(["", "-a", "a\nb"].iter().all(|text| text.parse::<ContextSource>().is_err()));
    }

    #[test]
    fn only_an_image_with_its_digest_is_pinned() {
        let pinned = format!("docker-image://python@sha256:{}", "1".repeat(64));
        assert!(source(&pinned).is_pinned());
        for text in ["docker-image://python:3.12", "../lib", "https://example.org/a.git#v1", "oci-layout://a@sha256:12"]
        {
            assert!(!source(text).is_pinned(), "{text}");
        }
    }

    #[test]
    fn folders_are_resolved() {
        let resolved = |text: &str| source(text).resolve("/project".into()).unwrap().to_string();
        assert_eq!(resolved("../lib"), "/project/../lib");
        for same in ["/lib", "docker-image://python:3", "git@example.org:a.git", "https://example.org/a.git"] {
            assert_eq!(resolved(same), same);
        }
    }
}
