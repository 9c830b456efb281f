//! Package indexes as PDM and pipenv describe them: `[[tool.pdm.source]]`, and `[[source]]` of a `Pipfile`.

use serde::Deserialize;

/// A package index.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct IndexSource {
    #[serde(default)]
    pub(crate) name: String,
    url: Option<String>,
    #[serde(default = "is_verified")]
    verify_ssl: bool,
    /// `index`, or `find_links` for a page with links.
    r#type: Option<String>,
}

fn is_verified() -> bool {
    true
}

/// Returns the options of a requirements file for these indexes. The index with the name `main` replaces the public one;
/// the public one itself needs no option, so that pip's own settings can name a mirror of it.
///
/// # Errors
///
/// The name of an index, and why its URL cannot be used.
pub(crate) fn options(sources: &[IndexSource], main: &str) -> Result<Vec<String>, (String, String)> {
    let mut options = Vec::new();
    for source in sources {
        let Some(url) = &source.url else { continue };
        let url = without_variables(url).ok_or_else(|| {
            let reason =
                format!("`{url}` contains an environment variable outside of the credentials; write its value");
            (source.name.clone(), reason)
        })?;
        let option = match source.r#type.as_deref() {
            Some("find_links") => "--find-links",
            _ if source.name == main => "--index-url",
            _ => "--extra-index-url",
        };
        if url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err((source.name.clone(), format!("`{url}` is not a URL")));
        }
        if !(option == "--index-url" && is_public(&url)) {
            options.push(format!("{option} {url}"));
        }
        if let Some(host) = host(&url).filter(|_| !source.verify_ssl) {
            options.push(format!("--trusted-host {host}"));
        }
    }
    Ok(options)
}

/// Removes credentials that consist of variables (`https://${USER}:${TOKEN}@…`): a build gets them as a secret. Returns
/// `None` if another part has a variable.
fn without_variables(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let plain = if scheme.is_empty() { url.to_owned() } else { format!("{scheme}://{host}{path}") };
    (!plain.contains('$')).then_some(plain)
}

/// Returns whether a URL is that of the public index, which is named like its host.
fn is_public(url: &str) -> bool {
    let url = url.trim_end_matches('/').strip_suffix("/simple");
    url.is_some_and(|url| url == format!("https://{}.org", "pypi"))
}

/// Returns the host of a URL, with its port.
fn host(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::{IndexSource, options};

    fn of(sources: &str) -> Result<Vec<String>, (String, String)> {
        #[derive(serde::Deserialize)]
        struct Tables {
            source: Vec<IndexSource>,
        }
        options(&toml::from_str::<Tables>(sources).unwrap().source, "pypi")
    }

    #[test]
    fn the_main_index_replaces_the_public_one() {
        let public = format!("[[source]]\nname = 'pypi'\nurl = 'https://{}.org/simple'\n", "pypi");
        assert_eq!(of(&public).unwrap(), [""; 0]);
        let other = "[[source]]\nname = 'corp'\nurl = 'https://${USER}:${TOKEN}@index.example.org:8443/simple'\nverify_ssl = false\n\
                     [[source]]\nname = 'links'\ntype = 'find_links'\nurl = 'https://links.example.org'\n";
        assert_eq!(
            of(&format!("{public}{other}")).unwrap(),
            [
                "--extra-index-url https://index.example.org:8443/simple",
                "--trusted-host index.example.org:8443",
                "--find-links https://links.example.org",
            ]
        );
        let mirror = "[[source]]\nname = 'pypi'\nurl = 'https://mirror.example.org/simple'";
        assert_eq!(of(mirror).unwrap(), ["--index-url https://mirror.example.org/simple"]);
    }

    #[test]
    fn a_variable_in_a_host_is_refused() {
        let (name, reason) = of("[[source]]\nname = 'corp'\nurl = 'https://$HOST/simple'").unwrap_err();
        assert!(name == "corp" && reason.starts_with("`https://$HOST/simple` contains an environment variable"));
    }
}
