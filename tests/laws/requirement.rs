//! The laws of a dependency specifier, for any text:
//!
//! 1. Displaying what was parsed gives back the text without the blanks around it, and parsing that gives back the same
//!    requirement.
//! 2. It is one line of a requirement file that an installer reads as this requirement: no option, no comment, no
//!    continuation, no variable.
//! 3. What is refused is refused in one line.

use agentix_gen::project::Requirement;

pub(crate) fn hold(text: &str) {
    match text.parse::<Requirement>() {
        Ok(requirement) => {
            let line = requirement.to_string();
            assert_eq!(line, text.trim());
            assert_eq!(line.parse(), Ok(requirement));
            assert!(line.starts_with(|c: char| c.is_ascii_alphanumeric()), "{line:?}");
            assert!(line.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{line:?}");
            assert!([" #", " -", "${"].iter().all(|misread| !line.contains(misread)), "{line:?}");
            assert!(!line.ends_with('\\'), "{line:?}");
        }
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    }
}
