//! The check that an image can start: the program of its entry point exists and is executable. The program never runs.
//!
//! A configured program is checked in a step of its own, after all others, as the user and in the folder of the image. The
//! check of the framework's server is part of the last step that installs something, so that it costs nothing.

use minijinja::context;
use minijinja::value::Value;

use super::templates::checked;
use crate::bundle::{Bundle, Dependencies, SERVER};
use crate::value::Template;

/// Looks for the program `$0` as an engine does: at its path, or in the folders of `PATH`.
const SEARCH: &str = "IFS=:; case \"$0\" in */*) set -- \"\";; *) set -- $PATH;; esac; \
                      for folder; do file=\"${folder:+$folder/}$0\"; [ -f \"$file\" ] && [ -x \"$file\" ] && exit; done; \
                      echo \"the entry point $0 is missing or not executable\" >&2; exit 1";

/// Returns the values of the check, or `None` if nothing in the Dockerfile decides what the image starts.
pub(super) fn values(bundle: &Bundle) -> Option<Value> {
    if bundle.template().is_some_and(Template::decides_what_starts) {
        return None;
    }
    let entrypoint = bundle.config().entrypoint.as_ref();
    if let Some(program) = entrypoint.and_then(|command| command.words().next()) {
        let words = ["/bin/sh", "-c", SEARCH, program].map(str::to_owned);
        return Some(context! { step => "own", words => words.to_vec() });
    }
    Some(context! {
        step => last_step(bundle)?,
        server => checked(&SERVER),
        // Another image starts the server if it is made like a runtime image, which sets a variable.
        is_certain => bundle.agentix_version().is_some(),
    })
}

/// Returns the last step that installs something. Without one, no step can remove the server.
fn last_step(bundle: &Bundle) -> Option<&'static str> {
    let installs = !bundle.packages().is_empty() || bundle.archives().next().is_some();
    match () {
        () if bundle.nix().is_some() => Some("nix"),
        () if installs => Some("project"),
        () if !matches!(bundle.dependencies(), Dependencies::None) => Some("dependencies"),
        () => None,
    }
}
