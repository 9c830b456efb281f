//! Rejects credentials in a manifest. The manifest becomes part of the image, and its credentials would too.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ProjectError, ProjectErrorKind};
use crate::value::{CredentialUrl, IndexName};

/// Fails if the manifest contains a URL with credentials: in a value, in a key or in a comment.
pub(super) fn check(text: &str, manifest: &DeTable<'_>) -> Result<(), ProjectError> {
    Search { text, path: Vec::new() }.table(manifest)?;
    match CredentialUrl::find_with_place(text) {
        Some((url, place)) => Err(error("a comment".to_owned(), url, REMEDY).at(text, place)),
        None => Ok(()),
    }
}

/// A search through a manifest, with the path of the current key.
struct Search<'a> {
    text: &'a str,
    path: Vec<String>,
}

impl Search<'_> {
    fn table(&mut self, table: &DeTable<'_>) -> Result<(), ProjectError> {
        for (key, value) in table {
            if let Some(url) = self.find(key.get_ref()) {
                let table = if self.path.is_empty() { "a key".to_owned() } else { self.path.join(".") };
                return Err(error(table, url, REMEDY).at(self.text, key.span().start));
            }
            self.path.push(key.get_ref().to_string());
            self.value(value, table)?;
            self.path.pop();
        }
        Ok(())
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, table: &DeTable<'_>) -> Result<(), ProjectError> {
        match value.get_ref() {
            DeValue::Table(inner) => self.table(inner),
            DeValue::Array(list) => list.iter().try_for_each(|item| self.value(item, table)),
            DeValue::String(text) => match self.find(text) {
                Some(url) => {
                    let key = self.path.join(".");
                    let remedy = remedy(&key, table);
                    Err(error(key, url, &remedy).at(self.text, value.span().start))
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// What `[tool.agentix]` sets becomes visible in the image. The settings of other tools may name a database that
    /// only tests use.
    fn find(&self, text: &str) -> Option<CredentialUrl> {
        let is_own = self.path.iter().take(2).eq(["tool", "agentix"]);
        let key = self.path.last().map_or("", String::as_str);
        let found = if is_own { CredentialUrl::find_of_any_service(text) } else { CredentialUrl::find(text) };
        found.or_else(|| CredentialUrl::find_of_proxy(key, text))
    }
}

fn error(key: String, url: CredentialUrl, remedy: &str) -> ProjectError {
    ProjectError::new(ProjectErrorKind::Credentials { key, url: Box::new(url), remedy: remedy.into() })
}

/// The remedy for every tool that fetches packages.
const REMEDY: &str = "remove them, and pass them in a file: --secret id=netrc,src=FILE";

/// Returns the remedy: uv reads the credentials of a named index from variables, and every tool that fetches packages
/// reads a `.netrc`.
fn remedy(key: &str, table: &DeTable<'_>) -> String {
    let name =
        table.get("name").and_then(|name| name.get_ref().as_str()).and_then(|name| name.parse::<IndexName>().ok());
    match name {
        Some(name) if key == "tool.uv.index.url" => {
            let [user, password] = name.credentials();
            format!("remove them, and set {user} and {password}")
        }
        _ if key.starts_with("tool.agentix.env.") => {
            "remove them, and set the variable when a container starts (--env NAME)".to_owned()
        }
        _ => REMEDY.to_owned(),
    }
}
