//! Why an engine failed, read from what it printed.
//!
//! Exit codes say nothing that engines agree on, so the lines decide: each cause is known by the start of a line that
//! the engine or the installer in it writes, and keeps that line as its proof.

mod base_image;

use std::borrow::Cow;

use serde::Serialize;

/// Why a build failed, as far as the output says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// The installer finds no versions that fit all requirements.
    DependencyConflict {
        /// The line that says so.
        line: String,
    },
    /// The installer finds no distribution for one requirement.
    NoDistribution {
        /// The line that says so.
        line: String,
    },
    /// A package does not run on the Python of the image.
    Python {
        /// The line that says so.
        line: String,
    },
    /// The build of a package calls a program, or includes a header, that the image does not have.
    Tool {
        /// The line that says so.
        line: String,
    },
    /// What a step would fetch packages from cannot be reached.
    Network {
        /// The line that says so.
        line: String,
    },
    /// What a step would fetch packages from has a certificate that nothing in the image vouches for.
    Certificate {
        /// The line that says so.
        line: String,
    },
    /// A base image is neither here nor in its registry.
    BaseImage {
        /// The line that says so.
        line: String,
    },
    /// There is no space left.
    DiskFull {
        /// The line that says so.
        line: String,
    },
}

impl Cause {
    /// The cause that a line of output proves, if it proves one.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// assert!(Cause::of("#12 4.56 ERROR: ResolutionImpossible: for help visit …").is_some());
    /// assert!(Cause::of("#12 4.56 copying conflict.py").is_none());
    /// ```
    pub fn of(line: &str) -> Option<Self> {
        let line = payload(line);
        let starts = |with: &[&str]| with.iter().any(|start| line.starts_with(start));
        let says = |words: &[&str]| words.iter().any(|words| line.contains(words));
        let proof = || line.to_owned();
        let of_resolver = UV_CAUSES.iter().find_map(|before| line.strip_prefix(before)?.strip_prefix("Because "));
        if starts(&["ERROR: ResolutionImpossible", "ERROR: Cannot install "]) {
            Some(Self::DependencyConflict { line: proof() })
        } else if let Some(reason) = of_resolver {
            Some(of_uv(reason, proof()))
        } else if starts(&["ERROR: No matching distribution found for "]) {
            Some(Self::NoDistribution { line: proof() })
        } else if starts(&["ERROR: Package "]) && says(&["requires a different Python: "])
            || starts(&["error: "]) && says(&["is incompatible with the"]) && says(&["Python requirement"])
        {
            Some(Self::Python { line: proof() })
        } else if starts(FETCHING) && says(&["CERTIFICATE_VERIFY_FAILED", "invalid peer certificate"]) {
            Some(Self::Certificate { line: proof() })
        } else if starts(&["WARNING: Retrying (Retry(total=0, ", "error: Request failed after "])
            || starts(&["cause: error sending request for url "])
        {
            Some(Self::Network { line: proof() })
        } else if base_image::is_missing(line) {
            Some(Self::BaseImage { line: proof() })
        } else if line.ends_with("no space left on device") {
            Some(Self::DiskFull { line: proof() })
        } else if lacks_tool(line) {
            Some(Self::Tool { line: proof() })
        } else {
            None
        }
    }

    /// The line that proves it.
    pub fn line(&self) -> &str {
        match self {
            Self::DependencyConflict { line }
            | Self::NoDistribution { line }
            | Self::Python { line }
            | Self::Tool { line }
            | Self::Network { line }
            | Self::Certificate { line }
            | Self::BaseImage { line }
            | Self::DiskFull { line } => line,
        }
    }

