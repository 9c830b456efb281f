//! Linters find nothing in a Dockerfile but what is listed here, with a reason.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::process::Stdio;

use serde::Deserialize;

use super::judges::{self, Judge};
use super::{Instruction, examples, read};

/// A finding of hadolint that we accept: its code, what the line contains, and why.
const HADOLINT_EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("DL3002", "USER 0", "a stage that only builds runs as root: it installs packages"),
    ("DL3066", "USER ${AGENTIX_USER:-0}", "the variable of a runtime image holds its user in numbers"),
    ("SC2016", "RUN", "a step that writes a file keeps its text as it is: no expression in it may expand"),
    (
        "DL3008",
        "RUN",
        "a package without a version is the user's choice: Debian's mirrors remove a version with the next update",
    ),
];

#[test]
fn hadolint_finds_only_what_we_accept() {
    let mut met = BTreeSet::new();
    for (name, text) in examples::rendered() {
        let Some(mut hadolint) = judges::program("hadolint") else { return };
        hadolint.args(["--no-fail", "--format", "json", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = hadolint.spawn().unwrap();
        process.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let mut report = String::new();
        process.stdout.take().unwrap().read_to_string(&mut report).unwrap();
        assert!(process.wait().unwrap().success());
        let lines: Vec<&str> = text.lines().collect();
        let shipped = lines.iter().rposition(|line| line.starts_with("FROM ")).unwrap();
        for finding in serde_json::from_str::<Vec<Finding>>(&report).unwrap() {
            let line = lines[finding.line - 1];
            let accepted = |(code, text, _): &&(&str, &str, &str)| *code == finding.code && line.starts_with(text);
            let exception = HADOLINT_EXCEPTIONS.iter().find(accepted);
            let is_of_image = finding.code == "DL3002" && finding.line > shipped;
            assert!(exception.is_some() && !is_of_image, "{name}: {finding:?} in\n{text}");
            met.insert(finding.code);
        }
    }
    let outdated = HADOLINT_EXCEPTIONS.iter().find(|(code, ..)| !met.contains(*code));
    assert_eq!(outdated, None, "hadolint no longer reports this finding");
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "shown if a finding is not expected")]
struct Finding {
    code: String,
    line: usize,
    message: String,
}

/// The checks of trivy that we do not follow, and why.
const TRIVY_EXCEPTIONS: &[(&str, &str)] = &[(
    "DS-0026",
    "an engine starts a health check as a program of its own every time, and orchestrators have their own: `healthcheck` adds one",
)];

/// A check of trivy for Dockerfiles, as its [rules] say it. Returns `true` if it finds something.
///
/// Trivy itself is not a package of a registry that the tests use.
///
/// [rules]: https://github.com/aquasecurity/trivy-checks/tree/main/checks/docker
type Check = fn(&[Instruction]) -> bool;

const TRIVY: &[(&str, Check)] = &[
    ("DS-0001", |all| of(all, "FROM").any(|one| one.values[0].ends_with(":latest"))),
    ("DS-0002", |all| {
        let last = of(all, "USER").last().map(|one| one.values[0].split(':').next().unwrap_or_default().to_owned());
        last.is_none_or(|user| user == "root" || user == "0" && !leaves_user_to_base(all))
    }),
    ("DS-0004", |all| of(all, "EXPOSE").any(|one| one.values.iter().any(|port| port.split('/').next() == Some("22")))),
    ("DS-0005", |all| of(all, "ADD").next().is_some()),
    ("DS-0006", |all| {
        stages(all).any(|stage| {
            let own = stage[0].values.get(2).map(|alias| format!("--from={alias}"));
            own.is_some_and(|own| of(stage, "COPY").any(|copy| copy.flags.contains(&own)))
        })
    }),
    ("DS-0007", |all| stages(all).any(|stage| of(stage, "ENTRYPOINT").count() > 1)),
    ("DS-0009", |all| of(all, "WORKDIR").any(|one| !one.values[0].starts_with('/'))),
    ("DS-0010", |all| commands(all).any(|command| command.starts_with("sudo "))),
    ("DS-0011", |all| of(all, "COPY").any(|one| one.values.len() > 2 && !one.values.last().unwrap().ends_with('/'))),
    ("DS-0012", |all| {
        let aliases: Vec<_> = of(all, "FROM").filter_map(|one| one.values.get(2)).collect();
        aliases.iter().collect::<BTreeSet<_>>().len() < aliases.len()
    }),
    ("DS-0013", |all| commands(all).any(|command| command == "cd" || command.starts_with("cd "))),
    ("DS-0014", |all| ["wget ", "curl "].iter().all(|tool| commands(all).any(|command| command.starts_with(tool)))),
    ("DS-0016", |all| stages(all).any(|stage| of(stage, "CMD").count() > 1)),
    ("DS-0017", |all| {
        of(all, "RUN").any(|run| run.values[0].contains(" update ") && !run.values[0].contains(" install "))
    }),
    ("DS-0021", |all| installs(all).any(|install| !install.contains(" --yes"))),
    ("DS-0022", |all| of(all, "MAINTAINER").next().is_some()),
    ("DS-0023", |all| stages(all).any(|stage| of(stage, "HEALTHCHECK").count() > 1)),
    ("DS-0024", |all| commands(all).any(|command| command.contains("dist-upgrade"))),
    ("DS-0026", |all| of(all, "HEALTHCHECK").next().is_none()),
    ("DS-0029", |all| installs(all).any(|install| !install.contains(" --no-install-recommends"))),
    ("DS-0030", |all| of(all, "WORKDIR").any(|one| ["/proc", "/boot", "/dev"].contains(&one.values[0].as_str()))),
    ("DS-0031", |all| {
        let names = of(all, "ENV").chain(of(all, "ARG")).flat_map(|one| &one.values);
        names.into_iter().any(|name| ["TOKEN", "PASSWORD", "SECRET", "API_KEY"].iter().any(|word| name.contains(word)))
    }),
];

#[test]
fn the_checks_of_trivy_find_only_what_we_accept() {
    let Some(judge) = Judge::start("parse.py") else { return };
    let mut met = BTreeSet::new();
    for (name, text) in examples::rendered() {
        let instructions = read(&judge, &text);
        for (id, _) in TRIVY.iter().filter(|(_, check)| check(&instructions)) {
            assert!(TRIVY_EXCEPTIONS.iter().any(|(known, _)| known == id), "{name}: {id} in\n{text}");
            met.insert(*id);
        }
    }
    let outdated = TRIVY_EXCEPTIONS.iter().find(|(id, _)| !met.contains(id));
    assert_eq!(outdated, None, "the check no longer finds anything");
}

/// The checks can find something.
#[test]
fn a_dockerfile_with_every_mistake_has_every_finding() {
    let Some(judge) = Judge::start("parse.py") else { return };
    let text = "FROM debian:latest AS a\nFROM debian:12 AS a\nMAINTAINER me\nADD x /\nCOPY --from=a x y z\nWORKDIR dev\nWORKDIR /dev\n\
                RUN sudo true && cd /tmp && apt-get update && wget x && curl x && apt-get dist-upgrade\n\
                RUN apt-get install git\nRUN apt-get update && true\nENV API_TOKEN=x\nEXPOSE 22\nCMD [\"x\"]\nCMD [\"x\"]\n\
                ENTRYPOINT [\"x\"]\nENTRYPOINT [\"x\"]\n";
    let found = |text: &str| -> BTreeSet<&str> {
        let instructions = read(&judge, text);
        TRIVY.iter().filter(|(_, check)| check(&instructions)).map(|(id, _)| *id).collect()
    };
    let all: BTreeSet<&str> = TRIVY.iter().map(|(id, _)| *id).collect();
    let twice = found("FROM debian:12\nHEALTHCHECK CMD [\"x\"]\nHEALTHCHECK CMD [\"x\"]\n");
    assert_eq!(found(text).union(&twice).copied().collect::<BTreeSet<_>>(), all);
}

fn of<'a>(all: &'a [Instruction], name: &'a str) -> impl Iterator<Item = &'a Instruction> {
    all.iter().filter(move |one| one.name == name)
}

fn stages(all: &[Instruction]) -> impl Iterator<Item = &[Instruction]> {
    all.chunk_by(|_, next| next.name != "FROM")
}

/// The shell commands of all steps.
fn commands(all: &[Instruction]) -> impl Iterator<Item = &str> {
    let steps = of(all, "RUN").filter(|run| !run.json);
    steps.flat_map(|run| run.values[0].split([';', '&', '|'])).map(str::trim)
}

fn installs(all: &[Instruction]) -> impl Iterator<Item = &str> {
    commands(all).filter(|command| command.contains("apt-get ") && command.contains(" install"))
}

/// A runtime image has another user than root, and an image on it has the same. The judge reads the variable as unset.
fn leaves_user_to_base(all: &[Instruction]) -> bool {
    let own = of(all, "ENV").any(|one| one.values.iter().any(|name| name == "AGENTIX_USER"));
    !own && of(all, "FROM").any(|one| one.values[0].starts_with("agentix/runtime:"))
}
