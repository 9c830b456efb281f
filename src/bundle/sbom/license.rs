//! The licence of a project.

use crate::bundle::labels::is_expression;
use crate::project::Project;

/// A licence as a manifest states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum License {
    /// An SPDX expression.
    Expression(String),
    /// A name that is not an SPDX expression: `MIT License`.
    Name(String),
}

/// The longest text that is a name of a licence, in bytes. Manifests may have the whole text of the licence instead.
const LONGEST_NAME: usize = 80;

impl License {
    pub(super) fn of(project: &Project) -> Option<Self> {
        let text = project.license()?.trim();
        if is_expression(text) {
            return Some(Self::Expression(text.to_owned()));
        }
        let is_name = !text.is_empty() && text.len() <= LONGEST_NAME && !text.chars().any(char::is_control);
        is_name.then(|| Self::Name(text.to_owned()))
    }

    /// Returns the licences of an expression that no list of SPDX has: `LicenseRef-…`.
    pub(super) fn references(&self) -> Vec<&str> {
        match self {
            Self::Expression(text) => {
                let words = text.split([' ', '(', ')']);
                words.filter(|word| word.starts_with("LicenseRef-")).collect()
            }
            Self::Name(_) => Vec::new(),
        }
    }
}