    /// What it comes to in a few words: the line that proves it, and for a base image which one is missing, and why.
    ///
    /// ```
    /// use agentix_gen::engine::Cause;
    /// let line = "ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x:1: \
    ///             docker.io/library/x:1: not found";
    /// let cause = Cause::of(line).ok_or("it proves nothing")?;
    /// assert_eq!(cause.summary(), "image `x:1` cannot be fetched: not found");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn summary(&self) -> Cow<'_, str> {
        match self {
            Self::BaseImage { line } => base_image::summary(line).map_or(Cow::Borrowed(line), Cow::Owned),
            _ => Cow::Borrowed(self.line()),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::DependencyConflict { .. } => {
                "no versions fit all requirements: pin a compatible pair in [project] dependencies, or split the \
                 conflicting packages into two bundles"
            }
            Self::NoDistribution { .. } => {
                "check the spelling and the version, and that the package supports the Python of the runtime image"
            }
            Self::Python { .. } => {
                "start from an image with the Python that the project asks for: agentix-gen runtime PATH prints one to build, \
                 and --runtime-image names it"
            }
            Self::Tool { .. } => {
                "name the Debian packages that have it in [tool.agentix]: apt = [\"gcc\", \"libc6-dev\"] for a C compiler"
            }
            Self::Network { .. } => {
                "look at the network of the build steps (--network NAME), and at the index that they are told to use"
            }
            Self::Certificate { .. } => "trust the certificate of whoever signs for it: --ca-certificate FILE",
            Self::BaseImage { .. } => {
                "pull or build the image first, for the platform that is asked for, or name another one"
            }
            Self::DiskFull { .. } => "free space where the engine keeps its images",
        }
    }

    /// Whether this says more about the failure than `other`: what the installer says is closer to it than what the
    /// engine says of a step that failed.
    pub(super) fn is_better_than(&self, other: Option<&Self>) -> bool {
        let rank = |cause: &Self| match cause {
            Self::DependencyConflict { .. } | Self::Python { .. } | Self::Certificate { .. } => 3,
            Self::DiskFull { .. } | Self::Tool { .. } | Self::Network { .. } => 2,
            Self::NoDistribution { .. } | Self::BaseImage { .. } => 1,
        };
        other.is_none_or(|other| rank(self) > rank(other))
    }
}

/// What uv writes before each reason, in one version or another.
const UV_CAUSES: &[&str] = &["cause: ", "╰─▶ "];

/// Why uv finds no versions, from what it says after `Because `.
fn of_uv(reason: &str, line: String) -> Cause {
    if reason.starts_with("the current Python version ") {
        Cause::Python { line }
    } else if reason.contains(" depends on ") {
        Cause::DependencyConflict { line }
    } else {
        Cause::NoDistribution { line }
    }
}

/// Whether the build of a package says that a program or a header is not there.
fn lacks_tool(line: &str) -> bool {
    const COMMANDS: &[&str] =
        &["gcc", "cc", "g++", "c++", "clang", "cargo", "rustc", "cmake", "make", "pkg-config", "git"];
    let is_command =
        |name: &str| COMMANDS.iter().any(|command| name == *command || name.ends_with(&format!("-{command}")));
    let called = line
        .strip_prefix("error: [Errno 2] No such file or directory: '")
        .or_else(|| {
            line.strip_prefix("error: command '").filter(|_| line.ends_with("failed: No such file or directory"))
        })
        .or_else(|| line.strip_prefix("ERROR: Cannot find command '"));
    called.and_then(|rest| rest.split('\'').next()).is_some_and(is_command)
        || line.contains(": fatal error: ") && line.ends_with(": No such file or directory")
        || ["error: can't find Rust compiler", "error: Git executable not found"]
            .iter()
            .any(|start| line.starts_with(start))
        || line.contains("ERROR: Unknown compiler(s): ")
}

/// How the lines start in which an installer tells of a server that it does not trust.
const FETCHING: &[&str] = &["WARNING: Retrying (", "Could not fetch URL ", "cause: ", "error: "];

/// A line without the colour of a terminal and without what `BuildKit` writes before it (`#12 4.567 `).
fn payload(line: &str) -> &str {
    let mut rest = line.trim();
    while let Some(after) = rest.strip_prefix('\u{1b}') {
        rest = after.split_once('m').map_or("", |(_, text)| text);
    }
    let step = rest.strip_prefix('#').and_then(|rest| rest.split_once(' '));
    if let Some((number, text)) = step
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        rest = text;
    }
    if let Some((time, text)) = rest.split_once(' ')
        && time.contains('.')
        && time.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    {
        rest = text;
    }
    rest.split('\u{1b}').next().unwrap_or(rest).trim()
}

