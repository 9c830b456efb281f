//! Output: data on stdout, messages for people on stderr.

#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "the command prints here")]

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use agentix_gen::bundle::{Bundle, Warning};
use agentix_gen::context::LargestPaths;
use agentix_gen::value::{ByteSize, Redacted, is_unseen};
use serde::Serialize;
use serde_json::Value;

use super::closed_stdout;
use super::error::CommandError;
use super::excerpt::excerpt;

/// Returns `true` if stdout is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Returns `true` if stdout or stderr is this file.
pub(crate) fn is_written_to(path: &str) -> bool {
    let is_same = |stream| {
        let found = rustix::fs::stat(path).and_then(|file| Ok((file, rustix::fs::fstat(stream)?)));
        found.is_ok_and(|(file, stream)| (file.st_dev, file.st_ino) == (stream.st_dev, stream.st_ino))
    };
    is_same(rustix::stdio::stdout()) || is_same(rustix::stdio::stderr())
}

/// Writes data to stdout.
pub(crate) fn data(bytes: &[u8]) -> Result<(), CommandError> {
    stream(|out| out.write_all(bytes).map_err(CommandError::Output))
}

/// Writes indented JSON to stdout, without the credentials of URLs.
pub(crate) fn json(value: &impl Serialize) -> Result<(), CommandError> {
    let failed = |error: serde_json::Error| CommandError::Output(error.into());
    let mut redacted = serde_json::to_value(value).map_err(failed)?;
    // A `Value` sorts its keys, so it is written only if it differs.
    let text = if redact(&mut redacted) {
        serde_json::to_string_pretty(&redacted)
    } else {
        serde_json::to_string_pretty(value)
    };
    data((visible_json(&text.map_err(failed)?) + "\n").as_bytes())
}

/// Escapes what could control a terminal and is valid in a string of JSON: C1 controls and marks of direction. Nothing but
/// strings contains them.
fn visible_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_unseen(c) {
            text.push(c);
        } else {
            // All of them are in the basic plane, so one escape is enough.
            _ = write!(text, "\\u{:04x}", u32::from(c));
        }
    }
    text
}

/// Redacts all strings and returns whether one has changed.
fn redact(value: &mut Value) -> bool {
    match value {
        Value::String(text) => match Redacted(text).text() {
            Cow::Borrowed(_) => false,
            Cow::Owned(shown) => {
                *text = shown;
                true
            }
        },
        Value::Array(list) => list.iter_mut().map(redact).filter(|changed| *changed).count() > 0,
        Value::Object(table) => table.values_mut().map(redact).filter(|changed| *changed).count() > 0,
        _ => false,
    }
}

/// Passes unbuffered stdout to a function that writes data.
pub(crate) fn stream<T>(write: impl FnOnce(&mut dyn Write) -> Result<T, CommandError>) -> Result<T, CommandError> {
    closed_stdout::refuse().map_err(CommandError::Output)?;
    // `Stdout` is line-buffered: it would search a tar archive for line feeds.
    let stdout = rustix::io::dup(io::stdout()).map_err(|error| CommandError::Output(error.into()))?;
    write(&mut File::from(stdout))
}

/// Returns what to do after printing a verdict: if the reader of stdout has closed the pipe, the verdict is the same.
pub(crate) fn unless_unread(printed: Result<(), CommandError>) -> Result<(), CommandError> {
    printed.or_else(|error| if error.is_closed_pipe() { Ok(()) } else { Err(error) })
}

/// Prints a line on stderr.
pub(crate) fn note(text: &str) {
    message(&format!("{text}\n"));
}

/// Overwrites the last line of the terminal.
pub(crate) fn status(text: &str) {
    message(&format!("\r\u{1b}[K{text}"));
}

/// Writes to stderr, without the credentials of URLs. If nobody can read it, the work goes on: a message never decides the result.
fn message(text: &str) {
    let _ = io::stderr().write_all(Redacted(text).text().as_bytes());
}

/// Returns `true` if stderr is a terminal that may show a status line.
pub(crate) fn has_status() -> bool {
    Paint::for_stderr().0
}

