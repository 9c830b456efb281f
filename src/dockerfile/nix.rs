//! The stages that build Nix expressions: their template values, and the files that they run.

use minijinja::context;
use minijinja::value::Value;

use super::templates::{checked, from};
use crate::bundle::Bundle;

/// The Nix expression that calls another one, so that a function gets its arguments.
const BUILD: (&str, &str) = ("nix/build.nix", include_str!("../../templates/build.nix"));

/// The program that finds the expressions of installed packages.
const FIND_PLUGINS: (&str, &str) = ("nix/find-plugins.py", include_str!("../../templates/find-plugins.py"));

/// The script that builds these expressions.
const BUILD_PLUGINS: (&str, &str) = ("nix/build-plugins.sh", include_str!("../../templates/build-plugins.sh"));

/// Returns the files in `nix/` of the context: each path and its text, sorted by path.
pub(crate) fn nix_files(bundle: &Bundle) -> Vec<(&'static str, &'static str)> {
    match bundle.nix() {
        None => vec![],
        Some(nix) if nix.plugins => vec![BUILD_PLUGINS, BUILD, FIND_PLUGINS],
        Some(_) => vec![BUILD],
    }
}

/// Returns the values of the stages, or `None` if there are none.
pub(super) fn values(bundle: &Bundle) -> Option<Value> {
    let nix = bundle.nix()?;
    let caches = list_option("substituters", &nix.substituters) + &list_option("trusted-public-keys", &nix.public_keys);
    let expression = nix.file.as_ref().map(|file| bundle.workspace().project_path().join(file.normal()));
    Some(context! {
        image => from(&nix.image),
        expression => expression.map(camino::Utf8PathBuf::into_string),
        plugins => nix.plugins,
        reads_project => nix.reads_project(),
        caches => checked(&caches),
        nixpkgs => nix.nixpkgs.as_ref().map(|nixpkgs| {
            context! { place => checked(&nixpkgs.place()), hash => nixpkgs.hash().map(|hash| checked(&hash)) }
        }),
    })
}

/// Formats a `nix-build` option that extends a list setting, with a trailing space. Returns an empty string for an
/// empty list. The values must contain neither quotes nor white space.
fn list_option<T: ToString>(name: &str, values: &[T]) -> String {
    let values: Vec<_> = values.iter().map(T::to_string).collect();
    if values.is_empty() { String::new() } else { format!("--option extra-{name} '{}' ", values.join(" ")) }
}
