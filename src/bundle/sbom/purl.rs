//! Package URLs of the type `pypi`.

use std::fmt::Write;

use crate::project::{ComponentOrigin, LockedComponent, PackageIndex};

/// Returns the [package URL] of a locked package.
///
/// ```text
/// purl      = "pkg:pypi/" name [ "@" version ] [ "?" qualifier *( "&" qualifier ) ]
/// qualifier = "repository_url=" index | "vcs_url=" repository | "download_url=" URL | "file_name=" file
/// ```
///
/// The name is normalised. An index is named if the project configures it. `None` for a folder: no index has it.
///
/// [package URL]: https://github.com/package-url/purl-spec
pub(super) fn of(component: &LockedComponent, indexes: &[PackageIndex]) -> Option<String> {
    let is_configured = |index: &String| {
        let without_slash = |url: &str| url.trim_end_matches('/').to_owned();
        indexes.iter().any(|configured| without_slash(&configured.url) == without_slash(index))
    };
    let qualifier = match &component.origin {
        ComponentOrigin::Index(index) => {
            index.as_ref().filter(|index| is_configured(index)).map(|index| ("repository_url", index.clone()))
        }
        ComponentOrigin::Repository(url) => Some(("vcs_url", repository(url))),
        ComponentOrigin::Archive(url) => Some(("download_url", url.clone())),
        ComponentOrigin::Local(path) => {
            let file = path.rsplit('/').next().filter(|file| is_archive(file))?;
            Some(("file_name", file.to_owned()))
        }
    };
    let mut purl = format!("pkg:pypi/{}", component.name);
    if let Some(version) = &component.version {
        purl.push('@');
        encode(version, &mut purl);
    }
    if let Some((key, value)) = qualifier {
        // Writing to a string cannot fail.
        _ = write!(purl, "?{key}=");
        encode(&value, &mut purl);
    }
    Some(purl)
}

/// Returns a repository as SPDX and package URLs name it: the folder in it is the fragment.
pub(super) fn repository(url: &str) -> String {
    url.replacen("#subdirectory=", "#", 1)
}

fn is_archive(file: &str) -> bool {
    [".whl", ".tar.gz", ".zip"].iter().any(|end| file.ends_with(end))
}

/// Percent-encodes a version or the value of a qualifier.
pub(super) fn encode(text: &str, encoded: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            _ = write!(encoded, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::project::{ComponentOrigin, LockedComponent, PackageIndex};

    fn purl(origin: ComponentOrigin) -> Option<String> {
        let name = "six".parse().unwrap();
        let component = LockedComponent { name, version: None, origin, files: Vec::new(), requires: None };
        let table = "[project]\nname = 'a'\nversion = '1'\n[[tool.uv.index]]\nname = 'own'\nurl = 'https://i.example.org/simple/'\n";
        let project: crate::project::Project = table.parse().unwrap();
        let indexes: Vec<PackageIndex> = project.indexes().to_vec();
        super::of(&component, &indexes)
    }

    #[test]
    fn a_local_package_has_a_package_url_only_if_it_is_an_archive() {
        let of_path = |path: &str| purl(ComponentOrigin::Local(path.to_owned()));
        for (path, file) in [("x/six.whl", "six.whl"), ("six.tar.gz", "six.tar.gz"), ("x/y/six.zip", "six.zip")] {
            assert_eq!(of_path(path), Some(format!("pkg:pypi/six?file_name={file}")));
        }
        for path in [".", "six", "x/six", "six.whl/x", ""] {
            assert_eq!(of_path(path), None, "{path}");
        }
    }

    #[test]
    fn only_a_configured_index_is_named() {
        let of_index = |url: Option<&str>| purl(ComponentOrigin::Index(url.map(str::to_owned))).unwrap();
        let named = "pkg:pypi/six?repository_url=https:%2F%2Fi.example.org%2Fsimple";
        assert_eq!(of_index(Some("https://i.example.org/simple")), named);
        assert_eq!(of_index(Some("https://i.example.org/simple/")), format!("{named}%2F"));
        assert_eq!(of_index(Some("https://other.example.org/simple")), "pkg:pypi/six");
        assert_eq!(of_index(None), "pkg:pypi/six");
    }
}
