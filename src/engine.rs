//! Container engines: what they are asked, how they are run, and what came of it.
//!
//! An engine is an implementation of [`Engine`]. The built-in ones are rows of a table: from an operation they make a
//! [`Command`], a value that can be read without running anything, and one runner executes it. What differs between
//! versions of an engine is asked of the engine ([`Engine::probe`]) and kept in [`Capabilities`], never guessed from its
//! name.

mod built_in;
mod capabilities;
mod command;
mod diagnosis;
mod docker;
mod error;
mod features;
mod inspection;
mod installed;
mod podman;
mod run;
mod running;
mod staging;
mod stop;

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::cancel::Cancel;
use crate::context::Context;
use crate::dockerfile::Dialect;
use crate::folder::LeftBehind;
use crate::image::ImageRef;

pub use crate::mark::ImageFacts;
pub use crate::request::BuildRequest;
pub use built_in::{BUILT_IN, BuiltIn};
pub use capabilities::{Builder, Capabilities};
pub use command::{Command, Stdin};
pub use diagnosis::{Cause, CauseKind};
pub use error::EngineError;
pub use features::Feature;
pub use installed::Settings;

/// What a tool that builds images can do. A caller may bring its own and [register](crate::Registry::register) it.
pub trait Engine: fmt::Debug + Send + Sync {
    /// The name it is chosen by.
    fn name(&self) -> &str;

    /// Asks the engine which version it is and what it can do.
    ///
    /// # Errors
    ///
    /// A program that is missing, a daemon that does not answer, a permission that is lacking.
    fn probe(&self, cancel: &Cancel) -> Result<Capabilities, EngineError>;

    /// The dialects that it may turn out to understand once it is [probed](Engine::probe), the likeliest first. Nothing is
    /// run for it.
    fn dialects(&self) -> Vec<Dialect> {
        vec![Dialect::BuildKit, Dialect::Classic]
    }

    /// What the engine knows of images, in the order in which they are asked for; nothing of one that it does not have.
    fn inspect(&self, images: &[ImageRef], cancel: &Cancel) -> Result<Vec<Option<ImageFacts>>, EngineError>;

    /// The digests by which registries have an image that the engine has, the best known first: none where no registry
    /// has it as far as the engine knows, nothing where the engine does not have it.
    ///
    /// Podman and buildah know a digest of every image that has a registry in its name; of one that was built here it is
    /// not the registry's before it was pulled from there.
    ///
    /// # Errors
    ///
    /// An engine that cannot tell, which is what one does that does not say otherwise.
    fn digests(&self, image: &ImageRef, cancel: &Cancel) -> Result<Option<Vec<String>>, EngineError> {
        let _ = cancel;
        Err(EngineError::NoAnswer {
            engine: self.name().to_owned(),
            question: "by which digest a registry has an image",
            detail: format!("it has no way to tell of {image}"),
        })
    }

    /// The commands that [`build`](Engine::build) runs, in order.
    fn commands(&self, capabilities: &Capabilities, request: &BuildRequest) -> Vec<Command>;

    /// Builds an image.
    ///
    /// The context's Dockerfile has to be in the dialect of [`Capabilities::dialect`], or a plainer one.
    ///
    /// # Errors
    ///
    /// See [`EngineError`]. Once this returns, no process of the engine is left, and after an error no image was tagged.
    fn build(
        &self,
        capabilities: &Capabilities,
        request: &BuildRequest,
        context: &Context<'_>,
        control: &mut Control<'_>,
    ) -> Result<Outcome, EngineError>;

    /// Sends the image of a request to the registries of its tags.
    fn push(&self, request: &BuildRequest, control: &mut Control<'_>) -> Result<(), EngineError>;
}

/// What came of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The image's ID, as the engine writes it.
    pub image_id: String,
    /// How many bytes of context were sent or staged.
    pub context_bytes: u64,
}

/// What happens while an engine works.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A command starts.
    Started(&'a Command),
    /// The engine printed a line; bytes that are no UTF-8 are replaced, a line over 8 KiB comes in parts.
    Line(&'a str),
    /// So many bytes of the context were sent so far.
    ContextSent(u64),
    /// So many bytes of the context were staged so far, where the engine takes a folder.
    ContextStaged(u64),
    /// A temporary folder could not be removed, which takes nothing from the result.
    LeftBehind(&'a LeftBehind),
}

/// How the caller of a long operation follows and stops it.
pub struct Control<'a> {
    /// Stops the operation.
    pub cancel: Cancel,
    /// A folder for temporary files; what is made in it is removed again.
    pub scratch: Utf8PathBuf,
    /// A folder that lies in memory, where there is one: a small context is staged there for an engine that would hold a
    /// stream in memory, which starts several times sooner then.
    pub memory: Option<Utf8PathBuf>,
    /// Is told what happens.
    pub events: &'a mut dyn FnMut(Event<'_>),
}

impl<'a> Control<'a> {
    /// Control with a folder for temporary files and a listener.
    pub fn new(scratch: &Utf8Path, events: &'a mut dyn FnMut(Event<'_>)) -> Self {
        Self { cancel: Cancel::default(), scratch: scratch.to_owned(), memory: None, events }
    }

    /// The same, stopped by `cancel`.
    #[must_use]
    pub fn stopped_by(self, cancel: Cancel) -> Self {
        Self { cancel, ..self }
    }
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cancel, scratch, memory, events: _ } = self;
        let mut debug = f.debug_struct("Control");
        debug.field("cancel", cancel).field("scratch", scratch).field("memory", memory).finish_non_exhaustive()
    }
}
