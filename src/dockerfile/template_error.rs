//! What is wrong with a user's template.

use std::fmt;

use crate::value::OneLine;

/// What is wrong with a user's template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct TemplateError {
    pub(super) template: String,
    pub(super) line: Option<usize>,
    pub(super) what: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(&self.template))?;
        self.line.iter().try_for_each(|line| write!(f, ":{line}"))?;
        write!(f, ": {}", OneLine(&self.what))
    }
}

impl TemplateError {
    /// The line of the template, from 1; none where it is not one line that is wrong.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}
