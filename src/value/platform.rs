//! Where an image is built for, and over which network.

checked_text!(
    /// The platform of an image: `linux/amd64`, `linux/arm/v7`.
    ///
    /// ```text
    /// platform = os "/" architecture [ "/" variant ]      each of letters, digits, "_", "." and "-"
    /// ```
    Platform,
    "a platform: `OS/ARCH` or `OS/ARCH/VARIANT`, such as linux/arm64",
    |text| {
        let part = |part: &str| {
            part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
                && part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        };
        matches!(text.split('/').count(), 2 | 3) && text.split('/').all(part)
    }
);

checked_text!(
    /// The network that build steps use: `host`, `none`, `default`, or the name of one the engine has.
    Network,
    "a network: `host`, `none`, `default` or a name",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);
