//! The `init` command: adds `[tool.agentix]` to a project.
//!
//! The table has the keys that the build fails without. What is decided without a key is a comment, so that it still
//! follows the project.

#![expect(clippy::disallowed_methods, reason = "the manifest is probed and written here")]

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;

use agentix_gen::bundle::BundleError;
use agentix_gen::load::{LoadError, list};
use agentix_gen::value::Dialect;
use agentix_gen::{Bundle, Config, LoadOptions, Plan, load};
use camino::Utf8Path;

use self::table::{Need, Table};
use super::error::CommandError;
use super::setup_arguments::InitArguments;
use super::{in_tree, output, project, text_file};

mod table;

pub(crate) fn init(arguments: &InitArguments) -> Result<(), CommandError> {
    let (bundle, needs) = detect(&arguments.path)?;
    let path = arguments.path.join("pyproject.toml");
    let manifest = match text_file::read(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(in_tree::unwritable(&path)(error)),
    };
    let shown = path.as_str();
    if manifest.as_deref().is_some_and(is_configured) {
        return Err(CommandError::AlreadyConfigured { path: shown.to_owned() });
    }
    let table = Table::new(&bundle, &Plan::new(&bundle, Dialect::BuildKit), needs);
    let extended = appended(manifest.as_deref().unwrap_or_default(), &table.to_string());
    if !is_configured(&extended) {
        return Err(CommandError::Unextendable { path: shown.to_owned() });
    }
    output::warnings(&bundle.warnings());
    for decision in table.decisions() {
        output::note(&decision);
    }
    if manifest.is_none() && table.is_optional() {
        output::note(&format!("nothing is written: the project needs no {}", shown.escape_debug()));
        return Ok(());
    }
    if arguments.dry_run {
        return output::data(table.to_string().as_bytes());
    }
    write(&path, &extended).map_err(in_tree::unwritable(&path))?;
    output::note(&format!("wrote [tool.agentix] to {}", shown.escape_debug()));
    Ok(())
}

/// Loads the project, with the keys that it cannot be built without.
fn detect(folder: &Utf8Path) -> Result<(Bundle, Vec<Need>), CommandError> {
    let mut needs: Vec<Need> = Vec::new();
    let mut config = Config::default();
    loop {
        let mut options = LoadOptions::from(config.clone());
        options.environment = project::environment();
        options.without_source_search = true;
        let need = match load(folder, options) {
            Ok(bundle) => return Ok((bundle, needs)),
            Err(LoadError::Bundle(BundleError::NeedsGit { requirement, over_ssh, .. }))
                if config.build_apt.is_empty() =>
            {
                let packages = if over_ssh { &["git", "openssh-client"][..] } else { &["git"] };
                for package in packages {
                    config.build_apt.push(package.parse().map_err(BundleError::from).map_err(LoadError::from)?);
                }
                let why = format!("{requirement} is in a git repository");
                Need { key: "build-apt", value: packages.to_vec().into(), why }
            }
            Err(LoadError::Bundle(BundleError::NeedsSsh { requirement })) if config.ssh.is_empty() => {
                config.ssh.push("default".parse().map_err(BundleError::from).map_err(LoadError::from)?);
                let why = format!("{requirement} is reached through ssh");
                Need { key: "ssh", value: vec!["default"].into(), why }
            }
            Err(LoadError::Bundle(BundleError::NoVersion { .. })) if config.tag.is_empty() => {
                let (workspace, _) = list(folder, &LoadOptions::from(config.clone()))?;
                let tag = format!("{}:latest", workspace.project().name().short());
                config.tag.push(tag.parse().map_err(BundleError::from).map_err(LoadError::from)?);
                Need { key: "tag", value: vec![tag].into(), why: "the project has no version".to_owned() }
            }
            Err(error) => return Err(error.into()),
        };
        needs.push(need);
    }
}

/// Returns `true` if a manifest is TOML and has `[tool.agentix]`.
fn is_configured(manifest: &str) -> bool {
    let manifest: Result<toml::Table, _> = manifest.trim_start_matches('\u{feff}').parse();
    manifest.is_ok_and(|manifest| manifest.get("tool").and_then(|tool| tool.get("agentix")).is_some())
}

/// Returns a manifest with a table at its end, after an empty line. The lines end as those of the manifest do.
fn appended(manifest: &str, table: &str) -> String {
    let end = if manifest.contains("\r\n") { "\r\n" } else { "\n" };
    let mut text = manifest.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(end);
    }
    if !text.is_empty() {
        text.push_str(end);
    }
    text + &table.replace('\n', end)
}

/// Replaces a manifest, or the file that it links to. Its mode stays.
fn write(path: &Utf8Path, text: &str) -> io::Result<()> {
    let (path, mode) = match path.canonicalize_utf8() {
        Ok(path) => (path.clone(), fs::metadata(&path)?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), Permissions::from_mode(0o644)),
        Err(error) => return Err(error),
    };
    text_file::replace_with_mode(&path, text, mode)
}
