//! The arguments of an engine, as values.

use camino::Utf8Path;

use super::bundle_image::Mount;
use super::config::SandboxConfig;
use super::id::SandboxId;
use super::info::{CARRIER_LABEL, CARRIES_LABEL, SANDBOX_LABEL};
use super::owner::Owner;
use super::state::TEMPLATE;
use crate::value::{AGENTIX_LABEL, ImageRef};

/// The label with the process that a sandbox belongs to.
pub(super) const OWNER_LABEL: &str = "dev.agentix.owner";

/// The label of a sandbox that outlives the process that creates it. It belongs to that process until it is named.
pub(super) const DETACHED_LABEL: &str = "dev.agentix.detached";

/// A program that every portable bundle has.
const INTERPRETER: &str = "/nix/runtime/bin/python";

/// Starts the container. `variables` is the file with its environment variables, and `owner` the process that creates it.
pub(super) fn run(
    wanted: &SandboxConfig,
    task: Option<&Mount>,
    id: &SandboxId,
    owner: Option<&Owner>,
    variables: &Utf8Path,
) -> Vec<String> {
    let on_host = wanted.is_on_host();
    // Podman waits for the end of the program when it removes a container, by default 10 s.
    let mut arguments = words(&["run", "--detach", "--pull=never", "--stop-timeout=1"]);
    let mut add = |flag: &str, value: String| arguments.push(format!("--{flag}={value}"));
    add("name", id.to_string());
    let reached = if on_host { "host" } else { "published" };
    add("label", format!("{SANDBOX_LABEL}={reached}:{}", wanted.port));
    if let Some(owner) = owner {
        add("label", format!("{OWNER_LABEL}={owner}"));
    }
    if wanted.owner.is_none() {
        add("label", format!("{DETACHED_LABEL}=true"));
    }
    add("env-file", variables.to_string());
    wanted.network.iter().for_each(|network| add("network", network.to_string()));
    if !on_host {
        let host_port = wanted.host_port.map_or_else(String::new, |port| port.to_string());
        add("publish", format!("127.0.0.1:{host_port}:{}", wanted.port));
    }
    wanted.publish.iter().for_each(|port| add("publish", port.to_string()));
    wanted.cpus.iter().for_each(|cpus| add("cpus", cpus.to_string()));
    wanted.memory.iter().for_each(|memory| add("memory", memory.bytes().to_string()));
    let Some(task) = task else {
        arguments.push(wanted.image.to_string());
        return arguments;
    };
    add("label", format!("{CARRIER_LABEL}={}", task.carrier));
    task.agentix.iter().for_each(|version| add("label", format!("{AGENTIX_LABEL}={version}")));
    add("volumes-from", format!("{}:ro", task.carrier));
    let (program, rest) = task.entry_point.split_first().map_or(("", &[][..]), |(program, rest)| (program, rest));
    add("entrypoint", program.to_owned());
    arguments.push(task.image.to_string());
    arguments.extend_from_slice(rest);
    arguments
}

/// Gives a container its final name.
pub(super) fn rename(from: &SandboxId, to: &SandboxId) -> Vec<String> {
    words(&["rename", from.as_str(), to.as_str()])
}

/// Prints a JSON array with an object for each image.
pub(super) fn inspect_images(images: &[&ImageRef]) -> Vec<String> {
    let mut arguments = words(&["image", "inspect"]);
    arguments.extend(images.iter().map(ToString::to_string));
    arguments
}

/// Runs a program of a bundle that ends at once. The container stays, and carries the bundle.
pub(super) fn carrier(name: &SandboxId, image: &str, owner: Option<&Owner>) -> Vec<String> {
    let mut arguments = words(&["run", "--pull=never", "--network=none"]);
    arguments.push(format!("--name={name}"));
    arguments.push(format!("--label={CARRIES_LABEL}={image}"));
    arguments.extend(owner.map(|owner| format!("--label={OWNER_LABEL}={owner}")));
    arguments.push(format!("--entrypoint={INTERPRETER}"));
    arguments.extend(words(&[image, "--version"]));
    arguments
}

/// Starts a container that exists, and waits for its end.
pub(super) fn start(id: &SandboxId) -> Vec<String> {
    words(&["start", "--attach", id.as_str()])
}

/// Prints the status of a container and its exit code.
pub(super) fn carrier_state(id: &SandboxId) -> Vec<String> {
    words(&["container", "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", id.as_str()])
}

/// Prints the ID of each container that carries a bundle on a line.
pub(super) fn list_carriers() -> Vec<String> {
    words(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &format!("label={CARRIES_LABEL}")])
}

