//! The choice of an engine, and the errors if none is usable.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use agentix_gen::engine::Registry;
use agentix_gen::value::Cancel;
use rustix::process::{Pid, Signal, kill_process};

use crate::run::{Folder, HELLO};

#[test]
fn without_engines_each_is_named_with_the_reason() {
    let folder = Folder::hello();
    assert_eq!(
        folder.run(&["build"]).env("PATH", "").refused(),
        "error: no engine can be used\n  \
         because: `docker` is not installed: no absolute entry of PATH contains it\n  \
         because: `podman` is not installed: no absolute entry of PATH contains it\n  \
         because: `buildah` is not installed: no absolute entry of PATH contains it\n  \
         help: install docker, podman or buildah; `agentix-gen engines` lists their status\n"
    );
    assert_eq!(
        folder.run(&["build", "--engine", "podman"]).env("PATH", "").refused(),
        "error: `podman` is not installed: no absolute entry of PATH contains it\n  \
         help: install it, or choose another engine with --engine\n"
    );
    assert_eq!(
        folder.run(&["build"]).env("AGENTIX_ENGINE", "kaniko").refused(),
        "error: AGENTIX_ENGINE: unknown engine `kaniko`; available: buildah, container, docker, nerdctl, podman\n"
    );
    assert_eq!(folder.paths(), ["pyproject.toml"]);
}

/// If an engine is installed but not usable, the help is about that engine, not about installing another.
#[test]
fn an_installed_engine_gets_its_own_remedy() {
    let help = |words: &str| {
        let folder = Folder::hello().program("bin/docker", &format!("#!/bin/sh\necho '{words}' >&2\nexit 1\n"));
        let bin = folder.path("bin");
        let refused = folder.run(&["build"]).env("PATH", bin).refused();
        refused.split_once("  help: ").unwrap().1.to_owned()
    };
    assert_eq!(help("Cannot connect to the Docker daemon at unix:///x."), "start the docker daemon\n");
    assert_eq!(
        help("permission denied while trying to connect to the Docker daemon socket at unix:///x"),
        "join the group that has access to docker (often `docker`)\n"
    );
    assert_eq!(help("x"), "install docker, podman or buildah; `agentix-gen engines` lists their status\n");
}

#[test]
fn the_engine_is_chosen_by_flag_then_environment_then_file() {
    let folder = Folder::with("pyproject.toml", format!("{HELLO}[tool.agentix]\nengine = 'file'\n"));
    let unknown = |origin: &str, name: &str| {
        format!("error: {origin}: unknown engine `{name}`; available: buildah, container, docker, nerdctl, podman\n")
    };
    assert_eq!(folder.run(&["build"]).refused(), unknown("[tool.agentix] engine", "file"));
    let environment = folder.run(&["build"]).env("AGENTIX_ENGINE", "environment");
    assert_eq!(environment.refused(), unknown("AGENTIX_ENGINE", "environment"));
    let flag = folder.run(&["build", "--engine", "flag"]).env("AGENTIX_ENGINE", "environment");
    assert_eq!(flag.refused(), unknown("--engine", "flag"));
    let auto = folder.run(&["build"]).env("AGENTIX_ENGINE", "auto").env("PATH", "");
    assert!(auto.refused().starts_with("error: no engine can be used\n"));
}

#[test]
fn unusable_engines_are_listed_with_the_reason() {
    let folder = Folder::hello();
    let table = folder.run(&["engines"]).env("PATH", "").prints();
    assert!(table.starts_with("ENGINE     ORIGIN      VERSION  TESTED  BUILDER\n"), "{table}");
    assert_eq!(table.lines().count(), 6);
    let list: serde_json::Value =
        serde_json::from_str(&folder.run(&["engines", "--format", "json"]).env("PATH", "").prints()).unwrap();
    assert_eq!(list[2]["name"], "docker");
    assert_eq!(list[2]["origin"], "(built-in)");
    assert_eq!((&list[1]["tested"], &list[2]["tested"]), (&false.into(), &true.into()));
    assert_eq!(list[2]["error"], "`docker` is not installed: no absolute entry of PATH contains it");
}

#[test]
fn a_stopped_list_prints_nothing() {
    let folder = Folder::hello().program("bin/docker", "#!/bin/sh\ntouch asked\nexec sleep 1000\n");
    let path = format!("{}:/usr/bin:/bin", folder.path("bin").display());
    let mut command = folder.run(&["engines"]).env("PATH", path).command();
    let mut listing = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !folder.path("asked").exists() {
        assert!(listing.try_wait().unwrap().is_none(), "the command ended too early");
    }
    kill_process(Pid::from_child(&listing), Signal::TERM).unwrap();
    let output = listing.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(143), &b""[..]));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "error: stopped by SIGTERM\n");
}

