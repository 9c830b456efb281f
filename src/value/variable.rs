//! Names of build arguments and environment variables.

checked_text!(
    /// The name of a build argument: an identifier as in a shell.
    ///
    /// ```text
    /// name = ( letter | "_" ) *( letter | digit | "_" )
    /// ```
    ArgName,
    "the name of a build argument: letters, digits and `_`, not starting with a digit",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && text.bytes().next().is_some_and(|b| !b.is_ascii_digit())
    }
);

impl ArgName {
    /// Returns whether the argument is predefined, which applies to the proxy variables of the [Dockerfile reference].
    ///
    /// Every engine accepts a predefined argument without a declaration, and excludes it from the image's history and
    /// from the cache key.
    ///
    /// [Dockerfile reference]: https://docs.docker.com/reference/dockerfile/#predefined-args
    pub fn is_predefined(&self) -> bool {
        let known = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
        known.iter().any(|name| self.0 == *name || self.0 == name.to_ascii_lowercase())
    }
}

checked_text!(
    /// The name of an environment variable: an identifier as in a shell.
    ///
    /// ```text
    /// name = ( letter | "_" ) *( letter | digit | "_" )
    /// ```
    VariableName,
    "the name of an environment variable: letters, digits and `_`, not starting with a digit",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && text.bytes().next().is_some_and(|b| !b.is_ascii_digit())
    }
);
