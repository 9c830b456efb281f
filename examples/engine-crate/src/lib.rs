//! An engine for sites where one machine prepares images and another machine builds them. It writes the context of an
//! image as a tar archive into a folder. Run `docker build - < NAME.tar` on the other machine.
//!
//! The example shows the required methods of an engine in another crate: `name`, `probe` and `build`.

use std::fs::{self, File};
use std::io;

use agentix_gen::context::{ArchiveError, write_tar};
use agentix_gen::engine::{Builder, Capabilities, EngineError, Event, Feature};
use agentix_gen::{BuildRequest, Cancel, Context, Control, Engine, Outcome};
use camino::Utf8PathBuf;

/// An engine that writes contexts into a folder.
#[derive(Debug, Clone)]
pub struct Handover {
    /// The folder.
    pub folder: Utf8PathBuf,
}

/// A context that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be written: {source}")]
struct Unwritable {
    path: Utf8PathBuf,
    source: io::Error,
}

impl Engine for Handover {
    fn name(&self) -> &str {
        "handover"
    }

    fn probe(&self, _: &Cancel) -> Result<Capabilities, EngineError> {
        // The builder on the other machine is BuildKit.
        let mounts = [Feature::CacheMount, Feature::SecretMount, Feature::StageMount];
        Ok(Capabilities::new(env!("CARGO_PKG_VERSION"), Builder::named("handover"), mounts))
    }

    fn build(
        &self,
        _: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        let path = self.folder.join(format!("{}.tar", request.tags[0].base_name()));
        let fail = |source| {
            let error = Unwritable { path: path.clone(), source };
            EngineError::external(self.name(), error).with_remedy("choose a folder that you can write to")
        };
        fs::create_dir_all(&self.folder).map_err(fail)?;
        // The archive gets its final name when it is complete.
        let part = path.with_extension("part");
        let file = File::create(&part).map_err(fail)?;
        let written = write_tar(context, file, &control.cancel);
        let bytes = written.map_err(|error| {
            let _ = fs::remove_file(&part);
            match error {
                ArchiveError::Output(source) => fail(source),
                ArchiveError::Cancelled => EngineError::Cancelled,
                error => error.into(),
            }
        })?;
        fs::rename(&part, &path).map_err(fail)?;
        (control.events)(Event::Line(&format!("wrote {path}")));
        let digest = request.digest.as_ref().map(ToString::to_string);
        Ok(Outcome::new(digest.unwrap_or_default(), bytes))
    }
}
