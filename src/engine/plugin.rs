//! Engines that are programs: plugins in any language.
//!
//! A plugin is a program `agentix-engine-NAME` on the search path. It is run once for each operation, and speaks protocol 1:
//! a request and messages in JSON. `docs/engine-protocol.md` describes the protocol.

mod answer;
mod conversation;
mod fault;
mod message;
mod request;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as ValueError;
use serde_json::Value;

use super::builder::Builder;
use super::capabilities::Capabilities;
use super::error::EngineError;
use super::features::{Feature, MOUNTS};
use super::request::BuildRequest;
use super::{Control, Engine, Event, ImageInfo, Outcome, search_path, staging, support};
use crate::context::{Context, ContextSize};
use crate::value::{Cancel, Dialect, ImageRef};
use conversation::Conversation;
use message::{Built, ContextForm, Description, Digests, Inspected, Pushed};
use request::{BuildInput, ContextInput, Operation, Request};

#[doc(hidden)]
pub use answer::read_plugin_output;
pub use fault::PluginFault;

/// The start of the file names of plugins. The name of the engine follows.
const PREFIX: &str = "agentix-engine-";

/// How long a plugin may take to describe itself.
const DESCRIBE_LIMIT: Duration = Duration::from_secs(5);

/// The longest name of a plugin's engine, in bytes.
const LONGEST_NAME: usize = 64;

/// Returns the file name of the plugin for an engine, or `None` if no plugin can have this name.
///
/// ```text
/// name = alphanumeric *63( alphanumeric | "." | "_" | "-" )      and not "auto"
/// ```
pub(super) fn program_name(name: &str) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_valid = starts_well && name.len() <= LONGEST_NAME && name.chars().all(is_word) && name != "auto";
    is_valid.then(|| format!("{PREFIX}{name}"))
}

/// Returns the names of the plugins on a search path.
pub(super) fn names(path: &OsStr) -> impl Iterator<Item = String> {
    search_path::names_with_prefix(path, PREFIX).into_iter().filter(|name| program_name(name).is_some())
}

/// A plugin that has described itself.
#[derive(Debug)]
pub(super) struct Plugin {
    program: Utf8PathBuf,
    description: Description,
    capabilities: Capabilities,
}

impl Plugin {
    /// Asks a plugin to describe itself. It is killed if it does not answer within 5 s.
    pub(super) fn load(name: &str, program: &Utf8Path, cancel: &Cancel) -> Result<Self, EngineError> {
        let talk = Conversation { engine: name, program, limit: Some(DESCRIBE_LIMIT) };
        let request = Request::new(Operation::Describe);
        let answer: Value = talk.ask(&request, cancel)?;
        let description = talk.asked(request.name()).description(&answer)?;
        let capabilities = capabilities(&description);
        Ok(Self { program: program.to_owned(), description, capabilities })
    }

    /// Returns the version that the plugin reports.
    pub(super) fn version(&self) -> &str {
        self.description.version.as_str()
    }

    fn talk(&self) -> Conversation<'_> {
        Conversation { engine: self.name(), program: &self.program, limit: None }
    }

    /// Returns an error if the plugin does not have a feature that an operation needs.
    fn require(&self, feature: &str, operation: &'static str) -> Result<(), EngineError> {
        if self.description.features.contains(feature) { Ok(()) } else { Err(self.unsupported(operation)) }
    }

    /// Fails before anything runs if the plugin cannot do what a request asks for.
    fn check_support(&self, request: &BuildRequest) -> Result<(), EngineError> {
        support::check_request(self.name(), &self.capabilities, request)?;
        if request.push { self.require("push", "push images") } else { Ok(()) }
    }

    fn run_build(
        &self,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        let asked = |input| Request::new(Operation::Build(Box::new(BuildInput::new(request, input))));
        let size = ContextSize::measure(context)?;
        let (folder, built) = match self.description.context {
            ContextForm::Tar => {
                let request = asked(ContextInput::Tar);
                let (folder, file) = staging::stage_file("request.json", &self.talk().bytes(&request)?, control)?;
                (folder, self.talk().run(&request, Some((context, &file)), control))
            }
            ContextForm::Folder => {
                let folder = staging::stage_folder(context, &size, control)?;
                let request = asked(ContextInput::Folder { path: folder.path() });
                let built = self.talk().run(&request, None, control);
                (folder, built)
            }
        };
        if let Some(left) = folder.close() {
            (control.events)(Event::Leftover(&left));
        }
        let (Built { image_id }, ended) = built?;
        let image_id = match image_id {
            Some(id) => id.as_str().to_owned(),
            // Its store may not have the image.
            None if request.output.is_some() || request.platforms.len() > 1 => String::new(),
            None => {
                return Err(self
                    .talk()
                    .asked("build")
                    .invalid("`image_id` is missing; it may be null only with an `output` or several platforms"));
            }
        };
        let context_bytes = match self.description.context {
            ContextForm::Tar => ended.context_bytes,
            ContextForm::Folder => size.total().bytes(),
        };
        Ok(Outcome::new(image_id, context_bytes))
    }
}

