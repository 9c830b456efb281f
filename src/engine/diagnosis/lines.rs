//! Recognises causes by the lines that engines and installers print.

use super::CauseKind::{
    self, Archive, BaseImage, Builder, Certificate, DependencyConflict, DiskFull, Dockerfile, Emulation, EngineOption,
    EntryPoint, FlatLayout, Killed, LocalRequirement, Network, Nix, NixPlugin, NoDistribution, Project, Python, Ssh,
    Step, StepNetwork, Store, Tool, User,
};
use super::{backends, base_image, nix, reason, request, ssh, step, tools};

/// Returns the kind of cause that a line shows, if it shows one.
pub(super) fn kind(line: &str) -> Option<CauseKind> {
    let starts = |with: &[&str]| with.iter().any(|start| line.starts_with(start));
    let contains = |words: &[&str]| words.iter().any(|words| line.contains(words));
    let of_resolver = UV_CAUSES.iter().find_map(|before| line.strip_prefix(before)?.strip_prefix("Because "));
    if let Some(reason) = of_resolver {
        return Some(of_uv(reason));
    }
    let is_of_python = starts(&["ERROR: Package "]) && contains(&["requires a different Python: "])
        || starts(&["error: "]) && contains(&["is incompatible with the"]) && contains(&["Python requirement"]);
    let is_of_network = starts(&[
        "WARNING: Retrying (Retry(total=0, ",
        "error: Request failed after ",
        "cause: error sending request for url ",
        "ssh: connect to host ",
        "ssh: Could not resolve hostname ",
    ]);
    let is_of_certificate = starts(FETCHING) && contains(&["CERTIFICATE_VERIFY_FAILED", "invalid peer certificate"]);
    // The last step of our Dockerfiles prints it.
    let is_of_entry_point = starts(&["the entry point "])
        && [" is missing or not executable", CANNOT_BE_LOADED].iter().any(|end| line.ends_with(end));
    // By runc, and by crun.
    let is_of_platform = starts(&["exec ", "exec: "]) && line.to_ascii_lowercase().ends_with(": exec format error");
    let found = [
        (Archive, is_of_archive(line)),
        (Emulation, is_of_platform),
        (EntryPoint, is_of_entry_point),
        (DependencyConflict, starts(&["ERROR: ResolutionImpossible", "ERROR: Cannot install "])),
        (NoDistribution, starts(&["ERROR: No matching distribution found for "])),
        (Python, is_of_python),
        (FlatLayout, starts(&["error: Multiple top-level "]) && contains(&[" discovered in a flat-layout: "])),
        (Project, backends::remedy(line).is_some()),
        (LocalRequirement, backends::is_of_missing_place(line)),
        // Before `Network`: installers also retry a server that they do not trust.
        (Certificate, is_of_certificate),
        (Network, is_of_network),
        (Ssh, ssh::remedy(line).is_some()),
        (BaseImage, base_image::is_missing(line)),
        (NixPlugin, nix::is_of_plugin(line)),
        (Nix, nix::remedy(line).is_some()),
        (StepNetwork, is_of_step_network(line)),
        (User, reason::of(line).contains("unable to find user ") && starts(STEPS)),
        (DiskFull, line.ends_with("no space left on device") || is_of_temporary_layer(line)),
        (Killed, step::was_killed(line)),
        (Store, starts(&["Error: ", "error "]) && line.ends_with(": layer not known")),
        (Tool, lacks_tool(line) || tools::remedy(line).is_some()),
        (Dockerfile, request::fault_of_dockerfile(line).is_some()),
        (Builder, request::is_of_builder(line)),
        (EngineOption, request::is_of_option(line)),
        (Step, step::has_failed(line)),
    ];
    found.into_iter().find(|(_, is_it)| *is_it).map(|(kind, _)| kind)
}

/// What the step prints if the server of the framework cannot be imported.
pub(super) const CANNOT_BE_LOADED: &str = " cannot be loaded";

