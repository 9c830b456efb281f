//! The arguments of an engine, as values.

use camino::Utf8Path;

use super::config::SandboxConfig;
use super::id::SandboxId;
use super::info::SANDBOX_LABEL;
use super::state::TEMPLATE;

/// The label with the process that a sandbox belongs to.
pub(super) const OWNER_LABEL: &str = "dev.agentix.owner";

/// Starts the container. `variables` is the file with its environment variables.
pub(super) fn run(wanted: &SandboxConfig, id: &SandboxId, variables: &Utf8Path) -> Vec<String> {
    let on_host = wanted.is_on_host();
    // Podman waits for the end of the program when it removes a container, by default 10 s.
    let mut arguments = words(&["run", "--detach", "--pull=never", "--stop-timeout=1"]);
    let mut add = |flag: &str, value: String| arguments.push(format!("--{flag}={value}"));
    add("name", id.to_string());
    let reached = if on_host { "host" } else { "published" };
    add("label", format!("{SANDBOX_LABEL}={reached}:{}", wanted.port));
    wanted.owner.iter().for_each(|owner| add("label", format!("{OWNER_LABEL}={owner}")));
    add("env-file", variables.to_string());
    wanted.network.iter().for_each(|network| add("network", network.to_string()));
    if !on_host {
        add("publish", format!("127.0.0.1::{}", wanted.port));
    }
    wanted.publish.iter().for_each(|port| add("publish", port.to_string()));
    wanted.cpus.iter().for_each(|cpus| add("cpus", cpus.to_string()));
    wanted.memory.iter().for_each(|memory| add("memory", memory.bytes().to_string()));
    arguments.push(wanted.image.to_string());
    arguments
}

/// Prints a line for each container.
pub(super) fn inspect<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let template = TEMPLATE.replace("SANDBOX", SANDBOX_LABEL).replace("OWNER", OWNER_LABEL);
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
    use super::{SandboxConfig, run};

    fn line(config: &SandboxConfig) -> String {
        run(config, &"one".parse().unwrap(), "/tmp/one".into()).join(" ")
    }

    #[test]
    fn no_argument_holds_a_value() {
        let mut config = SandboxConfig::new("hello:1".parse().unwrap());
        config.env.push(("TOKEN".parse().unwrap(), "hunter2".to_owned()));
        config.memory = Some("64MiB".parse().unwrap());
        config.cpus = Some(1.5);
        let expected = "run --detach --pull=never --stop-timeout=1 --name=one --label=dev.agentix.sandbox=published:8000 \
                        --env-file=/tmp/one --publish=127.0.0.1::8000 --cpus=1.5 --memory=67108864 hello:1";
        assert_eq!(line(&config), expected);
        assert!(!format!("{config:?}").contains("hunter2"));
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
