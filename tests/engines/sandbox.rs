//! Runs images as sandboxes, and checks that nothing is left of them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::engines::builder::Builder;
use crate::engines::image::{Image, unique};
use crate::engines::outcome::Outcome;
use crate::engines::project::Project;
use crate::judges::Judge;

on_docker_and_podman!(
    a_signal_ends_the_sandbox,
    a_detached_sandbox_runs_until_it_is_stopped,
    a_container_that_ends_early_is_removed,
    a_start_that_is_too_slow_or_cancelled_leaves_nothing,
    a_killed_run_leaves_a_stale_sandbox,
    a_killed_detached_run_leaves_a_stale_sandbox,
    limits_ports_and_files_of_variables_reach_the_container,
    no_other_container_is_stopped,
    a_network_without_ports_is_refused_at_once,
    a_taken_port_names_its_flag,
);

fn run(image: &Image, project: &Path) -> Command {
    let mut command = image.builder.agentix_gen();
    command.arg("run").arg(project).args(["--engine", image.builder.engine(), "--tag", &image.name]);
    command
}

fn engine(image: &Image, arguments: &[&str]) -> Outcome {
    Outcome::of(image.builder.command(image.builder.engine()).args(arguments))
}

fn agentix_gen(image: &Image, arguments: &[&str]) -> Outcome {
    Outcome::of(image.builder.agentix_gen().args(arguments).args(["--engine", image.builder.engine()]))
}

/// Returns the containers of an image, in any state. Podman's filter `ancestor` does not find them by the image's name.
fn containers(image: &Image) -> String {
    let all = engine(image, &["ps", "--all", "--format", "{{.ID}} {{.Image}}"]).stdout;
    all.lines().filter(|line| line.contains(&image.name)).map(str::to_owned).collect()
}

/// Returns a command that does not ignore SIGHUP, though `nohup` may have started the tests.
fn with_hangup(command: &Command) -> Command {
    let mut with_hangup = Command::new("env");
    with_hangup.arg("--default-signal=HUP").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => with_hangup.env(name, value),
            None => with_hangup.env_remove(name),
        };
    }
    with_hangup
}

/// Starts a sandbox in the foreground. Returns the process and the URL.
fn start(image: &Image, project: &Path) -> (Child, String) {
    let mut running = with_hangup(&run(image, project)).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(running.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (running, url.trim().to_owned())
}

fn status(url: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap().to_owned()
}

fn a_signal_ends_the_sandbox(builder: Builder) {
    let (image, project) = (Image::unbuilt(builder), Project::plain());
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (running, url) = start(&image, project.path());
        assert_eq!(status(&url), "HTTP/1.1 200 OK");
        assert!(agentix_gen(&image, &["ps"]).stdout.contains(&url));
        kill_process(Pid::from_child(&running), signal).unwrap();
        let ended = Outcome::from(running.wait_with_output().unwrap());
        assert_eq!(ended.code, 128 + signal.as_raw(), "{ended}");
        assert_eq!(containers(&image), "");
    }
}

fn a_detached_sandbox_runs_until_it_is_stopped(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let (image, project) = (Image::unbuilt(builder), Project::plain());
    let hostile = "a 'b' \"c\" $HOME \\ # =\t";
    let mut command = run(&image, project.path());
    command.args(["--detach", "--format", "json", "--memory", "256MiB"]);
    command.args(["--env", &format!("GREETING={hostile}"), "--env", "FROM_HERE"]).env("FROM_HERE", "hunter2");
    let started: Value = serde_json::from_str(&Outcome::of_success(&mut command).stdout).unwrap();
    let id = started["sandbox_id"].as_str().unwrap();
    assert_eq!(started["status"], "running");
    let listed: Value = serde_json::from_str(&agentix_gen(&image, &["ps", "--format", "json"]).stdout).unwrap();
    for (name, printed) in [("run", &started), ("ps", &listed)] {
        let Some(judge) = Judge::start("schema.py") else { break };
        let schema = Outcome::of_success(builder.agentix_gen().args(["schema", name])).stdout;
        let schema: Value = serde_json::from_str(&schema).unwrap();
        assert_eq!(judge.ask::<Option<String>>(&json!([schema, printed, true])), None, "{printed:#}");
    }
    assert_eq!(status(started["runtime_url"].as_str().unwrap()), "HTTP/1.1 200 OK");
    let variables = engine(&image, &["container", "inspect", "--format", "{{json .Config.Env}}", id]).stdout;
    let variables: Vec<String> = serde_json::from_str(&variables).unwrap();
    for expected in [format!("GREETING={hostile}"), "FROM_HERE=hunter2".to_owned()] {
        assert!(variables.contains(&expected), "{variables:?}");
    }
    assert!(agentix_gen(&image, &["stop", "--stale"]).stdout.lines().all(|stopped| stopped != id));
    assert_ne!(containers(&image), "");
    let stopped = agentix_gen(&image, &["stop", &id[..id.len() - 3]]);
    assert_eq!((stopped.code, stopped.stdout), (0, format!("{id}\n")));
    assert_eq!(containers(&image), "");
    assert_eq!(agentix_gen(&image, &["stop", id]).code, 0);
}

