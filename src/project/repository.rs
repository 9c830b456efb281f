//! Repositories as pip names them: `git+https://…@REVISION`.

/// The kinds of repositories. PDM and pipenv have a key for each.
const KINDS: [&str; 4] = ["git", "hg", "svn", "bzr"];

/// Returns the kind and the URL of the first repository that is set, from the values of the keys `git`, `hg`, `svn` and
/// `bzr`.
pub(crate) fn first(urls: [&Option<String>; 4]) -> Option<(&'static str, &str)> {
    KINDS.into_iter().zip(urls).find_map(|(kind, url)| Some((kind, url.as_deref()?)))
}

/// Returns the URL of a repository for pip. `url` may have the short form of SSH, `git@HOST:PATH`.
pub(crate) fn for_pip((kind, url): (&str, &str), revision: Option<&str>, subdirectory: Option<&str>) -> String {
    let prefix = format!("{kind}+");
    let url = url.strip_prefix(&prefix).unwrap_or(url);
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    // A revision in the URL is a name; the lock has what it stood for.
    let url = match url.rsplit_once('/') {
        Some((folder, name)) if revision.is_some() => {
            format!("{folder}/{}", name.split_once('@').map_or(name, |(name, _)| name))
        }
        _ => url.to_owned(),
    };
    let url = match url.split_once(':') {
        Some((host, path)) if !url.contains("://") => format!("ssh://{host}/{path}"),
        _ => url,
    };
    let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
    format!("{prefix}{url}{revision}{}", fragment(subdirectory))
}

/// Returns the fragment of a URL that names a folder in the repository or in the archive.
pub(crate) fn fragment(subdirectory: Option<&str>) -> String {
    subdirectory.map(|folder| format!("#subdirectory={folder}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::for_pip;

    #[test]
    fn a_repository_is_named_as_pip_reads_it() {
        for (url, revision, subdirectory, expected) in [
            ("https://git.example.org/x.git", Some("01"), None, "git+https://git.example.org/x.git@01"),
            ("https://git.example.org/x.git@v1", Some("01"), None, "git+https://git.example.org/x.git@01"),
            ("https://git.example.org/x.git@v1#egg=x", None, None, "git+https://git.example.org/x.git@v1"),
            ("git@git.example.org:a/x.git", Some("01"), None, "git+ssh://git@git.example.org/a/x.git@01"),
            ("git@git.example.org:x.git", Some("01"), None, "git+ssh://git@git.example.org/x.git@01"),
            ("git+ssh://git@h.example.org/x", Some("01"), Some("y"), "git+ssh://git@h.example.org/x@01#subdirectory=y"),
        ] {
            assert_eq!(for_pip(("git", url), revision, subdirectory), expected, "{url}");
        }
    }
}
