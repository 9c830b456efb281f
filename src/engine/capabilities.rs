//! The version, builder and features of an engine, as probed.

use std::collections::BTreeSet;

use serde::Serialize;

use super::builder::Builder;
use super::buildx::BuildxBuilder;
use super::features::{Feature, MOUNTS};
use super::id_file::IdForm;
use super::request::BuildRequest;
use super::stop::Stop;
use crate::value::{Attestation, Dialect, Epoch};

/// An engine's version, its builder, and the features of the builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The version, as the engine prints it.
    pub version: String,
    /// The builder.
    pub builder: Builder,
    /// The features of the builder. Only features that some builders lack are listed.
    pub features: BTreeSet<Feature>,
    /// Whether the builder attaches a statement with the time of the build to each image, unless it is told not to. The
    /// image then gets a new ID even if nothing changed.
    #[serde(skip)]
    pub(super) attests: bool,
    /// The builder of buildx that builds. `None`: docker's own, as far as that is known.
    #[serde(skip)]
    pub(super) buildx: Option<BuildxBuilder>,
}

/// How one builder is called and stopped.
struct BuilderRow {
    /// The arguments that start a build.
    arguments: &'static [&'static str],
    /// Additional options, each added only if the builder has the feature.
    options: &'static [(Feature, &'static str)],
    environment: &'static [(&'static str, &'static str)],
    /// Options of requests that the command does not have, in any version.
    lacks: &'static [&'static str],
    /// Whether the command has `--output` for images.
    exports_images: bool,
    /// How the builder reads a context.
    reads: ContextForm,
    /// Whether the store has one image with one platform for a name.
    keeps_one_platform: bool,
    /// How a build is stopped.
    stop: Stop,
}

/// How a builder reads a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContextForm {
    /// As a stream, while it builds.
    Stream,
    /// As a stream that it first reads into memory and unpacks, or as a folder.
    HeldStream,
    /// As a folder only. It takes a file for unchanged if its length and its timestamp are.
    Folder,
}

/// The largest context, in bytes, that is sent as a stream to a builder that holds the stream in memory. Buildah needs
/// about three and a half times the size of the context.
const SMALL_STREAM: u64 = 64 * 1024 * 1024;

impl Capabilities {
    /// Returns capabilities. Implementations of [`Engine`](super::Engine) call this in `probe`.
    ///
    /// With [`Feature::CacheMount`], [`Feature::SecretMount`] and [`Feature::StageMount`], the engine gets Dockerfiles in the
    /// dialect `buildkit`; without one of them, in the dialect `classic`, and no secrets.
    pub fn new(version: impl Into<String>, builder: Builder, features: impl IntoIterator<Item = Feature>) -> Self {
        Self {
            version: version.into(),
            builder,
            features: features.into_iter().collect(),
            attests: false,
            buildx: None,
        }
    }

    /// Sets whether the builder attests each image.
    pub(super) fn attesting(self, attests: bool) -> Self {
        Self { attests, ..self }
    }

    /// Sets the builder of buildx.
    pub(super) fn with_buildx(self, buildx: Option<BuildxBuilder>) -> Self {
        Self { buildx, ..self }
    }

    /// Returns whether the builder runs elsewhere than the engine, so that it does not see the engine's images.
    pub fn builds_elsewhere(&self) -> bool {
        self.buildx.as_ref().is_some_and(BuildxBuilder::is_elsewhere)
    }

    /// Returns whether buildx can write caches of any type.
    pub(super) fn keeps_caches(&self) -> bool {
        self.attests || self.builds_elsewhere()
    }

    /// Returns whether the command that builds also pushes the image, because docker's store cannot have it.
    pub(super) fn pushes_itself(&self, request: &BuildRequest) -> bool {
        request.push && request.platforms.len() > 1 && self.builds_elsewhere()
    }

    /// Returns whether the engine's store has one image with one platform for a name, so that the platform of an image
    /// tells whether another can be built on it.
    pub fn keeps_one_platform(&self) -> bool {
        !self.attests && self.builder.row().keeps_one_platform
    }

    /// Returns whether the builder has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Returns whether the builder reads named build contexts. The version of one elsewhere is not known.
    pub(super) fn has_build_contexts(&self) -> bool {
        self.has(Feature::BuildContext) || self.builds_elsewhere()
    }