fn a_container_that_ends_early_is_removed(builder: Builder) {
    let image = Image::unbuilt(builder);
    let program = "print('no server today', flush=True); raise SystemExit(7)";
    let table = format!("[tool.agentix]\nentrypoint = ['/nix/runtime/bin/python', '-c', \"{program}\"]\n");
    let project = Project::plain().file("pyproject.toml", crate::engines::project::IN_TREE.to_owned() + &table);
    let failed = Outcome::of(&mut run(&image, project.path()));
    assert_eq!(failed.code, 1, "{failed}");
    let expected = "error: the container ended with exit code 7\n  because: no server today\n";
    assert_eq!(failed.error(), expected);
    assert_eq!(containers(&image), "");
}

/// A project whose program never answers.
fn without_server() -> Project {
    let program = "import time; print('no answer', flush=True); time.sleep(600)";
    let table = format!("[tool.agentix]\nentrypoint = ['/nix/runtime/bin/python', '-c', \"{program}\"]\n");
    Project::plain().file("pyproject.toml", crate::engines::project::IN_TREE.to_owned() + &table)
}

fn a_start_that_is_too_slow_or_cancelled_leaves_nothing(builder: Builder) {
    let (image, project) = (Image::unbuilt(builder), without_server());
    let late = Outcome::of(run(&image, project.path()).args(["--timeout", "3"]));
    let expected = "error: the server did not answer /health with status 200 in 3 s\n  because: no answer\n  \
                    help: give it longer with --timeout SECONDS\n";
    assert_eq!((late.code, late.error()), (1, expected), "{late}");
    assert_eq!(containers(&image), "");
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = run(&image, project.path());
        let waiting = command.args(["--timeout", "600"]).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_mins(1);
        while !agentix_gen(&image, &["ps"]).stdout.lines().any(|line| line.contains(&image.name)) {
            assert!(Instant::now() < deadline, "no container");
        }
        kill_process(Pid::from_child(&waiting), signal).unwrap();
        let ended = Outcome::from(waiting.wait_with_output().unwrap());
        assert_eq!(ended.code, 128 + signal.as_raw(), "{ended}");
        assert_eq!(containers(&image), "");
    }
}

fn a_killed_run_leaves_a_stale_sandbox(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let (image, project) = (Image::unbuilt(builder), Project::plain());
    let (mut running, url) = start(&image, project.path());
    let line = |listed: Outcome| listed.stdout.lines().find(|line| line.contains(&url)).unwrap().to_owned();
    assert!(line(agentix_gen(&image, &["ps"])).contains("  running  "));
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(line(agentix_gen(&image, &["ps"])).contains("  stale  "));
    assert_eq!(agentix_gen(&image, &["stop", "--stale"]).code, 0);
    assert_eq!(containers(&image), "");
}