/// Prints the name, the status and the owner of each container on a line.
pub(super) fn inspect_carriers<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let template = format!("{{{{.Name}}}} {{{{.State.Status}}}} {{{{index .Config.Labels \"{OWNER_LABEL}\"}}}}");
    let mut arguments = words(&["container", "inspect", "--format", &template]);
    arguments.extend(ids.into_iter().map(str::to_owned));
    arguments
}

/// Prints a file of a container as a tar archive. The container need not run.
pub(super) fn copy_out(id: &SandboxId, path: &str) -> Vec<String> {
    words(&["cp", &format!("{id}:{path}"), "-"])
}

/// Prints a line for each container.
pub(super) fn inspect<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let labels = [
        ("SANDBOX", SANDBOX_LABEL),
        ("OWNER", OWNER_LABEL),
        ("DETACHED", DETACHED_LABEL),
        ("CARRIER", CARRIER_LABEL),
        ("AGENTIX", AGENTIX_LABEL),
    ];
    let template = labels.iter().fold(TEMPLATE.to_owned(), |text, (part, label)| text.replace(part, label));
    let mut arguments = words(&["container", "inspect", "--format", &template]);
    arguments.extend(ids.into_iter().map(str::to_owned));
    arguments
}

/// Prints the ID of each sandbox on a line.
pub(super) fn list() -> Vec<String> {
    words(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &format!("label={SANDBOX_LABEL}")])
}

/// Prints all lines of a container. `--tail` is not for use: podman 4.3 leaves out a line whose end was written late.
pub(super) fn lines(id: &SandboxId) -> Vec<String> {
    words(&["logs", id.as_str()])
}

/// Prints the lines of a container until it ends.
pub(super) fn follow(id: &SandboxId) -> Vec<String> {
    words(&["logs", "--follow", id.as_str()])
}

/// Ends and removes a container with its anonymous volumes.
pub(super) fn remove(id: &SandboxId) -> Vec<String> {
    words(&["rm", "--force", "--volumes", id.as_str()])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mount, SandboxConfig, run};

    fn line(config: &SandboxConfig) -> String {
        run(config, None, &"one".parse().unwrap(), None, "/tmp/one".into()).join(" ")
    }

    #[test]
    fn no_argument_holds_a_value() {
        let mut config = SandboxConfig::new("hello:1".parse().unwrap());
        config.env.push(("TOKEN".parse().unwrap(), "hunter2".to_owned()));
        config.memory = Some("64MiB".parse().unwrap());
        config.cpus = Some(1.5);
        let expected = "run --detach --pull=never --stop-timeout=1 --name=one --label=dev.agentix.sandbox=published:8000 \
                        --label=dev.agentix.detached=true --env-file=/tmp/one --publish=127.0.0.1::8000 --cpus=1.5 --memory=67108864 hello:1";
        assert_eq!(line(&config), expected);
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_task_image_runs_the_program_of_the_bundle_it_mounts() {
        let mut config = SandboxConfig::new("hello:1".parse().unwrap());
        config.owner = Some("b/1/2".parse().unwrap());
        let mount = Mount {
            image: "task:1".parse().unwrap(),
            carrier: "agentix-carrier-1".parse().unwrap(),
            entry_point: ["/nix/runtime/bin/agentix-server", "--debug"].map(str::to_owned).to_vec(),
            agentix: Some("0.2.6".to_owned()),
        };
        let id = "one".parse().unwrap();
        let line = run(&config, Some(&mount), &id, config.owner.as_ref(), "/tmp/one".into()).join(" ");
        let start = "run --detach --pull=never --stop-timeout=1 --name=one --label=dev.agentix.sandbox=published:8000 \
                     --label=dev.agentix.owner=b/1/2 --env-file=/tmp/one --publish=127.0.0.1::8000";
        let end = "--label=dev.agentix.carrier=agentix-carrier-1 --label=dev.agentix.version=0.2.6 \
                   --volumes-from=agentix-carrier-1:ro --entrypoint=/nix/runtime/bin/agentix-server task:1 --debug";
        assert_eq!(line, format!("{start} {end}"));
    }

    #[test]
    fn the_host_network_publishes_nothing() {
        let mut config = SandboxConfig::new("hello:1".parse().unwrap());
        config.network = Some("host".parse().unwrap());
        config.port = 9001.try_into().unwrap();
        let line = line(&config);
        assert!(line.contains("--label=dev.agentix.sandbox=host:9001") && line.contains("--network=host"), "{line}");
        assert!(!line.contains("--publish"), "{line}");
    }
}
