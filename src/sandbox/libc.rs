//! The C library of an image, told by the path of its loader, which every program of the image names.

use std::fmt;

/// A C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Libc {
    /// The GNU C library, as in Debian, Ubuntu and Fedora.
    Glibc,
    /// musl, as in Alpine.
    Musl,
}

impl Libc {
    pub(super) const ALL: [Self; 2] = [Self::Glibc, Self::Musl];

    /// Returns the path of the loader, or `None` for an architecture that is not known.
    ///
    /// The paths are those of the platform ABIs. The names of architectures are those of OCI images.
    pub(super) fn loader(self, architecture: &str) -> Option<&'static str> {
        Some(match (self, architecture) {
            (Self::Glibc, "amd64") => "/lib64/ld-linux-x86-64.so.2",
            (Self::Glibc, "arm64") => "/lib/ld-linux-aarch64.so.1",
            (Self::Musl, "amd64") => "/lib/ld-musl-x86_64.so.1",
            (Self::Musl, "arm64") => "/lib/ld-musl-aarch64.so.1",
            _ => return None,
        })
    }
}

impl fmt::Display for Libc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Glibc => "glibc",
            Self::Musl => "musl",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Libc;

    #[test]
    fn each_library_has_a_loader_of_its_own() {
        for architecture in ["amd64", "arm64"] {
            let [glibc, musl] = Libc::ALL.map(|libc| libc.loader(architecture).unwrap());
            assert!(glibc.contains("/ld-linux-") && musl.contains("/ld-musl-"), "{glibc} {musl}");
        }
        assert_eq!(Libc::Glibc.loader("riscv64"), None);
    }
}
