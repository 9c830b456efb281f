//! Package indexes as Poetry, PDM and pipenv describe them, as options of a requirements file: `[[tool.poetry.source]]`,
//! `[[tool.pdm.source]]`, and `[[source]]` of a `Pipfile`.

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
        let url = usable(url).map_err(|reason| (source.name.clone(), reason))?;
        let option = match source.r#type.as_deref() {
            Some("find_links") => "--find-links",
            _ if source.name == main => "--index-url",
            _ => "--extra-index-url",
        };
        if !(option == "--index-url" && is_public(&url)) {
            options.push(format!("{option} {url}"));
        }
        if let Some(host) = host(&url).filter(|_| !source.verify_ssl) {
            options.push(format!("--trusted-host {host}"));
        }
    }
    Ok(options)
}

/// Returns the options of a requirements file for indexes without names, in their order and without duplicates. If the
/// public index is one of them (`with_public`, or by its URL), the others are additional ones. Otherwise, the first one
/// replaces it.
///
/// # Errors
///
/// Why a URL cannot be used.
pub(crate) fn index_options<'a>(urls: impl Iterator<Item = &'a str>, with_public: bool) -> Result<Vec<String>, String> {
    let mut indexes: Vec<String> = Vec::new();
    for url in urls {
        let url = usable(url)?;
        if !indexes.contains(&url) {
            indexes.push(url);
        }
    }
    let all = indexes.len();
    indexes.retain(|url| !is_public(url));
    let has_public = with_public || indexes.len() < all;
    let is_main = |at: usize| at == 0 && !has_public;
    let option = |at| if is_main(at) { "--index-url" } else { "--extra-index-url" };
    Ok(indexes.iter().enumerate().map(|(at, url)| format!("{} {url}", option(at))).collect())
}

/// Returns a URL without credentials, or why it cannot be used.
pub(crate) fn usable(url: &str) -> Result<String, String> {
    let plain = without_variables(url).ok_or_else(|| {
        format!("`{url}` contains an environment variable outside of the credentials; write its value")
    })?;
    if plain.is_empty() || plain.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("`{url}` is not a URL"));
    }
    Ok(plain)
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
pub(crate) fn is_public(url: &str) -> bool {
    let url = url.trim_end_matches('/').strip_suffix("/simple");
    url.is_some_and(|url| url == format!("https://{}.org", "pypi"))
}

/// Returns the host of a URL, with its port.
fn host(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::{IndexSource, index_options, options};

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
    fn indexes_without_names_replace_the_public_one_unless_it_is_used() {
        let public = format!("https://{}.org/simple/", "pypi");
        let (one, two) = ("https://one.example.org/simple", "https://two.example.org/simple");
        let of = |urls: &[&str], with_public| index_options(urls.iter().copied(), with_public).unwrap();
        let main = |url: &str| format!("--index-url {url}");
        let extra = |url: &str| format!("--extra-index-url {url}");
        assert_eq!(of(&[one, two, one], false), [main(one), extra(two)]);
        assert_eq!(of(&[one, two], true), [extra(one), extra(two)]);
        assert_eq!(of(&[one, &public], false), [extra(one)]);
        assert_eq!(of(&[], false), [""; 0]);
        assert!(index_options(["https://a b"].into_iter(), true).unwrap_err().contains("is not a URL"));
    }

    #[test]
    fn a_variable_in_a_host_is_refused() {
        let (name, reason) = of("[[source]]\nname = 'corp'\nurl = 'https://$HOST/simple'").unwrap_err();
        assert!(name == "corp" && reason.starts_with("`https://$HOST/simple` contains an environment variable"));
    }
}
