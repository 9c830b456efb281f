//! Credentials in a manifest: it becomes part of the image, and they would with it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ProjectError, ProjectErrorKind};
use crate::value::{CredentialUrl, IndexName};

/// Refuses a URL with credentials, whatever key it stands under.
pub(super) fn refuse(text: &str, manifest: &DeTable<'_>) -> Result<(), ProjectError> {
    Search { text, path: Vec::new() }.table(manifest)
}

/// Where in the manifest the search is.
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

    fn value(&mut self, value: &Spanned<DeValue<'_>>, around: &DeTable<'_>) -> Result<(), ProjectError> {
        match value.get_ref() {
            DeValue::Table(table) => self.table(table),
            DeValue::Array(list) => list.iter().try_for_each(|one| self.value(one, around)),
            DeValue::String(text) => match CredentialUrl::find(text) {
                Some(url) => {
                    let key = self.path.join(".");
                    let remedy = remedy(&key, around).into();
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

/// An index of uv has variables for them; everything that fetches reads a `.netrc`.
fn remedy(key: &str, around: &DeTable<'_>) -> String {
    let name =
        around.get("name").and_then(|name| name.get_ref().as_str()).and_then(|name| name.parse::<IndexName>().ok());
    match name {
        Some(name) if key == "tool.uv.index.url" => {
            let [user, password] = name.credentials();
            format!("take them out, and set {user} and {password}")
        }
        _ => "take them out, and give them in a file: --secret id=netrc,src=FILE".to_owned(),
    }
}
