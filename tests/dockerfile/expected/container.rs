//! The configuration of a container: its user, working folder, commands and labels.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::super::inputs::Inputs;
use super::super::run_time::User;
use super::instruction::{Instruction, instruction, pairs, run};
use super::runtime_image;

/// The steps that create the account of the user and the working folder.
pub(super) fn account(inputs: &Inputs) -> Vec<Instruction> {
    let mut steps = vec![];
    let Some(user) = &inputs.run_time.user else { return steps };
    if let User::Account(name, uid) = user {
        let uid = uid.unwrap_or(1000);
        steps.push(run(&format!(
            "set -eu; if grep -E '^({name}:|[^:]*:[^:]*:{uid}:)' /etc/passwd /etc/group; then \
             echo 'user {name} or number {uid} is taken in {}' >&2; exit 1; fi; \
             echo '{name}:x:{uid}:{uid}::/home/{name}:/bin/sh' >> /etc/passwd; \
             echo '{name}:x:{uid}:' >> /etc/group; mkdir -p /home/{name}; chown {uid}:{uid} /home/{name}",
            runtime_image(inputs)
        )));
    }
    if let Some(folder) = &inputs.run_time.workdir {
        let user = numbers(user);
        steps.push(run(&format!("if [ ! -e {folder} ]; then mkdir -p {folder} && chown {user} {folder}; fi")));
    }
    steps
}

fn numbers(user: &User) -> String {
    match user {
        User::Account(_, uid) => format!("{0}:{0}", uid.unwrap_or(1000)),
        User::Numbers(numbers) => without_leading_zeros(numbers),
    }
}

/// Removes leading zeros from each number.
fn without_leading_zeros(numbers: &str) -> String {
    let short = |number: &str| number.parse::<u32>().unwrap().to_string();
    numbers.split(':').map(short).collect::<Vec<_>>().join(":")
}

pub(super) fn run_time(inputs: &Inputs) -> Vec<Instruction> {
    let given = &inputs.run_time;
    let words = |name: &str, words: &[String]| Instruction {
        json: true,
        ..instruction(name, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut steps = vec![];
    if !given.env.is_empty() {
        steps.push(pairs("ENV", given.env.iter()));
    }
    if !given.expose.is_empty() {
        let rank = |protocol: &str| ["", "udp", "sctp"].iter().position(|known| *known == protocol);
        let tcp = |protocol: &'static str| if protocol == "tcp" { "" } else { protocol };
        let mut ports: Vec<_> = given.expose.iter().map(|(number, protocol)| (*number, tcp(protocol))).collect();
        ports.sort_by_key(|(number, protocol)| (*number, rank(protocol)));
        ports.dedup();
        let shown = |(number, protocol): &(u16, &str)| match *protocol {
            "" => number.to_string(),
            protocol => format!("{number}/{protocol}"),
        };
        let ports: Vec<String> = ports.iter().map(shown).collect();
        steps.push(instruction("EXPOSE", &ports.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    if let Some(check) = &given.healthcheck {
        let mut step = words("HEALTHCHECK", &[vec!["CMD".to_owned()], check.cmd.clone()].concat());
        for name in ["interval", "timeout", "start-period"] {
            if let Some(duration) = check.durations.get(name) {
                step = step.flag(&format!("--{name}={duration}"));
            }
        }
        if let Some(retries) = check.retries {
            step = step.flag(&format!("--retries={retries}"));
        }
        steps.push(step);
    }
    steps.extend(given.workdir.iter().map(|folder| instruction("WORKDIR", &[folder])));
    steps.extend(given.user.iter().map(|user| instruction("USER", &[&numbers(user)])));
    steps.extend(given.entrypoint.iter().map(|command| words("ENTRYPOINT", command)));
    steps.extend(given.cmd.iter().map(|command| words("CMD", command)));
    steps
}

/// The labels from the metadata of the project, overridden by the labels of the user.
pub(super) fn labels(inputs: &Inputs) -> [Instruction; 1] {
    let about = &inputs.about;
    let title = agentix_gen::value::ProjectName::from_str(&inputs.name).unwrap().to_string();
    let metadata = [
        ("title", Some(title)),
        ("version", Some(inputs.version().to_owned())),
        ("description", about.description.clone().filter(|text| !text.is_empty())),
        ("licenses", about.license.clone()),
        ("source", about.repository.clone()),
        ("revision", about.revision.clone()),
        ("created", about.epoch.map(|epoch| agentix_gen::value::Epoch::try_from(epoch).unwrap().to_string())),
    ];
    let own =
        metadata.into_iter().filter_map(|(name, value)| Some((format!("org.opencontainers.image.{name}"), value?)));
    let labels: BTreeMap<_, _> = own.chain(inputs.labels.clone()).collect();
    [pairs("LABEL", labels.iter())]
}
