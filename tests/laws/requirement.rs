//! Laws of dependency specifiers, for any text:
//!
//! 1. A parsed requirement is displayed as the original text without surrounding white space, and parsing that gives
//!    the same requirement.
//! 2. It is one line of a requirements file that an installer reads as this requirement: it contains no option,
//!    comment, continuation or variable.
//! 3. An error message is one line.

use agentix_gen::project::Requirement;

pub(crate) fn hold(text: &str) {
    match text.parse::<Requirement>() {
        Ok(requirement) => {
            let line = requirement.to_string();
            assert_eq!(line, text.trim());
            assert_eq!(line.parse(), Ok(requirement));
            assert!(line.starts_with(|c: char| c.is_ascii_alphanumeric()), "{line:?}");
            assert!(line.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{line:?}");
            for misread in [" #", " -", "${"] {
                assert!(!line.contains(misread), "{line:?} contains {misread:?}");
            }
            assert!(!line.ends_with('\\'), "{line:?}");
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    }
}
