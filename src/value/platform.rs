//! The platform of an image, and the network of its build.

checked_text!(
    /// The platform of an image: `linux/amd64`, `linux/arm/v7`.
    ///
    /// ```text
    /// platform = os "/" architecture [ "/" variant ]      each part = alnum *( alnum | "_" | "." | "-" )
    /// ```
    Platform,
    "a platform: `OS/ARCH` or `OS/ARCH/VARIANT`, such as `linux/arm64`",
    |text| {
        let part = |part: &str| {
            part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
                && part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        };
        matches!(text.split('/').count(), 2 | 3) && text.split('/').all(part)
    }
);

checked_text!(
    /// The network that build steps use: `host`, `none`, `default`, or the name of a network of the engine.
    Network,
    "a network: `host`, `none`, `default` or the name of a network",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
    }
);
