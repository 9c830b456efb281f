//! The features of builders by version, in one table.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A feature that some builders have and others lack. The last three are for engines of other crates and plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Feature {
    /// `RUN --mount=type=cache`.
    CacheMount,
    /// `RUN --mount=type=secret`, and the option `--secret`.
    SecretMount,
    /// `RUN --mount=type=bind,from=STAGE`.
    StageMount,
    /// Here-documents: `RUN <<END`.
    Heredoc,
    /// `COPY --link`.
    CopyLink,
    /// `--format docker`: the image format. Without this option, `HEALTHCHECK`, `SHELL` and `ONBUILD` are dropped.
    Format,
    /// `--layers`: caches the steps.
    Layers,
    /// `--timestamp`: sets every timestamp in the image.
    Timestamp,
    /// `--source-date-epoch`: sets the timestamps of the image itself, not those of its files.
    SourceDateEpoch,
    /// `--rewrite-timestamp`: limits the timestamps of files to the source date epoch.
    RewriteTimestamp,
    /// `--provenance`: attaches a statement on how an image was built.
    Provenance,
    /// `--sbom`: attaches a bill of materials.
    Sbom,
    /// `--ssh`: gives build steps access to ssh agents or keys.
    Ssh,
    /// `--build-context`: named contexts besides the context itself.
    BuildContext,
    /// `--load`: stores the image with the engine's other images.
    Load,
    /// `--progress`: the format of the progress output.
    Progress,
    /// `--cache-to`: writes a build cache. With a built-in engine, the form of the cache decides.
    CacheExport,
    /// Several platforms in one build. With a built-in engine, its image store decides.
    Platforms,
    /// `--output`: writes the image to a file. With a built-in engine, its builder decides.
    Output,
}

/// A part of an engine whose version determines features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Docker's buildx plugin.
    Buildx,
    /// Docker's daemon, which contains a `BuildKit`.
    Daemon,
    Podman,
    Buildah,
    Nerdctl,
    /// Apple's `container`.
    AppleContainer,
}

/// The mounts that a step in the buildkit dialect may use.
pub(super) const MOUNTS: [Feature; 3] = [Feature::CacheMount, Feature::SecretMount, Feature::StageMount];

type Since = (u32, u32);

/// Every version that this tool supports.
const ALWAYS: Since = (0, 0);

/// The first version of each part that is known to have a feature. Docker's legacy builder has no feature.
const TABLE: &[(Feature, &[(Part, Since)])] = {
    use Feature::{
        BuildContext, CacheMount, CopyLink, Format, Heredoc, Layers, Load, Progress, Provenance, RewriteTimestamp,
        Sbom, SecretMount, SourceDateEpoch, Ssh, StageMount, Timestamp,
    };
    use Part::{AppleContainer, Buildah, Buildx, Daemon, Nerdctl, Podman};
    &[
        (
            CacheMount,
            &[(Daemon, (20, 10)), (Podman, (4, 0)), (Buildah, (1, 24)), (Nerdctl, ALWAYS), (AppleContainer, ALWAYS)],
        ),
        (
            SecretMount,
            &[(Daemon, (20, 10)), (Podman, (3, 2)), (Buildah, (1, 21)), (Nerdctl, ALWAYS), (AppleContainer, ALWAYS)],
        ),
        (
            StageMount,
            &[(Daemon, (20, 10)), (Podman, (4, 0)), (Buildah, (1, 24)), (Nerdctl, ALWAYS), (AppleContainer, ALWAYS)],
        ),
        (Heredoc, &[(Daemon, (23, 0)), (Podman, (4, 8)), (Buildah, (1, 33))]),
        (CopyLink, &[(Daemon, (23, 0)), (Podman, (5, 6)), (Buildah, (1, 41))]),
        (Format, &[(Podman, ALWAYS), (Buildah, ALWAYS)]),
        (Layers, &[(Podman, ALWAYS), (Buildah, ALWAYS)]),
        (Timestamp, &[(Podman, (4, 0)), (Buildah, (1, 24))]),
        (SourceDateEpoch, &[(Podman, (5, 6)), (Buildah, (1, 41))]),
        (RewriteTimestamp, &[(Podman, (5, 6)), (Buildah, (1, 41))]),
        (Provenance, &[(Buildx, (0, 10)), (Nerdctl, (2, 0))]),
        (Sbom, &[(Buildx, (0, 10)), (Nerdctl, (2, 0))]),
        (Ssh, &[(Daemon, (18, 9)), (Podman, (4, 0)), (Buildah, (1, 24)), (Nerdctl, ALWAYS)]),
        (BuildContext, &[(Daemon, (23, 0)), (Podman, (4, 2)), (Buildah, (1, 27)), (Nerdctl, (2, 0))]),
        (Load, &[(Buildx, ALWAYS), (Podman, ALWAYS)]),
        (
            Progress,
            &[(Buildx, ALWAYS), (Daemon, (18, 9)), (Podman, ALWAYS), (Nerdctl, ALWAYS), (AppleContainer, ALWAYS)],
        ),
    ]
};

impl Feature {
    /// Returns the features of a builder whose parts have these versions.
    pub(super) fn supported_by<'a>(parts: &'a [(Part, &'a str)]) -> impl Iterator<Item = Self> + 'a {
        let has =
            |part: Part, since: Since| parts.iter().any(|(found, version)| *found == part && at_least(version, since));
        TABLE
            .iter()
            .filter(move |(_, rows)| rows.iter().any(|(part, since)| has(*part, *since)))
            .map(|(feature, _)| *feature)
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Returns whether a version is `since` or later. Text after the second number is ignored.
pub(super) fn at_least(version: &str, since: Since) -> bool {
    let number = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    let mut parts = version.split('.').map(|part| number(part).unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= since
}

#[cfg(test)]
mod tests {
    use super::{Feature, Part, TABLE, at_least};

    #[test]
    fn versions_are_compared_by_number() {
        assert!(at_least("20.10.24+dfsg1", (20, 10)) && at_least("4.10", (4, 9)) && at_least("1.28.2", (0, 0)));
        assert!(!at_least("4.3.1", (4, 8)) && !at_least("0.9.1", (0, 10)) && !at_least("", (0, 1)));
    }

    #[test]
    fn each_feature_has_one_row() {
        let mut features: Vec<Feature> = TABLE.iter().map(|(feature, _)| *feature).collect();
        let rows = features.len();
        features.sort();
        features.dedup();
        assert_eq!(features.len(), rows);
        assert_eq!(features.last(), Some(&Feature::Progress));
        assert_eq!(rows, Feature::Progress as usize + 1);
    }

    #[test]
    fn features_have_the_same_name_in_messages_and_json() {
        assert_eq!(Feature::CacheMount.to_string(), "cache-mount");
    }

    #[test]
    fn features_depend_on_versions() {
        let has = |parts: &[(Part, &str)], feature| Feature::supported_by(parts).any(|found| found == feature);
        assert!(
            has(&[(Part::Podman, "4.8.0")], Feature::Heredoc) && !has(&[(Part::Podman, "4.7.2")], Feature::Heredoc)
        );
        let buildx = [(Part::Buildx, "0.9.1"), (Part::Daemon, "20.10.24")];
        assert!(has(&buildx, Feature::StageMount) && has(&buildx, Feature::Load) && !has(&buildx, Feature::Provenance));
        assert_eq!(Feature::supported_by(&[]).count(), 0);
    }
}
