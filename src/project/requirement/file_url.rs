//! Reads the path of a `file:` URL, which may be relative.
//!
//! The URL standard has no relative `file:` URLs, and a URL parser drops their `..`. Installers resolve them relative
//! to the project, so this module reads the path from the text.

use std::fmt::Write;

/// Returns the path of a `file:` URL, absolute or relative to the project, with `%…` decoded.
pub(crate) fn path(url: &str) -> Result<String, &'static str> {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let rest = url.split_once(':').map_or(url, |(_, rest)| rest);
    let encoded = match rest.strip_prefix("//") {
        Some(with_host) => {
            let slash = with_host.find('/').unwrap_or(with_host.len());
            match &with_host[..slash] {
                "" | "localhost" => &with_host[slash..],
                _ => return Err("its URL contains a host; write a relative path without `//`"),
            }
        }
        None => rest,
    };
    let path = percent_decoded(encoded).ok_or("its URL contains a `%` that is not part of encoded UTF-8")?;
    let folder = fragment.split('&').find_map(|part| part.strip_prefix("subdirectory="));
    match (path.is_empty(), folder) {
        (true, _) => Err("its URL has no path"),
        (false, Some(folder)) => Ok(format!("{}/{folder}", path.trim_end_matches('/'))),
        (false, None) => Ok(path),
    }
}

/// Returns the `file:` URL of a path, absolute or relative to the project.
pub(crate) fn of_path(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@~".contains(&byte);
    let mut url = "file:".to_owned();
    for byte in path.bytes() {
        if is_plain(byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{of_path, path};

    #[test]
    fn paths_are_kept_relative() {
        for (url, expected) in [
            ("file:../lib", "../lib"),
            ("file:lib", "lib"),
            ("file:/a/lib", "/a/lib"),
            ("file:///a/b%20c/%C3%A9", "/a/b c/é"),
            ("file://localhost/a", "/a"),
            ("FILE:../x.whl#sha256=12", "../x.whl"),
            ("file:../repo/#subdirectory=lib&egg=x", "../repo/lib"),
        ] {
            assert_eq!(path(url).unwrap(), expected, "{url}");
        }
        for path_of in ["../lib", "/a/b c/é", "a%2", "a;b#c@d"] {
            assert_eq!(path(&of_path(path_of)).unwrap(), path_of);
        }
        for url in ["file:", "file://host/a", "file://lib", "file:a%2", "file:a%zz", "file:a%+1", "file:%ff", "file:#a"]
        {
            assert!(path(url).is_err(), "{url}");
        }
    }
}
