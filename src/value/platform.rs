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

impl Platform {
    /// Returns whether an image for this platform is also one for `other`: they have the same system and architecture.
    /// The variant counts only if both name one.
    pub fn is_compatible_with(&self, other: &Self) -> bool {
        let parts = |platform: &Self| {
            let mut parts = platform.0.split('/').map(str::to_owned);
            (parts.next(), parts.next().map(|name| canonical(&name).to_owned()), parts.next())
        };
        let ((system, architecture, variant), (other_system, other_architecture, other_variant)) =
            (parts(self), parts(other));
        let is_same_variant = variant.is_none() || other_variant.is_none() || variant == other_variant;
        system == other_system && architecture == other_architecture && is_same_variant
    }
}

/// Returns Go's name of an architecture, which images have, for its other common names.
fn canonical(architecture: &str) -> &str {
    match architecture {
        "x86_64" | "x86-64" => "amd64",
        "aarch64" => "arm64",
        "i386" | "i686" => "386",
        other => other,
    }
}

impl CacheLocation {
    /// Returns the type of the cache: `registry` for a plain image reference.
    pub fn kind(&self) -> &str {
        if self.0.contains('=') { self.setting("type").unwrap_or("registry") } else { "registry" }
    }

    /// Returns the image reference of a cache in a registry.
    pub fn image(&self) -> Option<&str> {
        match self.kind() {
            "registry" if !self.0.contains('=') => Some(&self.0),
            "registry" => self.setting("ref"),
            _ => None,
        }
    }

    /// Returns the folder of a cache of the type `local`, as it is written.
    pub fn folder(&self) -> Option<&str> {
        if self.kind() == "local" { self.setting("dest").or_else(|| self.setting("src")) } else { None }
    }

    fn setting(&self, key: &str) -> Option<&str> {
        self.0.split(',').find_map(|setting| setting.strip_prefix(key)?.strip_prefix('='))
    }
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn an_image_is_for_a_platform_of_the_same_architecture() {
        let is_for = |one: &str, other: &str| {
            let [one, other]: [Platform; 2] = [one, other].map(|text| text.parse().unwrap());
            assert_eq!(one.is_compatible_with(&other), other.is_compatible_with(&one));
            one.is_compatible_with(&other)
        };
        for (one, other) in
            [("linux/amd64", "linux/x86_64"), ("linux/arm64", "linux/aarch64/v8"), ("linux/arm/v7", "linux/arm/v7")]
        {
            assert!(is_for(one, other), "{one} {other}");
        }
        for (one, other) in
            [("linux/amd64", "linux/arm64"), ("linux/arm/v6", "linux/arm/v7"), ("linux/amd64", "windows/amd64")]
        {
            assert!(!is_for(one, other), "{one} {other}");
        }
    }
}
