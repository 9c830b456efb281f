//! The package indexes of a project, and the variables with their credentials.

use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use crate::value::{IndexName, VariableName};

/// A package index: an entry of [`[[tool.uv.index]]`][uv].
///
/// [uv]: https://docs.astral.sh/uv/concepts/indexes/
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PackageIndex {
    /// The name. It determines the variables with the credentials.
    pub name: Option<IndexName>,
    /// The location: a URL, or the path of a folder.
    pub url: String,
    /// Whether the index replaces the public index.
    pub default: bool,
    /// Whether the index is used only for packages that name it as their source.
    pub explicit: bool,
    /// Whether the index requires credentials.
    pub authenticate: Authenticate,
}

/// Whether an index requires credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Authenticate {
    /// The index may require credentials.
    #[default]
    Auto,
    /// The index always requires credentials.
    Always,
    /// The index requires no credentials, and uv sends none.
    Never,
}

impl PackageIndex {
    /// Returns the indexes in a manifest. Skips entries that uv would reject.
    ///
    /// # Errors
    ///
    /// Fails if a name cannot be part of a variable's name. The range is the position of the name.
    pub(crate) fn all(manifest: &DeTable<'_>) -> Result<Vec<Self>, (std::ops::Range<usize>, crate::value::ValueError)> {
        let uv = manifest.get("tool").and_then(|tool| tool.get_ref().get("uv"));
        let entries = uv.and_then(|uv| uv.get_ref().get("index")).and_then(|entries| entries.get_ref().as_array());
        let entries = entries.into_iter().flatten();
        entries.filter_map(|entry| Self::read(entry.get_ref().as_table()?)).collect()
    }

    fn read(entry: &DeTable<'_>) -> Option<Result<Self, (std::ops::Range<usize>, crate::value::ValueError)>> {
        let text = |key: &str| entry.get(key).and_then(|value| value.get_ref().as_str());
        let switch = |key: &str| entry.get(key).and_then(|value| value.get_ref().as_bool()).unwrap_or(false);
        let url = text("url")?.to_owned();
        let name =
            match entry.get("name").map(|name| (name.span(), name.get_ref().as_str().unwrap_or_default().parse())) {
                Some((span, Err(error))) => return Some(Err((span, error))),
                Some((_, Ok(name))) => Some(name),
                None => None,
            };
        let authenticate = match text("authenticate") {
            Some("always") => Authenticate::Always,
            Some("never") => Authenticate::Never,
            _ => Authenticate::Auto,
        };
        Some(Ok(Self { name, url, default: switch("default"), explicit: switch("explicit"), authenticate }))
    }

    /// Returns the variables from which uv reads the credentials: `UV_INDEX_<NAME>_USERNAME` and
    /// `UV_INDEX_<NAME>_PASSWORD`. Returns `None` if the index has no name, is a folder or never requires credentials.
    pub fn credentials(&self) -> Option<[VariableName; 2]> {
        let remote = ["http://", "https://"].iter().any(|scheme| self.url.to_ascii_lowercase().starts_with(scheme));
        let name = self.name.as_ref().filter(|_| remote && self.authenticate != Authenticate::Never)?;
        Some(name.credentials())
    }
}

#[cfg(test)]
mod tests {
    use super::{Authenticate, PackageIndex};

    fn indexes(text: &str) -> Vec<PackageIndex> {
        PackageIndex::all(toml::de::DeTable::parse(text).unwrap().get_ref()).unwrap()
    }

    #[test]
    fn indexes_are_parsed() {
        let found = indexes(
            "[[tool.uv.index]]\nname = 'my-corp.2'\nurl = 'https://pypi.example.org/simple'\ndefault = true\n\
             authenticate = 'always'\n[[tool.uv.index]]\nurl = 'https://example.org'\nexplicit = true\n\
             [[tool.uv.index]]\nname = 'without-a-url'",
        );
        assert_eq!(found.len(), 2);
        assert!(found[0].default && !found[0].explicit && found[0].authenticate == Authenticate::Always);
        let variables = found[0].credentials().unwrap();
        let variables = variables.each_ref().map(super::VariableName::as_str);
        assert_eq!(variables, ["UV_INDEX_MY_CORP_2_USERNAME", "UV_INDEX_MY_CORP_2_PASSWORD"]);
        assert!(found[1].explicit && found[1].credentials().is_none());
        assert_eq!(indexes("tool = 1"), []);
        assert_eq!(indexes("[tool.uv]\nindex = 'x'"), []);
    }

    #[test]
    fn an_index_that_needs_no_credentials_has_no_variables() {
        for more in [
            "url = 'http://example.org'\nauthenticate = 'never'",
            "url = 'https://example.org'\nauthenticate = 'never'",
            "url = './wheels'",
            "url = 'file:///wheels'",
        ] {
            assert_eq!(indexes(&format!("[[tool.uv.index]]\nname = 'a'\n{more}"))[0].credentials(), None, "{more}");
        }
    }

    #[test]
    fn an_http_index_has_variables() {
        for scheme in ["http", "HTTPS"] {
            let text = format!("[[tool.uv.index]]\nname = 'a'\nurl = '{scheme}://example.org'");
            assert!(indexes(&text)[0].credentials().is_some(), "{scheme}");
        }
    }

    #[test]
    fn a_name_that_cannot_be_in_a_variable_is_rejected() {
        let text = "[[tool.uv.index]]\nname = 'a\\n$(id)'\nurl = 'https://example.org'";
        assert!(PackageIndex::all(toml::de::DeTable::parse(text).unwrap().get_ref()).is_err());
    }
}