/// Prints a warning: a fault that does not affect the result.
pub(crate) fn warning(fault: &impl Error) {
    let reason = fault.source().map(|source| format!(": {source}")).unwrap_or_default();
    note(&format!("{} {fault}{reason}", Paint::for_stderr().bold("warning:")));
}

/// Prints an error with its causes, evidence and remedies.
pub(crate) fn error(error: &CommandError) {
    let paint = Paint::for_stderr();
    let mut text = format!("{} {error}\n", paint.red("error:"));
    text += &error.in_manifest().map_or_else(String::new, |error| excerpt(error, paint.0));
    let mut source = error.source();
    while let Some(cause) = source {
        _ = writeln!(text, "  {} {cause}", paint.bold("caused by:"));
        source = cause.source();
    }
    for line in error.proof() {
        _ = writeln!(text, "  {} {line}", paint.bold("because:"));
    }
    for line in error.help() {
        _ = writeln!(text, "  {} {line}", paint.bold("help:"));
    }
    message(&text);
}

/// Prints the argument parser's message: help and version on stdout with exit code 0, wrong usage on stderr with exit
/// code 2.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    if error.use_stderr() {
        let text = error.render();
        message(&if Paint::for_stderr().0 { text.ansi().to_string() } else { text.to_string() });
        return code;
    }
    match closed_stdout::refuse().and_then(|()| error.print()) {
        // Help is data: it is lost if it cannot be written. A reader that closed the pipe needs no more of it.
        Err(fault) if fault.kind() != io::ErrorKind::BrokenPipe => {
            note(&format!("error: cannot write to stdout\n  caused by: {fault}"));
            ExitCode::FAILURE
        }
        _ => code,
    }
}

/// Prints the warnings of a bundle, one line each.
pub(crate) fn warnings(warnings: &[Warning]) {
    for warning in warnings {
        warning_text(&warning.to_string());
    }
}

/// Prints a warning.
pub(crate) fn warning_text(text: &str) {
    note(&format!("{} {text}", Paint::for_stderr().bold("warning:")));
}

/// Prints the excluded secrets in one line.
pub(crate) fn excluded_secrets(bundle: &Bundle) {
    const MAX_NAMED: usize = 5;
    let secrets: Vec<&str> = bundle
        .listing()
        .excluded()
        .iter()
        .filter(|entry| entry.reason.is_secret())
        .map(|entry| entry.path.as_str())
        .collect();
    if secrets.is_empty() {
        return;
    }
    let named: Vec<String> = secrets.iter().take(MAX_NAMED).map(|path| path.escape_debug().to_string()).collect();
    let more = secrets.len().checked_sub(MAX_NAMED).filter(|more| *more > 0);
    let more = more.map_or(String::new(), |more| format!(" and {more} more"));
    note(&format!("excluded as secrets: {}{more} (to include one: --include PATH)", named.join(", ")));
}

/// Prints the secrets that an in-tree build does not exclude unless there is an ignore file.
pub(crate) fn secrets_of_ignore_file(bundle: &Bundle) {
    if bundle.listing().excluded().iter().any(|entry| entry.reason.is_secret()) {
        excluded_secrets(bundle);
        note("a builder excludes them only with: agentix-gen dockerignore > Dockerfile.dockerignore");
    }
}

/// Prints a warning about a large context, with its largest paths.
pub(crate) fn large_context(total: ByteSize, largest: &LargestPaths) {
    note(&format!("{} the context holds {total}", Paint::for_stderr().bold("warning:")));
    note(&largest.to_string());
}

/// Adds colour if the field is `true`.
pub(crate) struct Paint(bool);

impl Paint {
    pub(crate) fn for_stdout() -> Self {
        Self::on(&io::stdout())
    }

    fn for_stderr() -> Self {
        Self::on(&io::stderr())
    }

    fn on(stream: &impl IsTerminal) -> Self {
        let unwanted = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self(stream.is_terminal() && !unwanted("NO_COLOR") && !unwanted("CI"))
    }

    fn red(&self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    /// Adds the colour with a code of [ECMA-48]: `31` for red. `0` adds none.
    ///
    /// [ECMA-48]: https://ecma-international.org/publications-and-standards/standards/ecma-48/
    pub(crate) fn with(&self, code: &str, text: &str) -> String {
        if self.0 && code != "0" { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
