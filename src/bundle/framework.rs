//! The framework that the image runs: the distribution `agentixx`, whose server every runtime image starts.

use std::str::FromStr;

use pep440_rs::Version;

use crate::value::ImageRef;

/// The server, which runtime images and standalone images start. Agentix's own deployments start it by this path.
pub(crate) const SERVER: &str = "/nix/runtime/bin/agentix-server";

/// Returns whether this version of the framework installs [`SERVER`] itself. From 0.2.7 on, it has only the function
/// that the program calls.
pub(crate) fn installs_server(version: &Version) -> bool {
    Version::from_str("0.2.7").is_ok_and(|first_without| *version < first_without)
}

/// Returns whether an image is a runtime image by its name, so that its tag is a version of the framework.
pub(crate) fn is_runtime(image: &ImageRef) -> bool {
    image.base_name() == "runtime"
}

#[cfg(test)]
mod tests {
    use super::installs_server;

    #[test]
    fn the_server_is_a_program_of_older_versions() {
        let installs = |version: &str| installs_server(&version.parse().unwrap());
        assert!(["0.1.0", "0.2.6", "0.2.6.post1"].into_iter().all(installs));
        assert!(!["0.2.7", "0.10.0", "1.0"].into_iter().any(installs));
    }
}
