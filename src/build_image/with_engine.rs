//! Work with the engine that is named, or with the first one that can be used. An engine in disguise is passed over.

use std::sync::Arc;

use super::choose::{EngineChoice, choose_engine};
use super::error::BuildError;
use super::images::KnownImages;
use crate::bundle::Bundle;
use crate::engine::{Engine, EngineError, Registry};
use crate::value::Cancel;

/// Works with the engine that is named for a bundle, or else with the first one that passes `check` and tells which images
/// it has.
///
/// If no engine is named, and the chosen one turns out to be another one in disguise, such as a `docker` that is podman,
/// the next one is taken. Only the probe before a build shows that, and an image that is up to date needs no probe. So
/// `work` may be called for several engines.
///
/// ```no_run
/// use agentix_gen::build_image::{Build, with_engine};
/// use agentix_gen::{BuildOptions, Cancel, Control, LoadOptions, Registry, load};
///
/// let mut options = LoadOptions::default();
/// options.environment = std::env::vars_os().collect();
/// let registry = Registry::discover(options.environment.path());
/// let bundle = load("examples/hello-agent", options)?;
/// let cancel = Cancel::default();
/// let commands = with_engine(&bundle, &registry, &cancel, |_| Ok(()), |engine, images| {
///     let build = Build::new(&bundle, &**engine, images, &BuildOptions::default(), &cancel)?;
///     build.prepare(&mut Control::new("/tmp", &mut |_| {}))?.commands()
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// See [`BuildError`]. If no other engine can be used, returns the error of the one in disguise.
pub fn with_engine<T>(
    bundle: &Bundle,
    registry: &Registry,
    cancel: &Cancel,
    check: impl Fn(&dyn Engine) -> Result<(), EngineError>,
    mut work: impl FnMut(&Arc<dyn Engine>, KnownImages) -> Result<T, BuildError>,
) -> Result<T, BuildError> {
    let mut registry = registry.clone();
    let mut disguised = None;
    loop {
        let chosen = choose_engine(bundle, &registry, |engine| {
            check(engine)?;
            KnownImages::inspect(bundle, engine, cancel)
        });
        let (engine, images) = match (chosen, disguised.take()) {
            (Ok(chosen), _) => chosen,
            (Err(_), Some(first)) => return Err(first),
            (Err(error), None) => return Err(error.into()),
        };
        match work(&engine, images) {
            Err(error @ BuildError::Engine(EngineError::Disguised { .. }))
                if EngineChoice::resolve(bundle).is_none() =>
            {
                let rest = registry.clone().without(engine.name());
                // It is registered under another name than its own.
                if rest.names() == registry.names() {
                    return Err(error);
                }
                (registry, disguised) = (rest, Some(error));
            }
            done => return done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Bundle, Cancel, Engine, EngineError, Registry, with_engine};
    use crate::build_image::{BuildError, BuildOptions, build_with};
    use crate::context::Context;
    use crate::engine::{BuildRequest, Builder, Capabilities, Control, Event, Outcome};
    use crate::files::Listing;
    use crate::project::{Config, Project};

    #[derive(Debug)]
    struct Own {
        name: &'static str,
        is_disguised: bool,
    }

    impl Engine for Own {
        fn name(&self) -> &str {
            self.name
        }

        fn probe(&self, _: &Cancel) -> Result<Capabilities, EngineError> {
            if self.is_disguised {
                let (engine, proof) = (self.name.to_owned(), "it says so".to_owned());
                return Err(EngineError::Disguised { engine, real: "podman", proof });
            }
            Ok(Capabilities::new("1", Builder::named(self.name), []))
        }

        fn build(
            &self,
            _: &Capabilities,
            _: &BuildRequest,
            _: &Context<'_>,
            _: &mut Control<'_>,
        ) -> Result<Outcome, EngineError> {
            Ok(Outcome::new("sha256:12", 0))
        }
    }

    fn bundle(engine: Option<&str>) -> Bundle {
        const MANIFEST: &str = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['requests']\n";
        let listing = Listing::from_files([("pyproject.toml", MANIFEST), ("x.py", ""), ("apt.txt", "git\n")]).unwrap();
        let config = Config { engine: engine.map(|name| name.parse().unwrap()), ..Config::default() };
        Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, config).unwrap()
    }

    fn registry(engines: &[(&'static str, bool)]) -> Registry {
        let mut registry = Registry::default();
        for &(name, is_disguised) in engines {
            registry.register(Arc::new(Own { name, is_disguised }));
        }
        registry
    }

    /// Returns the engine that builds, and the number of warnings.
    fn built(engine: Option<&str>, engines: &[(&'static str, bool)]) -> Result<(String, usize), BuildError> {
        let mut warnings = 0;
        let mut count = |event: Event<'_>| warnings += usize::from(matches!(event, Event::Warning(_)));
        let mut control = Control::new("/tmp", &mut count);
        let built = build_with(&bundle(engine), &registry(engines), &BuildOptions::default(), &mut control)?;
        Ok((built.engine, warnings))
    }

    #[test]
    fn an_engine_in_disguise_is_passed_over_unless_it_is_named() {
        assert_eq!(built(None, &[("a", false), ("b", false)]).unwrap().0, "a");
        assert_eq!(built(None, &[("a", true), ("b", true), ("c", false)]).unwrap().0, "c");
        for (named, engines) in [(Some("a"), [("a", true), ("b", false)]), (None, [("a", true), ("b", true)])] {
            let error = built(named, &engines).unwrap_err();
            assert!(matches!(error, BuildError::Engine(EngineError::Disguised { .. })), "{error}");
        }
        assert_eq!(built(Some("b"), &[("a", true), ("b", false)]).unwrap().0, "b");
        assert!(matches!(built(None, &[]).unwrap_err(), BuildError::Choose(_)));
    }

    #[test]
    fn warnings_are_events() {
        let (bundle, engines) = (bundle(None), [("a", false)]);
        let expected = bundle.warnings().len();
        assert!(expected > 0);
        assert_eq!(built(None, &engines).unwrap().1, expected);
    }

    #[test]
    fn an_engine_that_does_not_pass_the_check_is_passed_over() {
        let registry = registry(&[("a", false), ("b", false)]);
        let check = |engine: &dyn Engine| match engine.name() {
            "a" => Err(engine.unsupported("run containers")),
            _ => Ok(()),
        };
        let chosen =
            with_engine(&bundle(None), &registry, &Cancel::default(), check, |engine, _| Ok(engine.name().to_owned()));
        assert_eq!(chosen.unwrap(), "b");
    }
}