/// `nohup` ignores SIGHUP for the programs that it starts.
#[test]
fn an_ignored_hangup_stops_nothing() {
    let wait = "#!/bin/sh\ntouch asked\nuntil test -e answer; do sleep 0.01; done\nexit 1\n";
    let folder = Folder::hello().program("bin/docker", wait);
    let path = format!("{}:/usr/bin:/bin", folder.path("bin").display());
    let engines = folder.run(&["engines"]).env("PATH", path).command();
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(engines.get_program()).args(engines.get_args());
    command.current_dir(folder.path("."));
    command.envs(engines.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut listing = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !folder.path("asked").exists() {
        assert!(listing.try_wait().unwrap().is_none(), "the command ended too early");
    }
    kill_process(Pid::from_child(&listing), Signal::HUP).unwrap();
    thread::sleep(Duration::from_millis(300));
    std::fs::write(folder.path("answer"), "").unwrap();
    let output = listing.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("ENGINE "));
}

/// The project contains a program `docker`. A search path with an empty or relative entry must not find it.
#[test]
fn a_program_in_the_project_is_not_run() {
    // With such a PATH, the script can use only shell built-ins to leave a trace.
    const TRACE: &str = "#!/bin/sh\n: >ran\n";
    let folder = Folder::hello().program("docker", TRACE).program("podman", TRACE).program("bin/docker", TRACE);
    for path in ["", ".", ":", "./bin", "bin:.:"] {
        let message = folder.run(&["build"]).env("PATH", path).refused();
        let missing = "is not installed: no absolute entry of PATH contains it\n";
        assert_eq!(message.matches(missing).count(), 3, "PATH={path:?}: {message}");
        assert!(!folder.path("ran").exists(), "PATH={path:?}");
    }
}

/// Returns the error for an engine that prints `words` and fails on every call.
fn refusal_of(engine: &str, words: &str) -> String {
    let script = format!("#!/bin/sh\necho '{words}' >&2\nexit 3\n");
    let folder = Folder::hello().program(&format!("bin/{engine}"), &script);
    let path = format!("{}:/bin", folder.path("bin").display());
    folder.run(&["build", "--engine", engine]).env("PATH", path).refused()
}

#[test]
fn an_engine_without_a_version_is_refused() {
    assert_eq!(refusal_of("podman", "broken\u{1b}[31m"), "error: podman did not report its version: broken\n");
}

/// Only a user other than root gets this error from a real daemon.
#[test]
fn missing_permission_for_the_daemon_is_an_error() {
    const WORDS: &str = "permission denied while trying to connect to the Docker daemon socket at \
                         unix:///var/run/docker.sock: Get \"http://%2Fvar%2Frun%2Fdocker.sock/v1.41/version\": \
                         dial unix /var/run/docker.sock: connect: permission denied";
    assert_eq!(
        refusal_of("docker", WORDS),
        format!(
            "error: this user has no permission to use docker: {WORDS}\n  \
             help: join the group that has access to it (often `docker`), or choose podman with --engine podman\n"
        )
    );
}

/// Creates a stub of docker: client and daemon report `version`, and the script `buildx` is its buildx plugin.
fn docker(version: &str, buildx: &str) -> Folder {
    let versions = serde_json::json!({ "Client": { "Version": version }, "Server": { "Version": version } });
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n'version --format {{{{json .}}}}') echo '{versions}' ;;\n'buildx version') {buildx} ;;\n\
         *) exit 64 ;;\nesac\n"
    );
    Folder::hello().program("bin/docker", &script)
}

