//! Reads the log of a builder: which step a line belongs to, and what has become of the step.
//!
//! | builder | a step | its end |
//! |---|---|---|
//! | BuildKit, `--progress=plain` | `#7 [build 2/4] RUN make` | `#7 DONE 1.2s`, `#7 CACHED`, `#7 ERROR: …` |
//! | podman, buildah | `STEP 2/4: RUN make`, `[1/2] STEP 2/4: RUN make` | the next step; `--> Using cache …` |
//! | docker's legacy builder | `Step 2/4 : RUN make` | the next step; ` ---> Using cache` |

/// One line of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LogLine<'a> {
    /// A step starts, or goes on after lines of another one. A step without a number starts when the one before it is
    /// done.
    Step {
        number: Option<u32>,
        name: &'a str,
    },
    /// The step had been run before.
    Cached {
        number: Option<u32>,
    },
    Done {
        number: Option<u32>,
    },
    Failed {
        number: Option<u32>,
    },
    /// A line of a program that the step runs.
    Output {
        number: Option<u32>,
        text: &'a str,
    },
    /// A line of the builder itself.
    Other(&'a str),
}

/// Reads a line.
pub(super) fn read(line: &str) -> LogLine<'_> {
    of_buildkit(line).or_else(|| of_other_builder(line)).unwrap_or(LogLine::Other(line))
}

fn of_buildkit(line: &str) -> Option<LogLine<'_>> {
    let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
    let number: Option<u32> = Some(number.parse().ok()?);
    Some(match rest.split([' ', ':']).next()? {
        "CACHED" => LogLine::Cached { number },
        "DONE" => LogLine::Done { number },
        "ERROR" | "CANCELED" => LogLine::Failed { number },
        _ if rest.starts_with('[') || rest.starts_with("exporting to ") => LogLine::Step { number, name: rest },
        _ => LogLine::Output {
            number,
            text: rest.split_once(' ').filter(|(time, _)| is_time(time)).map_or(rest, |(_, text)| text),
        },
    })
}

/// Returns whether a word is the time that `BuildKit` writes before a line: `12.345`.
fn is_time(word: &str) -> bool {
    word.contains('.') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn of_other_builder(line: &str) -> Option<LogLine<'_>> {
    let is_stage = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/');
    let after_stage =
        line.strip_prefix('[').and_then(|line| line.split_once("] ")).filter(|(stage, _)| is_stage(stage));
    let step = after_stage.map_or(line, |(_, step)| step);
    let step = step.strip_prefix("STEP ").or_else(|| step.strip_prefix("Step "));
    let is_step =
        |step: &&str| step.split([' ', ':']).next().is_some_and(|count| count.contains('/') && is_stage(count));
    if step.as_ref().is_some_and(is_step) || line.starts_with("COMMIT ") {
        return Some(LogLine::Step { number: None, name: line });
    }
    let result = line.trim_start().strip_prefix("--")?.trim_start_matches('-').strip_prefix("> ")?;
    Some(if result.starts_with("Using cache") {
        LogLine::Cached { number: None }
    } else {
        LogLine::Output { number: None, text: line }
    })
}

#[cfg(test)]
mod tests {
    use super::{LogLine, read};

    #[test]
    fn the_lines_of_every_builder_are_read() {
        let step = |number, name| LogLine::Step { number, name };
        let output = |number, text| LogLine::Output { number, text };
        for (line, read_as) in [
            ("#7 [build 2/4] RUN make", step(Some(7), "[build 2/4] RUN make")),
            ("#12 exporting to image", step(Some(12), "exporting to image")),
            ("#7 CACHED", LogLine::Cached { number: Some(7) }),
            ("#7 DONE 1.2s", LogLine::Done { number: Some(7) }),
            ("#7 ERROR: process \"/bin/sh -c make\" did not complete", LogLine::Failed { number: Some(7) }),
            ("#7 0.345 Collecting six", output(Some(7), "Collecting six")),
            ("#7 sha256:abc 1.2MB / 3MB", output(Some(7), "sha256:abc 1.2MB / 3MB")),
            ("STEP 2/4: RUN make", step(None, "STEP 2/4: RUN make")),
            ("[1/2] STEP 2/4: RUN make", step(None, "[1/2] STEP 2/4: RUN make")),
            ("Step 2/4 : RUN make", step(None, "Step 2/4 : RUN make")),
            ("COMMIT hello:1.0", step(None, "COMMIT hello:1.0")),
            ("--> Using cache 0123", LogLine::Cached { number: None }),
            (" ---> Using cache", LogLine::Cached { number: None }),
            ("--> 0123456789ab", output(None, "--> 0123456789ab")),
            ("done", LogLine::Other("done")),
            ("# a comment", LogLine::Other("# a comment")),
            ("#x 1", LogLine::Other("#x 1")),
            ("Step by step", LogLine::Other("Step by step")),
            ("", LogLine::Other("")),
        ] {
            assert_eq!(read(line), read_as, "{line}");
        }
    }
}
