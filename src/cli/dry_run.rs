//! `build --dry-run`: writes the context as a folder and reports what would be built.

use agentix_gen::bundle::Bundle;
use agentix_gen::context;
use agentix_gen::value::{Cancel, Dialect};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use super::arguments::{BuildArguments, Format};
use super::error::CommandError;
use super::progress::Progress;
use super::{output, project};

/// Stages the context and reports what would be built.
pub(crate) fn dry_run(arguments: &BuildArguments, bundle: &Bundle, cancel: &Cancel) -> Result<(), CommandError> {
    output::excluded_secrets(bundle);
    let image = &bundle.tags()[0];
    let folder = Utf8Path::new("build").join(image.base_name());
    let dialect = arguments.project.dialect.chosen().unwrap_or(Dialect::BuildKit);
    let context = context::stage(bundle, dialect)?;
    project::refuse_too_large(&context, bundle)?;
    let mut progress = Progress::new(!arguments.quiet);
    progress.set_total(project::warn_if_large(&context)?);
    let written =
        context::write_folder_with_progress(&context, &folder, cancel, &mut |bytes| progress.report(bytes, "staged"));
    drop(progress);
    let leftovers = written?;
    leftovers.iter().for_each(output::warning);
    let report = DryRun {
        staged: folder,
        would_build: image.to_string(),
        extends: bundle.runtime_image().to_string(),
        project: bundle.project().name().short().to_owned(),
        nix_derivation: bundle.nix().and_then(|nix| Some(nix.file.as_ref()?.to_string())),
    };
    match arguments.format {
        Format::Text => output::data(report.text().as_bytes()),
        Format::Json => output::json(&report),
    }
}

#[derive(Serialize)]
struct DryRun {
    staged: Utf8PathBuf,
    would_build: String,
    extends: String,
    project: String,
    nix_derivation: Option<String>,
}

impl DryRun {
    fn text(&self) -> String {
        format!(
            "staged build context  {}\nwould build           {}\nextends               {}\nproject               {}\n\
             nix derivation        {}\n",
            self.staged,
            self.would_build,
            self.extends,
            self.project,
            self.nix_derivation.as_deref().unwrap_or("no"),
        )
    }
}
