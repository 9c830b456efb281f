//! The configuration of a container: its user, working folder, commands and labels.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::super::inputs::Inputs;
use super::super::run_time::User;
use super::instruction::{Instruction, instruction, pairs, run};
use super::runtime_image;

/// The start of a stage. The user of an image may not be root; the user of a stage is.
pub(super) fn from(inputs: &Inputs, image: &str, stage: &str) -> Vec<Instruction> {
    let named = if stage.is_empty() { vec![image] } else { vec![image, "AS", stage] };
    let root = (image == runtime_image(inputs)).then(|| instruction("USER", &["0"]));
    [instruction("FROM", &named)].into_iter().chain(root).collect()
}

/// The steps that create the account of the user and the working folder.
pub(super) fn account(inputs: &Inputs) -> Vec<Instruction> {
    let mut steps = vec![];
    if inputs.standalone.is_some() && inputs.run_time.user.is_none() {
        steps.push(default_account());
    }
    if let Some(User::Account(name, uid)) = &inputs.run_time.user {
        let uid = uid.unwrap_or(1000);
        steps.push(run(&format!(
            "set -eu; if grep -E '^({name}:|[^:]*:[^:]*:{uid}:)' /etc/passwd /etc/group; then \
             echo 'user {name} or number {uid} is taken in {}' >&2; exit 1; fi; \
             echo '{name}:x:{uid}:{uid}::/home/{name}:/bin/sh' >> /etc/passwd; \
             echo '{name}:x:{uid}:' >> /etc/group; mkdir -p /home/{name}; chown {uid}:{uid} /home/{name}",
            runtime_image(inputs)
        )));
    }
    if let (Some(user), _) = runs_as(inputs)
        && let Some(folder) = &inputs.run_time.workdir
    {
        steps.push(run(&format!("if [ ! -e {folder} ]; then mkdir -p {folder} && chown {user} {folder}; fi")));
    }
    steps
}

/// The step that creates the account of an image without a configured user.
pub(super) fn default_account() -> Instruction {
    run("set -eu; if ! grep -q '^[^:]*:[^:]*:65532:' /etc/passwd; then \
         echo 'agentix:x:65532:65532::/home/agentix:/bin/sh' >> /etc/passwd; \
         echo 'agentix:x:65532:' >> /etc/group; fi; mkdir -p /home/agentix; chown 65532:65532 /home/agentix")
}

/// The user that the image runs as, and the folder that it starts in, if the image does not leave them to its base.
fn runs_as(inputs: &Inputs) -> (Option<String>, Option<String>) {
    let given = &inputs.run_time;
    let (user, home) = match &given.user {
        Some(user @ User::Account(name, _)) => (Some(numbers(user)), Some(format!("/home/{name}"))),
        Some(user) => (Some(numbers(user)), None),
        None if inputs.standalone.is_some() => (Some("65532:65532".to_owned()), Some("/home/agentix".to_owned())),
        None => (None, None),
    };
    (user, given.workdir.clone().or(home))
}

fn numbers(user: &User) -> String {
    match user {
        User::Account(_, uid) => format!("{0}:{0}", uid.unwrap_or(1000)),
        User::Root => "0".to_owned(),
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
    let (user, folder) = runs_as(inputs);
    let own = user.clone().map(|user| ("AGENTIX_USER".to_owned(), user)).into_iter();
    let own = own.chain([("PYTHONUNBUFFERED".to_owned(), "1".to_owned())]);
    let env: BTreeMap<String, String> = own.chain(given.env.clone()).collect();
    steps.push(pairs("ENV", env.iter()));
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
    steps.extend(given.stop_signal.iter().map(|signal| instruction("STOPSIGNAL", &[signal])));
    steps.extend(folder.iter().map(|folder| instruction("WORKDIR", &[folder])));
    // In the judge, as in an image that is no runtime image, the variable is not set.
    steps.push(instruction("USER", &[user.as_deref().unwrap_or("0")]));
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
    let base = runtime_image(inputs);
    let (name, digest) = base.split_once('@').map_or((&*base, None), |(name, digest)| (name, Some(digest)));
    let base = [("base.name", Some(name)), ("base.digest", digest)];
    let base = base
        .into_iter()
        .filter_map(|(key, value)| Some((format!("org.opencontainers.image.{key}"), value?.to_owned())));
    let alone = inputs.standalone.as_ref();
    let agentix = alone.map(|alone| alone.agentix.clone().unwrap_or_else(|| "0.1.0".to_owned()));
    let agentix = agentix.map(|version| ("dev.agentix.version".to_owned(), version));
    let labels: BTreeMap<_, _> = own.chain(base).chain(agentix).chain(inputs.labels.clone()).collect();
    [pairs("LABEL", labels.iter())]
}
