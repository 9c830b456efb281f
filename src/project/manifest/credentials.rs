//! Rejects credentials in a manifest. The manifest becomes part of the image, and its credentials would too.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ProjectError, ProjectErrorKind};
use crate::value::{CredentialUrl, IndexName};

/// Fails if the value of any key contains a URL with credentials.
pub(super) fn check(text: &str, manifest: &DeTable<'_>) -> Result<(), ProjectError> {
    Search { text, path: Vec::new() }.table(manifest)
}

/// A search through a manifest, with the path of the current key.
struct Search<'a> {
    text: &'a str,
    path: Vec<String>,
}

impl Search<'_> {
    fn table(&mut self, table: &DeTable<'_>) -> Result<(), ProjectError> {
        for (key, value) in table {
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
            DeValue::String(text) => match CredentialUrl::find(text) {
                Some(url) => {
                    let key = self.path.join(".");
                    let remedy = remedy(&key, table).into();
                    let url = Box::new(url);
                    let error = ProjectError::new(ProjectErrorKind::Credentials { key, url, remedy });
                    Err(error.at(self.text, value.span().start))
                }
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

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
        _ => "remove them, and pass them in a file: --secret id=netrc,src=FILE".to_owned(),
    }
}