    /// Returns the dialect that the builder understands.
    pub fn dialect(&self) -> Dialect {
        if MOUNTS.iter().all(|mount| self.has(*mount)) { Dialect::BuildKit } else { Dialect::Classic }
    }

    /// Returns whether a context of this size in bytes may be sent as a stream. Otherwise it is staged as a folder.
    pub fn takes_stream(&self, bytes: u64) -> bool {
        match self.builder.row().reads {
            ContextForm::Stream => true,
            ContextForm::HeldStream => bytes <= SMALL_STREAM,
            ContextForm::Folder => false,
        }
    }

    /// Returns whether the builder reads the whole stream into memory and unpacks it before it starts.
    pub fn holds_stream(&self) -> bool {
        self.context_form() == ContextForm::HeldStream
    }

    /// Returns how the builder reads a context.
    pub(super) fn context_form(&self) -> ContextForm {
        self.builder.row().reads
    }

    /// Returns whether the build command has an option, as far as that does not depend on the version.
    pub(super) fn has_option(&self, option: &str) -> bool {
        !self.builder.row().lacks.contains(&option)
    }

    /// Returns whether the builder can write an image to another place than the engine's store.
    pub(super) fn exports_images(&self) -> bool {
        self.builder.row().exports_images || self.has(Feature::Output)
    }

    pub(super) fn build_arguments(&self, request: &BuildRequest) -> Vec<String> {
        let row = self.builder.row();
        let mut arguments: Vec<String> = row.arguments.iter().map(|&argument| argument.to_owned()).collect();
        let (pushes, named) = (self.pushes_itself(request), self.buildx.iter().filter(|buildx| buildx.is_named));
        arguments.extend(named.map(|buildx| format!("--builder={}", buildx.name)));
        let loads = request.output.is_none() && !pushes;
        let options =
            row.options.iter().filter(|(feature, _)| self.has(*feature) && (*feature != Feature::Load || loads));
        arguments.extend(options.map(|(_, option)| (*option).to_owned()));
        arguments.extend(pushes.then(|| "--push".to_owned()));
        if self.has(Feature::Format) {
            arguments.push(format!("--format={}", image_format(request)));
        }
        arguments.extend(self.attestations(request));
        arguments.extend(request.source_date_epoch.iter().flat_map(|epoch| self.timestamp(*epoch)));
        arguments
    }

    /// Returns whether an attestation would be part of the image.
    fn keeps_attestations(&self) -> bool {
        self.attests || self.builds_elsewhere()
    }

    /// Returns how the builder writes the ID of an image to a file. `None`: the ID in the engine's store is another one, or that
    /// is not known.
    pub(super) fn id_form(&self) -> Option<IdForm> {
        match self.builder {
            Builder::Buildx | Builder::BuildKit | Builder::Legacy => {
                Some(IdForm::WithAlgorithm).filter(|_| !self.keeps_attestations())
            }
            Builder::Buildah => Some(IdForm::Digits),
            Builder::Nerdctl | Builder::AppleContainer | Builder::Named(_) => None,
        }
    }

    /// Returns the options for attestations. Without one, the image must not get a new ID each time.
    fn attestations(&self, request: &BuildRequest) -> Vec<String> {
        let asked = [&request.sbom, &request.provenance].into_iter().flatten().any(Attestation::is_asked);
        let provenance = match &request.provenance {
            Some(provenance) => Some(provenance.as_str()).filter(|_| self.has(Feature::Provenance)),
            None => Some("false").filter(|_| self.keeps_attestations() && !asked && self.has(Feature::Provenance)),
        };
        let sbom = request.sbom.iter().filter(|_| self.has(Feature::Sbom)).map(|sbom| format!("--sbom={sbom}"));
        provenance.iter().map(|provenance| format!("--provenance={provenance}")).chain(sbom).collect()
    }

    /// Returns the options that set all times of the image. Newer versions refuse `--timestamp` beside the build argument
    /// `SOURCE_DATE_EPOCH`, which the build steps need.
    fn timestamp(&self, epoch: Epoch) -> Vec<String> {
        let seconds = epoch.seconds();
        if self.has(Feature::SourceDateEpoch) && self.has(Feature::RewriteTimestamp) {
            return vec![format!("--source-date-epoch={seconds}"), "--rewrite-timestamp".to_owned()];
        }
        if self.has(Feature::Timestamp) { vec![format!("--timestamp={seconds}")] } else { Vec::new() }
    }

