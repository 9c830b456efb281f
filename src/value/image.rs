//! Image references, and the default reference of a project's image.

mod grammar;

use std::fmt;
use std::str::FromStr;

use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use super::display::{Escaped, Redacted};
use super::name::ProjectName;

pub use grammar::ImageRefRule;

/// A reference to an image, in the syntax of docker, podman and buildah.
///
/// ```text
/// reference  = [ domain "/" ] path [ ":" tag ] [ "@" digest ]
/// domain     = host [ ":" port ]          contains ".", ":" or an upper-case letter, or is "localhost"
/// host       = name | IPv4 | "[" IPv6 "]"
/// path       = component *( "/" component )                            with the domain, at most 255 characters
/// component  = lower *( separator lower ), separator = "." | "_" | "__" | "-"+
/// tag        = word *127( word | "." | "-" )
/// digest     = algorithm ":" hex          sha256: 64 digits, sha512: 128 digits
/// ```
///
/// The grammar is that of the [distribution project] and of the [OCI distribution specification]. It allows no white
/// space, no control characters and no leading `-`, so a reference needs no quoting in a Dockerfile or an argument
/// list. `Display` writes the text that the reference was parsed from.
///
/// ```
/// let image: agentix_gen::ImageRef = "localhost:5000/team/app:1.2".parse()?;
/// assert_eq!(image.domain(), Some("localhost:5000"));
/// assert_eq!(image.path(), "team/app");
/// assert_eq!(image.tag(), Some("1.2"));
/// assert_eq!(image.to_string(), "localhost:5000/team/app:1.2");
/// # Ok::<(), agentix_gen::value::ImageRefError>(())
/// ```
///
/// [distribution project]: https://pkg.go.dev/github.com/distribution/reference
/// [OCI distribution specification]: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ImageRef {
    domain: Option<String>,
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// The error for a text that is not an image reference. It contains the grammar rule that the text violates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not an image reference: {rule}", Escaped(.text))]
pub struct ImageRefError {
    text: String,
    rule: ImageRefRule,
}

impl ImageRefError {
    /// Returns the rule that the text violates.
    pub fn rule(&self) -> ImageRefRule {
        self.rule
    }
}

impl ImageRef {
    /// Returns the default reference of a project's image: `<short name>:<version>`.
    ///
    /// The version has the normal form of [PEP 440]. The two characters that a tag cannot contain are replaced by `-`:
    /// the `+` before a local version (`1.0+cu121` → `1.0-cu121`) and the `!` after an epoch (`1!2` → `1-2`).
    ///
    /// ```
    /// # use agentix_gen::ImageRef;
    /// let image = ImageRef::from_project(&"agentix-Hello".parse()?, &"1.0.RC1+cu121".parse()?)?;
    /// assert_eq!(image.to_string(), "hello:1.0rc1-cu121");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the name is longer than 237 characters or the version is longer than 128.
    ///
    /// [PEP 440]: https://peps.python.org/pep-0440/#normalization
    pub fn from_project(name: &ProjectName, version: &Version) -> Result<Self, ImageRefError> {
        let tag = version.to_string().replace(['+', '!'], "-");
        format!("{}:{tag}", name.short()).parse()
    }

    /// Returns the registry, with its port: `registry.example.org`, `localhost:5000`, `[::1]:5000`. `None` if the
    /// engine chooses it.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// Returns the repository within the registry: `library/python`, `team/app`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the last component of the path, which is also the name of the folder for the image's context.
    pub fn base_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Returns the tag, without its colon.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Returns the digest, as `algorithm:hex`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Returns whether both references name the same image after an engine adds its defaults.
    ///
    /// The defaults are the registry `docker.io` (or `localhost` in podman), the path prefix `library/`, and the tag
    /// `latest`.
    ///
    /// ```
    /// # use agentix_gen::ImageRef;
    /// let image = |text: &str| text.parse::<ImageRef>().unwrap();
    /// assert!(image("python").is_same_image(&image("docker.io/library/python:latest")));
    /// assert!(!image("python:3.11").is_same_image(&image("python:3.12")));
    /// ```
    pub fn is_same_image(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// Returns the reference without its digest.
    #[must_use]
    pub fn without_digest(&self) -> Self {
        Self { digest: None, ..self.clone() }
    }

    /// Returns the reference with this digest. `None` if the reference already has a digest, or if `digest` is invalid.
    pub fn with_digest(&self, digest: &str) -> Option<Self> {
        if self.digest.is_some() { None } else { format!("{self}@{digest}").parse().ok() }
    }

    /// Returns whether both references name the same repository in the same registry.
    pub(crate) fn is_same_repository(&self, other: &Self) -> bool {
        let repository = |image: &Self| {
            let domain = image.domain.clone().filter(|domain| !matches!(&**domain, "docker.io" | "index.docker.io"));
            let path = image.path.strip_prefix("library/").filter(|_| domain.is_none()).unwrap_or(&image.path);
            (domain, path.to_owned())
        };
        repository(self) == repository(other)
    }

    fn canonical(&self) -> (Option<&str>, &str, Option<&str>, Option<&str>) {
        let domain = self.domain().filter(|d| !matches!(*d, "docker.io" | "index.docker.io" | "localhost"));
        let path = match domain {
            None => self.path.strip_prefix("library/").unwrap_or(&self.path),
            Some(_) => &self.path,
        };
        let tag = self.tag().or(if self.digest.is_none() { Some("latest") } else { None });
        (domain, path, tag, self.digest())
    }
}

impl FromStr for ImageRef {
    type Err = ImageRefError;

    fn from_str(text: &str) -> Result<Self, ImageRefError> {
        let parts = grammar::split(text).map_err(|rule| ImageRefError { text: Redacted(text).to_string(), rule })?;
        Ok(Self {
            domain: parts.domain.map(str::to_owned),
            path: parts.path.to_owned(),
            tag: parts.tag.map(str::to_owned),
            digest: parts.digest.map(str::to_owned),
        })
    }
}

impl TryFrom<String> for ImageRef {
    type Error = ImageRefError;

    fn try_from(text: String) -> Result<Self, ImageRefError> {
        text.parse()
    }
}

impl From<ImageRef> for String {
    fn from(image: ImageRef) -> Self {
        image.to_string()
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(domain) = &self.domain {
            write!(f, "{domain}/")?;
        }
        f.write_str(&self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
