//! Limits of a walk through followed links.
//!
//! A link copies all that it leads to. A few folders with links to each other can therefore describe more files than any
//! disk holds, and end in no loop. The limits hold while the links are followed.

use std::collections::HashMap;
use std::fmt;

use camino::{Utf8Path, Utf8PathBuf};

use crate::value::ByteSize;

/// The number of times that links may lead to the same folder.
const MOST_COPIES: usize = 1000;

/// The number of files and folders that links may add to a listing.
const MOST_ENTRIES: usize = 1_000_000;

/// The size of all files behind links if `max-context` is not set.
const LARGEST: ByteSize = ByteSize::new(100 << 30);

/// The number of folders around a path behind a link. The walk needs stack for each of them.
const DEEPEST: usize = 200;

/// The limit that a walk through links has reached. It is displayed as the rest of a sentence about the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkLimit {
    /// Links lead to the same folder again and again.
    Copies,
    /// Links add too many files and folders.
    Entries,
    /// The files behind links are too large.
    Bytes(ByteSize),
    /// A path is too deep.
    Depth,
}

impl fmt::Display for LinkLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copies => write!(f, "would copy a folder more than {MOST_COPIES} times"),
            Self::Entries => write!(f, "would bring the files behind links to more than {MOST_ENTRIES}"),
            Self::Bytes(most) => write!(f, "would bring the files behind links to more than {most}"),
            Self::Depth => write!(f, "would put folders more than {DEEPEST} deep in each other"),
        }
    }
}

/// Counts what a walk through links has found.
#[derive(Debug)]
pub(super) struct LinkLimits {
    /// The number of copies of each folder, by its real path.
    copies: HashMap<Utf8PathBuf, usize>,
    entries: usize,
    bytes: u64,
    most_bytes: ByteSize,
}

impl LinkLimits {
    /// Returns the limits of a project whose context may have `max_context` bytes.
    pub(super) fn new(max_context: Option<ByteSize>) -> Self {
        Self { copies: HashMap::new(), entries: 0, bytes: 0, most_bytes: max_context.unwrap_or(LARGEST) }
    }

    /// Counts a file or folder with this path in the listing.
    pub(super) fn add_entry(&mut self, path: &str) -> Result<(), LinkLimit> {
        self.entries += 1;
        match () {
            () if self.entries > MOST_ENTRIES => Err(LinkLimit::Entries),
            () if path.matches('/').count() > DEEPEST => Err(LinkLimit::Depth),
            () => Ok(()),
        }
    }

    /// Counts a copy of a folder.
    pub(super) fn add_copy(&mut self, real: &Utf8Path) -> Result<(), LinkLimit> {
        let copies = match self.copies.get_mut(real) {
            Some(copies) => copies,
            None => self.copies.entry(real.to_owned()).or_default(),
        };
        *copies += 1;
        if *copies > MOST_COPIES { Err(LinkLimit::Copies) } else { Ok(()) }
    }

    /// Counts the bytes of a file.
    pub(super) fn add_bytes(&mut self, bytes: u64) -> Result<(), LinkLimit> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > self.most_bytes.bytes() { Err(LinkLimit::Bytes(self.most_bytes)) } else { Ok(()) }
    }
}
