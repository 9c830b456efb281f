//! The check that an image can start: the program of its entry point exists and is executable. The program never runs.
//!
//! A configured program is checked in a step of its own, after all others, as the user and in the folder of the image. The
//! check of the framework's server is part of the last step that installs something. It also imports the server: what
//! the project locks may have replaced a package that the framework needs.

use minijinja::context;
use minijinja::value::Value;

use super::stages::Stages;
use super::templates::checked;
use crate::bundle::{Bundle, Dependencies, FRAMEWORK, SERVER};
use crate::value::Template;

/// Looks for the program `$0` as an engine does: at its path, or in the folders of `PATH`.
const SEARCH: &str = "IFS=:; case \"$0\" in */*) set -- \"\";; *) set -- $PATH;; esac; \
                      for folder; do file=\"${folder:+$folder/}$0\"; [ -f \"$file\" ] && [ -x \"$file\" ] && exit; done; \
                      echo \"the entry point $0 is missing or not executable\" >&2; exit 1";

/// Imports the server, if the environment has the framework, and writes nothing.
const LOAD: &str = "from importlib.metadata import distributions as d; \
                    [__import__('agentix.runtime.server') for _ in d(name='agentixx')]";

/// Returns the values of the check, or `None` if nothing in the Dockerfile decides what the image starts.
pub(super) fn values(bundle: &Bundle, stages: &Stages<'_>) -> Option<Value> {
    if bundle.template().is_some_and(Template::decides_what_starts) {
        return None;
    }
    let entrypoint = bundle.config().entrypoint.as_ref();
    if let Some(program) = entrypoint.and_then(|command| command.words().next()) {
        let words = ["/bin/sh", "-c", SEARCH, program].map(str::to_owned);
        return Some(context! { step => "own", words => words.to_vec() });
    }
    let brings_server = stages.replaced.iter().any(|name| name.as_str() == FRAMEWORK);
    let step = last_step(bundle, stages, brings_server)?;
    // The framework itself is in a folder of its own until the image copies it.
    let is_apart = brings_server && step == "project";
    let server = if is_apart { SERVER.replace("/nix/runtime", "/mnt/project") } else { SERVER.to_owned() };
    Some(context! {
        step,
        server => checked(&server),
        load => (!is_apart).then(|| checked(&LOAD)),
        // Another image starts the server if it is made like a runtime image, which sets a variable.
        is_certain => bundle.agentix_version().is_some(),
    })
}

/// Returns the last step that installs something. Without one, no step can remove the server.
///
/// Copying the project into the environment removes none, unless the project is the framework.
fn last_step(bundle: &Bundle, stages: &Stages<'_>, brings_server: bool) -> Option<&'static str> {
    let installs = !bundle.packages().is_empty() || bundle.archives().next().is_some();
    match () {
        () if bundle.nix().is_some() => Some("nix"),
        () if brings_server || (installs && !stages.installs_apart) => Some("project"),
        () if stages.installs_apart || !matches!(bundle.dependencies(), Dependencies::None) => Some("dependencies"),
        () => None,
    }
}
