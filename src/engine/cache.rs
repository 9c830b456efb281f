//! Build caches for other machines, in the form of each builder.

use super::builder::Builder;
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::Feature;
use crate::value::{CacheLocation, ImageRef};

/// What a builder does with a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CacheUse {
    Read,
    Write,
}

/// Returns the value of `--cache-from` or `--cache-to` for a cache.
///
/// Buildx takes every form. Older builders read the layers of an image. Buildah keeps each step as an image of its own in a
/// repository, and takes the repository without a tag.
pub(super) fn argument(
    engine: &str,
    capabilities: &Capabilities,
    cache: &CacheLocation,
    usage: CacheUse,
) -> Result<String, EngineError> {
    let builder = &capabilities.builder;
    let refused = |reason| {
        let (engine, builder) = (engine.to_owned(), builder.clone());
        Err(EngineError::Cache { engine, builder, cache: cache.clone(), reason })
    };
    match (builder, usage) {
        (Builder::Buildx, CacheUse::Write) if !capabilities.keeps_caches() && cache.kind() != "inline" => {
            refused("docker's own builder writes `type=inline` only, unless docker uses the containerd image store")
        }
        (Builder::AppleContainer, _) => refused("it has no option for one"),
        (Builder::Named(_), CacheUse::Write) if !capabilities.has(Feature::CacheExport) => refused("it writes none"),
        (Builder::Buildx | Builder::Nerdctl | Builder::Named(_), _) => Ok(cache.to_string()),
        (Builder::BuildKit | Builder::Legacy, CacheUse::Write) => refused("it writes none"),
        (Builder::BuildKit | Builder::Legacy, CacheUse::Read) => match cache.image() {
            Some(image) => Ok(image.to_owned()),
            None => refused("it reads only images"),
        },
        (Builder::Buildah, _) => match cache.image().and_then(repository) {
            Some(repository) => Ok(repository),
            None => refused("it keeps caches only in registries"),
        },
    }
}

/// Returns the repository of an image reference, without tag and digest.
fn repository(image: &str) -> Option<String> {
    let image: ImageRef = image.parse().ok()?;
    let path = image.path();
    Some(image.domain().map_or_else(|| path.to_owned(), |domain| format!("{domain}/{path}")))
}

#[cfg(test)]
mod tests {
    use super::super::buildx::BuildxBuilder;
    use super::{Builder, CacheUse, Capabilities, argument};

    fn translated(capabilities: &Capabilities, cache: &str, usage: CacheUse) -> Result<String, String> {
        let cache = cache.parse().unwrap();
        argument("docker", capabilities, &cache, usage).map_err(|error| error.to_string())
    }

    #[test]
    fn each_builder_gets_its_own_form() {
        const IMAGE: &str = "registry.example.org:5000/team/hello:cache";
        const TYPED: &str = "type=registry,mode=max,ref=registry.example.org:5000/team/hello:cache";
        const LOCAL: &str = "type=local,dest=cache";
        const REPOSITORY: &str = "registry.example.org:5000/team/hello";
        for (builder, cache, usage, expected) in [
            (Builder::Buildx, IMAGE, CacheUse::Read, Some(IMAGE)),
            (Builder::Buildx, LOCAL, CacheUse::Read, Some(LOCAL)),
            (Builder::Buildx, "type=inline", CacheUse::Write, Some("type=inline")),
            (Builder::Buildx, TYPED, CacheUse::Write, None),
            (Builder::BuildKit, TYPED, CacheUse::Read, Some(IMAGE)),
            (Builder::Legacy, IMAGE, CacheUse::Read, Some(IMAGE)),
            (Builder::Legacy, LOCAL, CacheUse::Read, None),
            (Builder::Legacy, IMAGE, CacheUse::Write, None),
            (Builder::BuildKit, "type=inline", CacheUse::Write, None),
            (Builder::Buildah, IMAGE, CacheUse::Read, Some(REPOSITORY)),
            (Builder::Buildah, TYPED, CacheUse::Write, Some(REPOSITORY)),
            (Builder::Buildah, "hello", CacheUse::Write, Some("hello")),
            (Builder::Buildah, "type=gha", CacheUse::Read, None),
            (Builder::Buildah, "type=registry", CacheUse::Read, None),
        ] {
            let found = translated(&Capabilities::new("1", builder.clone(), []), cache, usage);
            assert_eq!(found.as_deref().ok(), expected, "{builder}, {cache}, {usage:?}");
            assert!(found.is_ok() || found.unwrap_err().contains(cache));
        }
    }

    #[test]
    fn buildx_writes_any_cache_elsewhere_and_with_the_containerd_store() {
        let elsewhere = BuildxBuilder { name: "team".into(), driver: "remote".into(), is_named: false };
        for capabilities in [
            Capabilities::new("1", Builder::Buildx, []).with_buildx(Some(elsewhere)),
            Capabilities::new("1", Builder::Buildx, []).attesting(true),
        ] {
            assert_eq!(translated(&capabilities, "type=gha", CacheUse::Write).as_deref(), Ok("type=gha"));
        }
    }
}
