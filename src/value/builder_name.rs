//! The name of a builder of docker's buildx plugin.

checked_text!(
    /// The name of a buildx builder, or of a docker context, whose own builder has its name: `team`.
    ///
    /// ```text
    /// name = alnum *( alnum | "_" | "." | "-" )
    /// ```
    BuilderName,
    "the name of a buildx builder: letters, digits, `_`, `.` and `-`",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);