/// The starts of lines in which a builder reports that a step cannot start.
const STEPS: &[&str] = &["ERROR: failed to ", "Error: building at STEP ", "unable to find user "];

/// Returns whether a builder does not have the network that a step is to use: the legacy builder, `BuildKit`, or buildah.
fn is_of_step_network(line: &str) -> bool {
    let is_unknown = line.starts_with("network ") && line.ends_with(" not found") && line.split(' ').count() == 4;
    let is_of_buildkit = ["ERROR: ", "Error response from daemon: "].iter().any(|start| line.starts_with(start))
        && line.contains("network mode \"")
        && line.contains("\" not supported by buildkit");
    let of_step = reason::of(line);
    is_unknown || is_of_buildkit || of_step != line && of_step.starts_with("unable to find network with name or ID ")
}

/// Returns whether buildah could not write a layer to its folder for temporary files, and names the pipe behind the file.
fn is_of_temporary_layer(line: &str) -> bool {
    line.contains(": storing layer \"") && line.ends_with(" to file: io: read/write on closed pipe")
}

/// The prefixes that uv prints before a reason, depending on its version.
const UV_CAUSES: &[&str] = &["cause: ", "╰─▶ "];

/// Returns why uv finds no versions, from the text after `Because `.
fn of_uv(reason: &str) -> CauseKind {
    if reason.starts_with("the current Python version ") {
        Python
    } else if reason.contains(" has an invalid package format ") {
        Archive
    } else if reason.contains(" depends on ") {
        DependencyConflict
    } else {
        NoDistribution
    }
}

/// Returns whether an installer reports an archive that it cannot read. The first two lines are uv's, the others pip's.
fn is_of_archive(line: &str) -> bool {
    let rest = |start: &str| line.strip_prefix(start);
    ["error: ", "cause: ", "╰─▶ "].iter().any(|start| {
        rest(start).is_some_and(|rest| {
            rest.starts_with("Failed to extract archive: ")
                || rest.contains(" does not appear to be a Python project, as neither ")
        })
    }) || rest("ERROR: ").is_some_and(|rest| {
        rest.starts_with("Wheel '") && rest.ends_with(" is invalid.")
            || rest.contains(" has an invalid wheel, ")
            || rest.contains(" does not appear to be a Python project: neither ")
    }) || line.starts_with("tarfile.ReadError: ")
        || line.starts_with("EOFError: Compressed file ended before the end-of-stream marker was reached")
}

/// Returns whether the build of a package reports a missing program, header file or Python module.
fn lacks_tool(line: &str) -> bool {
    const COMMANDS: &[&str] =
        &["gcc", "cc", "g++", "c++", "clang", "cargo", "rustc", "cmake", "make", "pkg-config", "git"];
    let is_command =
        |name: &str| COMMANDS.iter().any(|command| name == *command || name.ends_with(&format!("-{command}")));
    let called = ["error: ", "FileNotFoundError: "]
        .iter()
        .find_map(|start| line.strip_prefix(start)?.strip_prefix("[Errno 2] No such file or directory: '"))
        .or_else(|| {
            line.strip_prefix("error: command '").filter(|_| line.ends_with("failed: No such file or directory"))
        })
        .or_else(|| line.strip_prefix("ERROR: Cannot find command '"));
    called.and_then(|rest| rest.split('\'').next()).is_some_and(is_command)
        || line.starts_with(tools::NO_MODULE)
        || line.contains(": fatal error: ") && line.ends_with(": No such file or directory")
        || ["error: can't find Rust compiler", "error: Git executable not found", "error: linker `cc` not found"]
            .iter()
            .any(|start| line.starts_with(start))
        || line.contains("ERROR: Unknown compiler(s): ")
}

/// The starts of the lines in which an installer reports a server that it does not trust.
const FETCHING: &[&str] = &["WARNING: Retrying (", "Could not fetch URL ", "cause: ", "error: "];