    /// Returns the output of a request. The files of an archive get the timestamp of the image, if it has one: a builder
    /// does not change those of an image in a store.
    pub(super) fn output(request: &BuildRequest) -> Option<String> {
        let output = request.output.as_ref()?;
        let is_dated = request.source_date_epoch.is_some() && output.is_archive() && !output.has("rewrite-timestamp");
        Some(format!("{output}{}", if is_dated { ",rewrite-timestamp=true" } else { "" }))
    }

    pub(super) fn stop(&self) -> Stop {
        self.builder.row().stop
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        self.builder.row().environment.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }
}

/// Returns the image format for buildah.
///
/// With the docker format, buildah writes the names of its temporary containers into the image, and they differ in each
/// build. The OCI format cannot store the settings that only the docker format has.
fn image_format(request: &BuildRequest) -> &'static str {
    match request.source_date_epoch {
        Some(_) if !request.needs_docker_format => "oci",
        _ => "docker",
    }
}

impl Builder {
    fn row(&self) -> BuilderRow {
        let docker = BuilderRow {
            arguments: &["build"],
            options: &[],
            environment: &[],
            lacks: &[],
            exports_images: false,
            reads: ContextForm::Stream,
            keeps_one_platform: true,
            stop: Stop::Group,
        };
        match self {
            Self::Named(_) => docker,
            Self::Buildx => BuilderRow {
                arguments: &["buildx", "build"],
                options: &[(Feature::Progress, "--progress=plain"), (Feature::Load, "--load")],
                exports_images: true,
                ..docker
            },
            Self::BuildKit => BuilderRow {
                options: &[(Feature::Progress, "--progress=plain")],
                environment: &[("DOCKER_BUILDKIT", "1")],
                ..docker
            },
            // Without `--force-rm`, docker keeps the container of a step that fails.
            Self::Legacy => {
                BuilderRow { arguments: &["build", "--force-rm"], environment: &[("DOCKER_BUILDKIT", "0")], ..docker }
            }
            // Without `--layers`, buildah keeps no cache. Without `--force-rm`, it keeps the working containers of a
            // build that fails.
            Self::Buildah => BuilderRow {
                arguments: &["build", "--force-rm"],
                options: &[(Feature::Layers, "--layers")],
                reads: ContextForm::HeldStream,
                stop: Stop::Step,
                ..docker
            },
            Self::Nerdctl => BuilderRow {
                options: &[(Feature::Progress, "--progress=plain")],
                exports_images: true,
                reads: ContextForm::Folder,
                keeps_one_platform: false,
                ..docker
            },
            Self::AppleContainer => BuilderRow {
                options: &[(Feature::Progress, "--progress=plain")],
                lacks: &["--network", "--add-host"],
                reads: ContextForm::Folder,
                keeps_one_platform: false,
                ..docker
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BuildRequest, Builder, Capabilities, Dialect, Feature, MOUNTS};

    fn request(epoch: Option<i64>, needs_docker_format: bool) -> BuildRequest {
        BuildRequest {
            source_date_epoch: epoch.map(|seconds| seconds.try_into().unwrap()),
            needs_docker_format,
            ..BuildRequest::new("x:1".parse().unwrap())
        }
    }

    #[test]
    fn build_arguments_depend_on_the_builder_and_its_features() {
        use Feature::{Format, Layers, Load, Progress, Provenance, RewriteTimestamp, SourceDateEpoch, Timestamp};
        let plain = (None, false);
        for (builder, features, (epoch, needs_docker_format), expected) in [
            (Builder::Buildx, &[][..], plain, "buildx build"),
            (Builder::Buildx, &[Progress, Load, Provenance], plain, "buildx build --progress=plain --load"),
            (Builder::BuildKit, &[Progress], plain, "build --progress=plain"),
            (Builder::Legacy, &[], plain, "build --force-rm"),
            (Builder::Buildah, &[Layers], (Some(7), false), "build --force-rm --layers"),
            (Builder::Buildah, &[Format], plain, "build --force-rm --format=docker"),
            (Builder::Buildah, &[Format], (Some(7), false), "build --force-rm --format=oci"),
            (Builder::Buildah, &[Format], (Some(7), true), "build --force-rm --format=docker"),
            (Builder::Buildah, &[Timestamp], (Some(7), false), "build --force-rm --timestamp=7"),
            (Builder::Buildah, &[Timestamp], plain, "build --force-rm"),
            (
                Builder::Buildah,
                &[Timestamp, SourceDateEpoch, RewriteTimestamp],
                (Some(7), false),
                "build --force-rm --source-date-epoch=7 --rewrite-timestamp",
            ),
        ] {
            let capabilities = Capabilities::new("1", builder, features.iter().copied());
            let arguments = capabilities.build_arguments(&request(epoch, needs_docker_format));
            assert_eq!(arguments.join(" "), expected);
        }
        let environment = |builder| Capabilities::new("1", builder, []).environment();
        assert_eq!(environment(Builder::BuildKit), [("DOCKER_BUILDKIT".to_owned(), "1".to_owned())]);
        assert_eq!(environment(Builder::Legacy), [("DOCKER_BUILDKIT".to_owned(), "0".to_owned())]);
        assert!(environment(Builder::Buildx).is_empty() && environment(Builder::Buildah).is_empty());
    }

    #[test]
    fn an_image_is_attested_only_if_that_is_asked() {
        let arguments = |attests: bool, sbom: Option<&str>, provenance: Option<&str>| {
            let features = [Feature::Provenance, Feature::Sbom];
            let capabilities = Capabilities::new("1", Builder::Buildx, features).attesting(attests);
            let mut request = request(None, false);
            request.sbom = sbom.map(|text| text.parse().unwrap());
            request.provenance = provenance.map(|text| text.parse().unwrap());
            capabilities.build_arguments(&request)[2..].join(" ")
        };
        assert_eq!(arguments(false, None, None), "");
        assert_eq!(arguments(true, None, None), "--provenance=false");
        assert_eq!(arguments(true, Some("false"), None), "--provenance=false --sbom=false");
        assert_eq!(arguments(true, Some("true"), None), "--sbom=true");
        assert_eq!(arguments(true, None, Some("mode=max")), "--provenance=mode=max");
        assert_eq!(arguments(false, None, Some("false")), "--provenance=false");
    }

    #[test]
    fn an_archive_gets_the_timestamp() {
        let output = |text: &str, epoch| {
            let mut request = request(epoch, false);
            request.output = Some(text.parse().unwrap());
            let features = [Feature::Load];
            assert_eq!(
                Capabilities::new("1", Builder::Buildx, features).build_arguments(&request),
                ["buildx", "build"]
            );
            Capabilities::output(&request).unwrap()
        };
        assert_eq!(output("type=oci,dest=a", Some(7)), "type=oci,dest=a,rewrite-timestamp=true");
        assert_eq!(output("type=oci,dest=a", None), "type=oci,dest=a");
        assert_eq!(output("type=local,dest=a", Some(7)), "type=local,dest=a");
        assert_eq!(output("type=docker,rewrite-timestamp=false", Some(7)), "type=docker,rewrite-timestamp=false");
    }

    #[test]
    fn the_buildkit_dialect_requires_all_mounts() {
        let dialect = |without: Option<Feature>| {
            let features = MOUNTS.into_iter().filter(|mount| Some(*mount) != without);
            Capabilities::new("1", Builder::Buildah, features).dialect()
        };
        assert_eq!(dialect(None), Dialect::BuildKit);
        assert!(MOUNTS.into_iter().all(|mount| dialect(Some(mount)) == Dialect::Classic));
    }

    #[test]
    fn buildah_takes_only_small_streams() {
        let takes = |builder, bytes| Capabilities::new("1", builder, []).takes_stream(bytes);
        assert!(takes(Builder::Buildah, 64 << 20) && !takes(Builder::Buildah, (64 << 20) + 1));
        assert!(
            [Builder::Buildx, Builder::BuildKit, Builder::Legacy]
                .iter()
                .all(|builder| takes(builder.clone(), u64::MAX))
        );
    }
}