/// The two ways in which docker cannot be reached, by what its client says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreachable {
    NotRunning,
    NotPermitted,
}

impl Unreachable {
    pub(super) fn of(stderr: &str) -> Option<Self> {
        let says = |words: &[&str]| words.iter().any(|words| stderr.contains(words));
        if says(&["permission denied while trying to connect"]) {
            Some(Self::NotPermitted)
        } else if says(&["Cannot connect to the Docker daemon", "failed to dial gRPC", "error during connect"]) {
            Some(Self::NotRunning)
        } else {
            None
        }
    }
}

/// The first line that says something, and not only warns of something else.
pub(super) fn first_line(text: &str) -> String {
    let said = || text.lines().map(payload).filter(|line| !line.is_empty());
    let warns = |line: &&str| line.starts_with("time=") && line.contains(" level=warning ");
    said().find(|line| !warns(line)).or_else(|| said().next()).unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Cause, Unreachable, first_line, payload};

    #[test]
    fn engines_prefixes_are_taken_off() {
        for line in [
            "ERROR: x",
            "#12 4.567 ERROR: x",
            "#12 ERROR: x",
            "4.567 ERROR: x",
            "\u{1b}[91mERROR: x\u{1b}[0m",
            "\u{1b}[0m\u{1b}[91mERROR: x",
            "  #12 ERROR: x\r",
            "#12  ERROR: x",
            "ERROR: x \u{1b}[0m",
        ] {
            assert_eq!(payload(line), "ERROR: x");
        }
        for line in ["#not a step", "#1a x", "12 x", "v1.2 x", "1.2s x"] {
            assert_eq!(payload(line), line);
        }
        assert_eq!(payload("\u{1b}["), "");
    }

    #[test]
    fn what_was_said_first_is_told() {
        assert_eq!(first_line("\n \u{1b}[0m\n\u{1b}[91mone\u{1b}[0m\ntwo\n"), "one");
        assert_eq!(first_line(" \n"), "it said nothing");
    }

    #[test]
    fn the_cause_that_says_most_is_kept() {
        let cause = |line: &str| Cause::of(line).unwrap();
        let conflict = cause("ERROR: ResolutionImpossible: for help visit x");
        let full = cause("write /x: no space left on device");
        let missing = cause("ERROR: No matching distribution found for nope");
        let image = cause("Error response from daemon: pull access denied for x");
        assert_eq!(image.line(), "Error response from daemon: pull access denied for x");
        let better = |one: &Cause| [&conflict, &full, &missing, &image].map(|other| one.is_better_than(Some(other)));
        assert_eq!(better(&conflict), [false, true, true, true]);
        assert_eq!(better(&full), [false, false, true, true]);
        assert_eq!([better(&missing), better(&image)], [[false; 4]; 2]);
        assert!(image.is_better_than(None));
    }

    #[test]
    fn each_cause_has_a_remedy_of_its_own() {
        let remedy = |line: &str| Cause::of(line).unwrap().remedy();
        assert!(remedy("ERROR: Cannot install a and b").contains("pin a compatible pair"));
        assert!(remedy("ERROR: No matching distribution found for nope").contains("check the spelling"));
        assert!(remedy("error: x: manifest unknown").contains("pull or build the image"));
        assert!(remedy("no space left on device").contains("free space"));
    }

    #[test]
    fn a_cause_needs_the_line_of_its_author() {
        let kind = |line: &str| Cause::of(line).map(|cause| serde_json::to_value(cause).unwrap()["kind"].clone());
        assert_eq!(
            kind("ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies."),
            Some("dependency-conflict".into())
        );
        assert_eq!(kind("#9 1.2 ERROR: No matching distribution found for nope"), Some("no-distribution".into()));
        assert_eq!(
            kind("ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x"),
            Some("base-image".into())
        );
        assert_eq!(
            kind("Error: creating build container: short-name \"x\" did not resolve to an alias"),
            Some("base-image".into())
        );
        assert_eq!(kind("write /x: no space left on device"), Some("disk-full".into()));
        for (line, known) in [
            (
                "#9 0.5   cause: Because a==1 depends on b<2 and you require a==1, we can conclude",
                "dependency-conflict",
            ),
            ("  ╰─▶ Because a==1 depends on b<2 and you require a==1, we can conclude", "dependency-conflict"),
            ("cause: Because nope was not found in the package registry and you require nope", "no-distribution"),
            ("cause: Because only a<=1 is available and you require a>=2, we can conclude", "no-distribution"),
            (
                "cause: Because the current Python version (3.11.2) does not satisfy Python>=3.13 and x depends on",
                "python",
            ),
            ("#11 1.1 ERROR: Package 'x' requires a different Python: 3.11.2 not in '>=3.13'", "python"),
            (
                "error: The current Python version (3.11.2) is incompatible with the locked Python requirement: `>=3.13`",
                "python",
            ),
            ("#10 0.4 error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'", "tool"),
            ("      error: command 'gcc' failed: No such file or directory", "tool"),
            ("ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?", "tool"),
            ("      src/x.c:1:10: fatal error: Python.h: No such file or directory", "tool"),
            ("error: can't find Rust compiler", "tool"),
            (
                "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NameResolutionError(\"x\")'",
                "network",
            ),
            ("error: Request failed after 3 retries in 6.9s", "network"),
            (
                "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] x",
                "certificate",
            ),
            ("cause: invalid peer certificate: UnknownIssuer", "certificate"),
        ] {
            assert_eq!(kind(line), Some(known.into()), "{line}");
        }
        for line in [
            "resolving the conflict",
            "Step 3/7 : RUN pip install conflict",
            "incompatible",
            "error: [Errno 2] No such file or directory: 'README.md'",
            "error: command 'gcc' failed with exit code 1",
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'ReadTimeoutError(x)'",
            "Because of this",
            "no matching distribution",
            "Error: exit status 1",
            "echo manifest unknown",
        ] {
            assert_eq!(kind(line), None, "{line}");
        }
    }

    #[test]
    fn the_first_of_the_closest_causes_is_told() {
        let told = |lines: &[&str]| {
            let causes = lines.iter().filter_map(|line| Cause::of(line));
            let told = causes.reduce(|told, next| if next.is_better_than(Some(&told)) { next } else { told });
            told.unwrap().line().to_owned()
        };
        let [base, none] = ["Error: x: image not known", "ERROR: No matching distribution found for x"];
        let [full, conflict] = ["write /x: no space left on device", "ERROR: Cannot install x"];
        assert_eq!(told(&[base, none]), base);
        assert_eq!(told(&[none, base]), none);
        assert_eq!(told(&[none, full, base]), full);
        assert_eq!(told(&[full, conflict, full, "ERROR: Cannot install y"]), conflict);
    }

    #[test]
    fn a_warning_is_not_why_an_engine_gives_no_answer() {
        let warning = "time=\"2026-01-01T00:00:00Z\" level=warning msg=\"no subuid ranges found\"";
        assert_eq!(
            first_line(&format!("{warning}\n{warning}\nError: mkdir /x: permission denied\n")),
            "Error: mkdir /x: permission denied"
        );
        assert_eq!(first_line(&format!("\n{warning}\n")), warning);
        assert_eq!(first_line("\n"), "it said nothing");
    }

    #[test]
    fn docker_is_unreachable_in_two_ways() {
        let of = Unreachable::of;
        assert_eq!(
            of("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"),
            Some(Unreachable::NotRunning)
        );
        assert_eq!(
            of("permission denied while trying to connect to the Docker daemon socket at unix:///x"),
            Some(Unreachable::NotPermitted)
        );
        for words in ["error during connect: Get x", "failed to dial gRPC: x"] {
            assert_eq!(of(words), Some(Unreachable::NotRunning), "{words}");
        }
        assert_eq!(of("Error: No such image: x"), None);
    }
}
