//! How a caller follows and stops long work.

use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use super::command::Command;
use crate::context::Leftover;
use crate::value::Cancel;

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
    Leftover(&'a Leftover),
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
