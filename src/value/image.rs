//! Image references, and the reference that a project gets when nobody names one.

mod grammar;

use std::fmt;
use std::str::FromStr;

use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use super::display::Escaped;
use super::name::ProjectName;

pub use grammar::ImageRefRule;

/// A reference to an image, as docker, podman and buildah read it.
///
/// ```text
/// reference  = [ domain "/" ] path [ ":" tag ] [ "@" digest ]
/// domain     = host [ ":" port ]          with a "." or ":" or a capital in it, or "localhost"
/// host       = name | IPv4 | "[" IPv6 "]"
/// path       = component *( "/" component )                            at most 255 characters
/// component  = lower *( separator lower ), separator = "." | "_" | "__" | "-"+
/// tag        = word *127( word | "." | "-" )
/// digest     = algorithm ":" hex          sha256: 64 digits, sha512: 128 digits
/// ```
///
/// The grammar is that of the [distribution project] and of the [OCI distribution specification]; nothing in it can be
/// white space, a control character or a leading `-`, which is why a reference may stand in a Dockerfile or an argument
/// list as it is. Displaying a parsed reference gives back the text it was parsed from.
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

/// A text that is no image reference, and the rule of the grammar that it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not an image reference: {rule}", Escaped(.text))]
pub struct ImageRefError {
    text: String,
    rule: ImageRefRule,
}

impl ImageRefError {
    /// The rule that failed.
    pub fn rule(&self) -> ImageRefRule {
        self.rule
    }
}

impl ImageRef {
    /// The reference of a project's image when nobody names one: `<short name>:<version>`.
    ///
    /// The version is the normal form of [PEP 440], and the two characters of it that no tag may hold become `-`:
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
    /// A name over 255 characters, or a version over 128, fits no reference.
    ///
    /// [PEP 440]: https://peps.python.org/pep-0440/#normalization
    pub fn from_project(name: &ProjectName, version: &Version) -> Result<Self, ImageRefError> {
        let tag = version.to_string().replace(['+', '!'], "-");
        format!("{}:{tag}", name.short()).parse()
    }

    /// The registry, with its port: `ghcr.io`, `localhost:5000`, `[::1]:5000`; none where the engine chooses it.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The repository within the registry: `library/python`, `team/app`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last component of the path: what a folder of this image's context is called.
    pub fn base_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The tag, without its colon.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, as `algorithm:hex`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Whether both name the same image once an engine has filled in what they leave out: the registry `docker.io` (or
    /// podman's `localhost`), its `library/`, and the tag `latest`.
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

    /// The same reference without its digest.
    #[must_use]
    pub fn without_digest(&self) -> Self {
        Self { digest: None, ..self.clone() }
    }

    /// The same reference with a digest; none where it has one already, or where the text is none.
    pub fn with_digest(&self, digest: &str) -> Option<Self> {
        if self.digest.is_some() { None } else { format!("{self}@{digest}").parse().ok() }
    }

    /// Whether both are of one repository of one registry.
    pub(crate) fn is_same_repository(&self, other: &Self) -> bool {
        let of = |image: &Self| {
            let domain = image.domain.clone().filter(|domain| !matches!(&**domain, "docker.io" | "index.docker.io"));
            let path = image.path.strip_prefix("library/").filter(|_| domain.is_none()).unwrap_or(&image.path);
            (domain, path.to_owned())
        };
        of(self) == of(other)
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
        let parts = grammar::split(text).map_err(|rule| ImageRefError { text: text.to_owned(), rule })?;
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
