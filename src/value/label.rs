//! Keys and values of image labels.

/// The key of the label with which an image states its version of `agentixx`.
pub(crate) const AGENTIX_LABEL: &str = "dev.agentix.version";

checked_text!(
    /// The key of an image label.
    ///
    /// ```text
    /// key = alnum *( alnum | "." | "_" | "/" | "-" )
    /// ```
    LabelKey,
    "the key of a label: letters, digits, `.`, `_`, `/` and `-`, starting with a letter or digit",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);

checked_text!(
    /// One line of text, without control characters.
    SingleLine,
    "one line of text without control characters",
    |text| !text.chars().any(char::is_control)
);
