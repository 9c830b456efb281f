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

#[cfg(test)]
mod tests {
    use super::License;
    use crate::project::Project;

    fn license(text: &str) -> Option<License> {
        let text = toml::Value::String(text.to_owned());
        let project: Project =
            format!("[project]\nname = 'a'\nversion = '1'\nlicense = {{ text = {text} }}\n").parse().unwrap();
        License::of(&project)
    }

    #[test]
    fn a_license_is_an_expression_or_a_short_name() {
        let name = |text: &str| Some(License::Name(text.to_owned()));
        assert_eq!(license(" MIT OR Zlib "), Some(License::Expression("MIT OR Zlib".to_owned())));
        assert_eq!(license(" MIT License "), name("MIT License"));
        let longest = format!("The {}", "x".repeat(76));
        assert_eq!(license(&longest), name(&longest));
        assert_eq!(license(&format!("{longest}x")), None);
        assert_eq!(license("MIT License\nPermission is granted"), None);
        assert_eq!(license(" "), None);
    }

    #[test]
    fn licenses_that_no_list_has_are_referred_to() {
        let references = |text: &str| license(text).unwrap().references().join(" ");
        assert_eq!(references("MIT AND (LicenseRef-a OR LicenseRef-b)"), "LicenseRef-a LicenseRef-b");
        assert_eq!(references("MIT"), "");
        assert_eq!(references("see LicenseRef-a"), "");
    }
}