/// Returns the capabilities of a plugin. A plugin that understands the buildkit dialect has its mounts.
fn capabilities(description: &Description) -> Capabilities {
    let named = description.features.iter().filter_map(|name| {
        let name: serde::de::value::StrDeserializer<'_, ValueError> = name.as_str().into_deserializer();
        Feature::deserialize(name).ok()
    });
    let mut features: BTreeSet<Feature> = named.filter(|feature| !MOUNTS.contains(feature)).collect();
    if description.dialects.iter().any(|dialect| Dialect::from(*dialect) == Dialect::BuildKit) {
        features.extend(MOUNTS);
    }
    Capabilities::new(description.version.as_str(), Builder::named(description.name.as_str()), features)
}

impl Engine for Plugin {
    fn name(&self) -> &str {
        &self.description.name
    }

    /// Returns what the plugin has said when it was loaded.
    fn probe(&self, _: &Cancel) -> Result<Capabilities, EngineError> {
        Ok(self.capabilities.clone())
    }

    fn dialects(&self) -> Vec<Dialect> {
        vec![self.capabilities.dialect()]
    }

    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageInfo>>, EngineError> {
        self.require("inspect", "inspect images")?;
        let request = Request::new(Operation::Inspect { images: request::texts(images) });
        let Inspected { images: found } = self.talk().ask(&request, cancel)?;
        if found.len() != images.len() {
            let detail = format!("{} images, but {} were asked for", found.len(), images.len());
            return Err(self.talk().asked(request.name()).invalid(&detail));
        }
        Ok(found.into_iter().map(|image| image.map(ImageInfo::from)).collect())
    }

    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        self.require("digests", "report the digests of images")?;
        let request = Request::new(Operation::Digests { image: image.to_string() });
        let Digests { digests } = self.talk().ask(&request, cancel)?;
        Ok(digests.map(|digests| digests.iter().map(ToString::to_string).collect()))
    }

    fn check(&self, _: &Capabilities, request: &BuildRequest, _: &Cancel) -> Result<(), EngineError> {
        self.check_support(request)
    }

    fn build(
        &self,
        _: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError> {
        self.check_support(request)?;
        let mut outcome = match &request.digest {
            Some(digest) => self.run_build(request, &context.with_stamps(digest.file_stamps()), control)?,
            None => self.run_build(request, context, control)?,
        };
        if request.push {
            outcome.manifest_digest = self.push(request, control)?;
        }
        Ok(outcome)
    }

    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<Option<String>, EngineError> {
        self.require("push", "push images")?;
        let request = Request::new(Operation::Push { references: request::texts(&request.tags) });
        let (Pushed { manifest_digest }, _) = self.talk().run(&request, None, control)?;
        Ok(manifest_digest.map(|digest| digest.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::program_name;

    #[test]
    fn names_of_plugins_have_a_grammar() {
        assert_eq!(program_name("build-ctl.2_x").as_deref(), Some("agentix-engine-build-ctl.2_x"));
        for name in ["", "auto", "../x", "a/b", "-x", ".x", "a b", "é", "a\n", &"a".repeat(65)] {
            assert_eq!(program_name(name), None, "{name:?}");
        }
    }
}