/// Nobody knows the ID of a sandbox that is still starting.
fn a_killed_detached_run_leaves_a_stale_sandbox(builder: Builder) {
    let _lock = builder.alone_with_stale_sandboxes();
    let (image, project) = (Image::unbuilt(builder), without_server());
    let mut command = run(&image, project.path());
    let mut waiting = command.arg("--detach").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let line = || {
        let listed = agentix_gen(&image, &["ps"]).stdout;
        listed.lines().find(|line| line.contains(&image.name)).map(str::to_owned)
    };
    let deadline = Instant::now() + Duration::from_mins(5);
    while !line().is_some_and(|line| line.contains("  running  ")) {
        assert!(Instant::now() < deadline && waiting.try_wait().unwrap().is_none());
        sleep(Duration::from_millis(200));
    }
    agentix_gen(&image, &["stop", "--stale"]);
    assert_ne!(containers(&image), "", "it belongs to a process that runs");
    waiting.kill().unwrap();
    waiting.wait().unwrap();
    assert!(line().unwrap().contains("-starting  stale  "), "{:?}", line());
    assert_eq!(agentix_gen(&image, &["stop", "--stale"]).code, 0);
    assert_eq!(containers(&image), "");
}

fn limits_ports_and_files_of_variables_reach_the_container(builder: Builder) {
    let image = Image::unbuilt(builder);
    let project = Project::plain().file("settings.env", "# a comment\n\nFILE=a=b # c\nFROM_HERE\nOVERRIDDEN=file\n");
    let file = project.path().join("settings.env");
    let mut command = run(&image, project.path());
    command.args(["--detach", "--cpus", "1.5", "--memory", "256MiB", "--publish", "127.0.0.1::9001"]);
    command.arg("--env-file").arg(&file).args(["--env", "OVERRIDDEN=flag"]);
    let started = Outcome::of_success(command.env("FROM_HERE", "here"));
    let id = started.stdout.trim();
    let ask = |template: &str| {
        let answer = engine(&image, &["container", "inspect", "--format", template, id]);
        serde_json::from_str::<Value>(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer}"))
    };
    assert_eq!(
        ask("[{{json .HostConfig.NanoCpus}}, {{json .HostConfig.Memory}}]"),
        json!([1_500_000_000, 268_435_456])
    );
    let ports = ask("{{json .NetworkSettings.Ports}}");
    assert_eq!(ports["9001/tcp"][0]["HostIp"], "127.0.0.1", "{ports}");
    let variables = ask("{{json .Config.Env}}");
    for expected in ["FILE=a=b # c", "FROM_HERE=here", "OVERRIDDEN=flag"] {
        assert!(variables.as_array().unwrap().contains(&json!(expected)), "{variables}");
    }
    assert_eq!(agentix_gen(&image, &["stop", id]).code, 0);
}

fn no_other_container_is_stopped(builder: Builder) {
    let image = Image::of(builder, Project::plain().path());
    let name = unique("container");
    assert_eq!(engine(&image, &["create", "--name", &name, &image.name]).code, 0);
    let refused = agentix_gen(&image, &["stop", &name]);
    let left = containers(&image);
    engine(&image, &["rm", "--force", &name]);
    assert_ne!(left, "");
    let expected = format!("error: {} has a container {name}, but it is not a sandbox\n", builder.engine());
    assert!(refused.code == 1 && refused.error().starts_with(&expected), "{refused}");
    let gone = agentix_gen(&image, &["stop", &name]);
    assert!(gone.code == 0 && gone.stderr.contains(&format!("there is no sandbox {name}; ")), "{gone}");
}

fn a_network_without_ports_is_refused_at_once(builder: Builder) {
    let (image, project) = (Image::unbuilt(builder), Project::plain());
    let refused = Outcome::of(run(&image, project.path()).args(["--network", "none", "--timeout", "600"]));
    let expected = "error: the sandbox runs, but its network publishes no port on this machine\n";
    assert!(refused.code == 1 && refused.error().starts_with(expected), "{refused}");
    assert_eq!(containers(&image), "");
}

fn a_taken_port_names_its_flag(builder: Builder) {
    let (image, project) = (Image::unbuilt(builder), Project::plain());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = Outcome::of(run(&image, project.path()).args(["--publish", &format!("127.0.0.1:{port}:9001")]));
    assert!(refused.code == 1 && refused.error().ends_with("with --publish\n"), "{refused}");
    assert_eq!(containers(&image), "");
}
