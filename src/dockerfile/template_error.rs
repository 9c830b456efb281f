//! Errors in a user's template.

use std::fmt;

use crate::value::OneLine;

/// An error in a user's template, displayed as `file:line: message`.
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
    /// Returns the line number in the template, starting at 1, or `None` if the error is not in a single line.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}
