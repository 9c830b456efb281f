//! What labels of an image hold.

checked_text!(
    /// The key of an image label.
    ///
    /// ```text
    /// key = alnum *( alnum | "." | "_" | "/" | "-" )
    /// ```
    LabelKey,
    "the key of a label: letters, digits, `.`, `_`, `/` and `-`, a letter or digit first",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);

checked_text!(
    /// One line of text: anything but control characters.
    SingleLine,
    "one line of text: control characters cannot occur in it",
    |text| !text.chars().any(char::is_control)
);