#[test]
fn the_builder_of_docker_is_detected() {
    let plugin = |version: &str| format!("echo github.com/docker/buildx {version} abc0123");
    for (version, buildx, wanted, expected) in [
        ("28.2.2", &plugin("v0.13.1"), "", "buildx"),
        ("20.10.24+dfsg1", &plugin("0.13.1+ds1"), "", "buildx"),
        ("28.2.2", &plugin("v0.13.1"), "0", "legacy builder"),
        ("20.10.24", &format!("{}; exit 1", plugin("v0.13.1")), "", "BuildKit"),
        ("28.2.2", &"exit 1".to_owned(), "", "legacy builder"),
    ] {
        let folder = docker(version, buildx);
        let path = folder.path("bin");
        let asked = |format| {
            let run = folder.run(&["engines", "--format", format]).env("PATH", path.as_os_str());
            if wanted.is_empty() { run.prints() } else { run.env("DOCKER_BUILDKIT", wanted).prints() }
        };
        let table = asked("text");
        let row = table.lines().find(|line| line.starts_with("docker")).unwrap();
        assert!(row.contains(version) && row.contains(expected), "{row}");
        let list: serde_json::Value = serde_json::from_str(&asked("json")).unwrap();
        let features = list[2]["features"].to_string();
        assert_eq!(features.contains("provenance"), expected == "buildx", "{features}");
        assert_eq!(features.contains("cache-mount"), expected != "legacy builder", "{features}");
    }
}

/// The package `podman-docker` installs podman as `docker`. Recorded from podman 4.3.1, and from docker 28.2.2 at the
/// socket of podman (shortened).
#[test]
fn podman_with_the_name_of_docker_is_named() {
    const PROGRAM: &str = r#"{"Client":{"APIVersion":"4.3.1","Version":"4.3.1","GoVersion":"go1.19.8","GitCommit":"","BuiltTime":"Thu Jan  1 00:00:00 1970","Built":0,"OsArch":"linux/amd64","Os":"linux"}}"#;
    const DAEMON: &str = r#"{"Client":{"Version":"28.2.2","ApiVersion":"1.41"},"Server":{"Components":[{"Name":"Podman Engine","Version":"4.3.1"}],"Version":"4.3.1"}}"#;
    for (answer, proof) in
        [(PROGRAM, "the program prints the version of podman"), (DAEMON, "the daemon answers as Podman Engine")]
    {
        let script = format!(
            "#!/bin/sh\necho 'Emulate Docker CLI using podman.' >&2\n[ \"$1\" = version ] || exit 125\necho '{answer}'\n"
        );
        let folder = Folder::hello().program("bin/docker", &script);
        let refused = folder.run(&["build", "--engine", "docker"]).env("PATH", folder.path("bin")).refused();
        let remedy = "choose it by its own name, with --engine; its daemon: CONTAINER_HOST, not DOCKER_HOST";
        assert_eq!(refused, format!("error: `docker` is podman: {proof}\n  help: {remedy}\n"));
    }
}

/// Creates a stub of podman that logs its arguments and has only the image `there:1`. For other images it prints
/// `absent` and fails.
fn podman(absent: &str) -> Folder {
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> \"${{0%/*}}/asked\"\nshift 4\nfor image; do\n\
         if [ \"$image\" = there:1 ]; then echo '0123 sha256:45'; else echo '{absent}' >&2; exit 125; fi\ndone\n"
    );
    Folder::hello().program("bin/podman", &script)
}

#[test]
fn images_are_inspected_together_or_one_by_one_if_one_is_absent() {
    let inspect = |folder: &Folder, images: &[&str]| {
        let path = folder.path("bin");
        let engine = Registry::discover(path.as_os_str()).get("podman").unwrap();
        let images: Vec<_> = images.iter().map(|image| image.parse().unwrap()).collect();
        let found = engine.inspect(&images, &Cancel::default()).map_err(|error| error.to_string());
        let asked = std::fs::read_to_string(path.join("asked")).unwrap().lines().count();
        (found.map(|found| found.into_iter().map(|image| image.map(|image| image.id)).collect::<Vec<_>>()), asked)
    };
    let there = Some("0123".to_owned());
    let absent = || podman("Error: nope: image not known");
    assert_eq!(inspect(&absent(), &["there:1"]), (Ok(vec![there.clone()]), 1));
    assert_eq!(inspect(&absent(), &["there:1", "there:1"]), (Ok(vec![there.clone(), there.clone()]), 1));
    assert_eq!(inspect(&absent(), &["there:1", "nope:1"]), (Ok(vec![there.clone(), None]), 3));
    assert_eq!(inspect(&absent(), &["nope:1", "there:1"]), (Ok(vec![None, there]), 3));
    let broken = Err("podman did not report whether it has the image: Error: no space".to_owned());
    let broken_engine = || podman("Error: no space");
    assert_eq!(inspect(&broken_engine(), &["there:1", "nope:1"]), (broken.clone(), 1));
    assert_eq!(inspect(&broken_engine(), &["nope:1"]), (broken, 1));
}
