//! The builder of docker's buildx plugin that builds: docker's own, or one elsewhere.

/// The driver of the builder that is docker itself.
const OWN_DRIVER: &str = "docker";

/// A builder of buildx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BuildxBuilder {
    pub(super) name: String,
    /// Where it runs: `docker` (docker's own), `docker-container`, `kubernetes` or `remote`.
    pub(super) driver: String,
    /// Whether the command that builds has to name it, because it is not the selected one.
    pub(super) is_named: bool,
}

impl BuildxBuilder {
    /// Returns docker's own builder with this name.
    pub(super) fn own(name: &str) -> Self {
        Self { name: name.to_owned(), driver: OWN_DRIVER.to_owned(), is_named: true }
    }

    /// Returns whether the builder is not docker itself, so that it does not see docker's images.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.driver != OWN_DRIVER
    }

    /// Parses the first lines of `docker buildx inspect`: `Name: team`, `Driver: remote`.
    pub(super) fn parse(text: &str, is_named: bool) -> Option<Self> {
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim);
        Some(Self { name: value("Name")?.to_owned(), driver: value("Driver")?.to_owned(), is_named })
    }
}

#[cfg(test)]
mod tests {
    use super::BuildxBuilder;

    /// Recorded from buildx 0.13. The nodes have names of their own.
    #[test]
    fn the_driver_is_read() {
        let inspected = |driver: &str| {
            format!(
                "Name:          team\nDriver:        {driver}\nLast Activity: 2026-11-27 01:57:47 +0000 UTC\n\nNodes:\n\
                 Name:     team0\nEndpoint: tcp://127.0.0.1:9\nStatus:   inactive\n"
            )
        };
        let remote = BuildxBuilder::parse(&inspected("remote"), true).unwrap();
        assert_eq!((remote.name.as_str(), remote.is_elsewhere(), remote.is_named), ("team", true, true));
        assert!(!BuildxBuilder::parse(&inspected("docker"), false).unwrap().is_elsewhere());
        assert_eq!(BuildxBuilder::parse("ERROR: no builder \"team\" found\n", false), None);
    }
}
