//! Parses what an engine reports of a container.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::info::{SandboxInfo, Status};

/// The end of the name of a container whose server has not answered yet, if nobody owns it afterwards.
pub(super) const STARTING: &str = "-starting";

/// A template for a line of JSON about a container. `SANDBOX`, `OWNER`, `DETACHED`, `CARRIER` and `AGENTIX` are labels.
///
/// Docker and podman have these fields in common.
pub(super) const TEMPLATE: &str = "[{{json .Name}},{{json .State.Status}},{{json .State.ExitCode}},\
     {{json .Config.Image}},{{json (index .Config.Labels \"SANDBOX\")}},{{json (index .Config.Labels \"OWNER\")}},\
     {{json .NetworkSettings.Ports}},{{json (index .Config.Labels \"DETACHED\")}},\
     {{json (index .Config.Labels \"CARRIER\")}},{{json (index .Config.Labels \"AGENTIX\")}}]";

type Ports = BTreeMap<String, Option<Vec<Binding>>>;

#[derive(Deserialize)]
struct Line(
    String,
    String,
    i32,
    String,
    Option<String>,
    Option<String>,
    Option<Ports>,
    Option<String>,
    Option<String>,
    Option<String>,
);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Binding {
    #[serde(default)]
    host_ip: String,
    host_port: String,
}

/// Parses a line of the template. Returns `None` if the container is no sandbox.
pub(super) fn parse(line: &str) -> Result<Option<SandboxInfo>, serde_json::Error> {
    let Line(name, status, code, image, label, owner, ports, detached, carrier, agentix) = serde_json::from_str(line)?;
    // Docker prints an empty text for a label that is missing, podman sometimes null.
    let [label, detached, carrier, agentix_version] =
        [label, detached, carrier, agentix].map(|label| label.filter(|label| !label.is_empty()));
    let Some(label) = label else { return Ok(None) };
    let belongs_to_nobody = detached.is_some() && !name.ends_with(STARTING);
    // Docker writes a slash before the name.
    let Ok(sandbox_id) = name.trim_start_matches('/').parse() else { return Ok(None) };
    let status = match status.as_str() {
        "created" | "configured" | "initialized" | "starting" => Status::Starting,
        "running" | "paused" => Status::Running,
        _ => Status::Exited,
    };
    let port = match label.split_once(':') {
        Some(("host", port)) => Some(port),
        Some(("published", port)) => ports.as_ref().and_then(|ports| published(ports, port)),
        _ => None,
    };
    Ok(Some(SandboxInfo {
        sandbox_id,
        runtime_url: port.filter(|_| status == Status::Running).map(|port| format!("http://127.0.0.1:{port}")),
        status,
        exit_code: (status == Status::Exited).then_some(code),
        agentix_version,
        image,
        carrier: carrier.and_then(|carrier| carrier.parse().ok()),
        owner: owner.filter(|_| !belongs_to_nobody).and_then(|owner| owner.parse().ok()),
    }))
}

/// Returns the port of this machine that leads to a port of the container.
fn published<'a>(ports: &'a Ports, port: &str) -> Option<&'a str> {
    let mut bindings = ports.get(&format!("{port}/tcp"))?.iter().flatten();
    bindings.find(|binding| binding.host_ip == "127.0.0.1").map(|binding| binding.host_port.as_str())
}

#[cfg(test)]
mod tests {
    use super::{SandboxInfo, Status, parse};

    fn info(line: &str) -> Option<SandboxInfo> {
        parse(line).unwrap()
    }

    #[test]
    fn the_url_leads_to_the_port_of_the_server() {
        let ports = r#"{"53/udp":null,"8000/tcp":[{"HostIp":"127.0.0.1","HostPort":"32768"}],
                        "22/tcp":[{"HostIp":"127.0.0.1","HostPort":"1"}]}"#;
        let line = |status: &str, label: &str| {
            format!(r#"["/one","{status}",3,"hello:1","{label}","b/1/2",{ports},"","",""]"#)
        };
        let running = info(&line("running", "published:8000")).unwrap();
        assert_eq!(running.runtime_url.as_deref(), Some("http://127.0.0.1:32768"));
        assert_eq!((running.sandbox_id.as_str(), running.status, running.exit_code), ("one", Status::Running, None));
        let on_host = info(&line("running", "host:9001")).unwrap();
        assert_eq!(on_host.runtime_url.as_deref(), Some("http://127.0.0.1:9001"));
        let exited = info(&line("exited", "published:8000")).unwrap();
        assert_eq!((exited.runtime_url, exited.exit_code), (None, Some(3)));
    }

    #[test]
    fn a_detached_sandbox_has_an_owner_until_it_is_named() {
        let line = |name: &str, detached: &str| {
            let line = format!(
                r#"["/{name}","running",0,"task:1","published:8000","b/1/2",{{}},"{detached}","agentix-carrier-1","0.1.0"]"#
            );
            info(&line).unwrap()
        };
        assert!(line("one-starting", "true").owner.is_some());
        assert_eq!(line("one", "true").owner, None);
        assert!(line("one", "").owner.is_some());
        let found = line("one", "");
        assert_eq!(found.carrier.unwrap().as_str(), "agentix-carrier-1");
        assert_eq!(found.agentix_version.as_deref(), Some("0.1.0"));
    }

    #[test]
    fn a_container_without_the_label_is_no_sandbox() {
        assert_eq!(info(r#"["x","running",0,"a",null,null,null,null,null,null]"#), None);
        assert_eq!(info(r#"["x","running",0,"a","","",{},"","",""]"#), None);
        assert!(parse("no such container").is_err());
    }
}
