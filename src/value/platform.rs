//! The platform of an image, and the network and the caches of its build.

use std::net::{IpAddr, Ipv6Addr};

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

checked_text!(
    /// An additional name of a host for the build steps, and its address: `index.internal:10.0.0.5`.
    ///
    /// ```text
    /// entry = host ":" ( IPv4 | IPv6 | "[" IPv6 "]" | "host-gateway" )      host = alnum *( alnum | "_" | "." | "-" )
    /// ```
    HostAddress,
    "a host and its address: `HOST:IP`, such as `index.internal:10.0.0.5`",
    |text| {
        text.split_once(':').is_some_and(|(host, address)| {
            let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let is_address = match bare {
                Some(bare) => bare.parse::<Ipv6Addr>().is_ok(),
                None => address == "host-gateway" || address.parse::<IpAddr>().is_ok(),
            };
            is_address
                && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
                && host.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        })
    }
);

checked_text!(
    /// A build cache, in the form of the engine: an image reference, or `type=TYPE,KEY=VALUE,…` for `BuildKit`.
    CacheLocation,
    "a build cache: an image reference, or `type=TYPE,KEY=VALUE,…`",
    |text| {
        !text.is_empty()
            && !text.starts_with('-')
            && text.chars().all(|c| !c.is_control() && !c.is_whitespace())
    }
);
