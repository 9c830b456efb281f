//! The grammar of image references. Each function parses one rule.

use std::net::Ipv6Addr;

/// The longest name that all engines accept: registry and repository path, with the defaults that docker adds.
const LONGEST_NAME: usize = 255;
/// The longest tag that they accept.
const LONGEST_TAG: usize = 128;

/// A rule of the grammar of image references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageRefRule {
    /// The text is empty.
    #[error("it is empty")]
    Empty,
    /// The text contains white space or a control character.
    #[error("it contains white space or a control character")]
    Blank,
    /// The text starts with `-`, so programs would read it as an option.
    #[error("it cannot start with `-`")]
    LeadingHyphen,
    /// The registry is not a host name, an IPv4 address or an IPv6 address in brackets.
    #[error("the part before the first `/` is not a host name or an IP address")]
    Host,
    /// The port is not a number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// The path is empty.
    #[error("the repository path is empty")]
    EmptyPath,
    /// The path contains an upper-case letter.
    #[error("the repository path contains an upper-case letter; use lower case")]
    Capital,
    /// A component of the path is malformed.
    #[error(
        "each part of the repository path must be lower-case letters and digits, joined by a single `.`, one or two \
         `_`, or hyphens"
    )]
    Component,
    /// The name is too long.
    #[error("the name is longer than 255 characters, with its registry or the `docker.io/library/` that docker adds")]
    NameLength,
    /// The reference looks like an image ID.
    #[error("a name of 64 hexadecimal digits would be read as an image ID; add a tag")]
    ImageId,
    /// The tag is malformed.
    #[error("the tag after `:` must be letters, digits, `_`, `.` and `-`, and must not start with `.` or `-`")]
    Tag,
    /// The tag is too long.
    #[error("the tag is longer than 128 characters")]
    TagLength,
    /// The digest is malformed.
    #[error("the digest after `@` must be `sha256:` with 64 or `sha512:` with 128 lower-case hexadecimal digits")]
    Digest,
}

/// The parts of a reference, borrowed from its text.
pub(super) struct Parts<'a> {
    pub(super) domain: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
}

/// Splits a complete reference into its parts, from right to left: the digest after `@`, the tag after the last `:`,
/// the registry, the path.
pub(super) fn split(text: &str) -> Result<Parts<'_>, ImageRefRule> {
    if text.is_empty() {
        return Err(ImageRefRule::Empty);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(ImageRefRule::Blank);
    }
    if text.starts_with('-') {
        return Err(ImageRefRule::LeadingHyphen);
    }
    let (tagged, digest) = split_digest(text)?;
    let (name, tag) = split_tag(tagged)?;
    let (domain, path) = split_domain(name)?;
    check_path(path)?;
    if full_length(domain, path) > LONGEST_NAME {
        return Err(ImageRefRule::NameLength);
    }
    if domain.is_none() && tag.is_none() && path.len() == 64 && path.bytes().all(is_hex) {
        return Err(ImageRefRule::ImageId);
    }
    Ok(Parts { domain, path, tag, digest })
}

fn split_digest(text: &str) -> Result<(&str, Option<&str>), ImageRefRule> {
    let Some((rest, digest)) = text.split_once('@') else {
        return Ok((text, None));
    };
    let digits = match digest.split_once(':') {
        Some(("sha256", digits)) if digits.len() == 64 => digits,
        Some(("sha512", digits)) if digits.len() == 128 => digits,
        _ => return Err(ImageRefRule::Digest),
    };
    if digits.bytes().all(is_hex) { Ok((rest, Some(digest))) } else { Err(ImageRefRule::Digest) }
}

/// Splits off the tag. A `:` starts a tag only after the last `/`; before it, it starts a port.
fn split_tag(text: &str) -> Result<(&str, Option<&str>), ImageRefRule> {
    let last_component = text.rfind('/').map_or(0, |slash| slash + 1);
    let Some(colon) = text[last_component..].find(':') else {
        return Ok((text, None));
    };
    let (name, tag) = (&text[..last_component + colon], &text[last_component + colon + 1..]);
    let well_formed =
        tag.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-')) && tag.bytes().next().is_some_and(is_word);
    match (well_formed, tag.len() <= LONGEST_TAG) {
        (true, true) => Ok((name, Some(tag))),
        (true, false) => Err(ImageRefRule::TagLength),
        (false, _) => Err(ImageRefRule::Tag),
    }
}

/// Splits off the registry. By docker's rule, the first component is a registry if it contains a `.`, a `:` or an
/// upper-case letter, or is `localhost`.
fn split_domain(name: &str) -> Result<(Option<&str>, &str), ImageRefRule> {
    match name.split_once('/') {
        Some((first, path))
            if first == "localhost" || first.contains(['.', ':', '[']) || first.contains(char::is_uppercase) =>
        {
            check_domain(first)?;
            Ok((Some(first), path))
        }
        _ => Ok((None, name)),
    }
}

fn check_domain(domain: &str) -> Result<(), ImageRefRule> {
    let (host, port) = if let Some(bracketed) = domain.strip_prefix('[') {
        let (address, rest) = bracketed.split_once(']').ok_or(ImageRefRule::Host)?;
        address.parse::<Ipv6Addr>().map_err(|_| ImageRefRule::Host)?;
        match rest {
            "" => return Ok(()),
            _ => ("v6", rest.strip_prefix(':').ok_or(ImageRefRule::Host)?),
        }
    } else {
        match domain.split_once(':') {
            Some(parts) => parts,
            None => (domain, "443"),
        }
    };
    let well_formed = |label: &str| {
        label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if !host.split('.').all(well_formed) {
        return Err(ImageRefRule::Host);
    }
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    if digits && port.parse::<u16>().is_ok_and(|port| port > 0) { Ok(()) } else { Err(ImageRefRule::Port) }
}

fn check_path(path: &str) -> Result<(), ImageRefRule> {
    if path.is_empty() {
        return Err(ImageRefRule::EmptyPath);
    }
    if path.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(ImageRefRule::Capital);
    }
    if path.split('/').all(is_component) { Ok(()) } else { Err(ImageRefRule::Component) }
}

/// Returns the length of a name after docker adds its defaults.
fn full_length(domain: Option<&str>, path: &str) -> usize {
    let domain = domain.filter(|domain| *domain != "index.docker.io").unwrap_or("docker.io");
    let prefix = if domain == "docker.io" && !path.contains('/') { "library/" } else { "" };
    domain.len() + "/".len() + prefix.len() + path.len()
}

fn is_component(text: &str) -> bool {
    let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = text.bytes().next().is_some_and(lower) && text.bytes().last().is_some_and(lower);
    let separators = text.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends && separators.into_iter().all(|s| matches!(s, "" | "." | "_" | "__") || s.bytes().all(|b| b == b'-'))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
