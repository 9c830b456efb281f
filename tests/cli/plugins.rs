//! Engines that are programs on PATH.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::run::{Folder, HELLO};

/// The description of a plugin that can do everything.
fn description(name: &str) -> Value {
    json!({ "protocol": 1, "name": name, "version": "1.2", "dialects": ["buildkit", "classic"], "context": "tar",
        "features": ["inspect", "digests", "push", "heredoc", "of-the-future"] })
}

fn outcome(outcome: &Value) -> String {
    // `echo` would interpret the escapes of JSON.
    format!("printf '%s\\n' '{}'", json!({ "outcome": outcome }))
}

/// Returns a project that does not contain its plugins.
fn project() -> Folder {
    let exclude = "[tool.agentix]\nexclude = ['bin', 'tools', 'other', 'link']\n";
    Folder::with("pyproject.toml", format!("{HELLO}{exclude}"))
}

/// Adds a plugin. The scripts run for `describe` and for `build`. `inspect` finds the base image alone.
fn plugin(folder: Folder, name: &str, describe: &str, build: &str) -> Folder {
    let base = outcome(&json!({ "images": [{ "id": "sha256:34" }, null] }));
    let script = format!(
        "#!/bin/sh\nhere=\"${{0%/*}}\"\necho \"$1\" >> \"$here/asked\"\n\
         case \"$1\" in\ndescribe) {describe} ;;\ninspect) {base} ;;\nbuild) {build} ;;\nesac\n"
    );
    folder.program(&format!("bin/agentix-engine-{name}"), &script)
}

fn good(build: &str) -> Folder {
    plugin(project(), "own", &outcome(&description("own")), build)
}

fn path(folder: &Folder) -> String {
    format!("{}:/usr/bin:/bin", folder.path("bin").display())
}

/// A `PATH` without built-in engines: links to the few programs that scripts use.
fn bare(folder: &Folder) -> String {
    let tools = folder.path("tools");
    std::fs::create_dir_all(&tools).unwrap();
    for tool in ["sh", "cat", "sleep", "touch", "head", "yes", "tr", "setsid"] {
        let link = tools.join(tool);
        if !link.exists() {
            std::os::unix::fs::symlink(format!("/usr/bin/{tool}"), link).unwrap();
        }
    }
    format!("{}:{}", folder.path("bin").display(), tools.display())
}

/// Returns the error for a plugin `own` in `engines`.
fn error_of(describe: &str) -> String {
    let folder = plugin(project(), "own", describe, "true");
    let started = Instant::now();
    let list = listed(&folder, &bare(&folder));
    assert!(started.elapsed() < Duration::from_secs(9), "{:?}", started.elapsed());
    let row = list.iter().find(|row| row["name"] == "own").unwrap();
    assert_eq!(list.len(), 6, "the other engines are listed: {list:?}");
    assert_eq!(row["origin"], "agentix-engine-own@?");
    let program = folder.path("bin/agentix-engine-own");
    let error = row["error"].as_str().unwrap().replace(program.to_str().unwrap(), "OWN");
    error.strip_prefix("engine `own` from `OWN` cannot be used: OWN ").unwrap_or(&error).to_owned()
}

fn listed(folder: &Folder, path: &str) -> Vec<Value> {
    serde_json::from_str(&folder.run(&["engines", "--format", "json"]).env("PATH", path).prints()).unwrap()
}

#[test]
fn a_plugin_is_listed_with_what_it_says() {
    let folder = good("true");
    let table = folder.run(&["engines"]).env("PATH", bare(&folder)).prints();
    let row = table.lines().find(|line| line.starts_with("own ")).unwrap();
    assert!(row.contains("agentix-engine-own@1.2  1.2"), "{row}");
    assert!(row.ends_with("own: cache-mount, secret-mount, stage-mount, heredoc"), "{row}");
    let list = listed(&folder, &bare(&folder));
    let own = list.iter().find(|row| row["name"] == "own").unwrap();
    assert_eq!((&own["program"], &own["dialect"]), (&json!(folder.path("bin/agentix-engine-own")), &json!("buildkit")));
}

/// Only listing the engines, or a name that is not built in, runs a plugin.
#[test]
fn a_plugin_that_is_not_needed_is_not_run() {
    let folder = crate::stub::engine(good("true"), "cat > /dev/null");
    for arguments in [&["plan"][..], &["dockerfile"], &["build"], &["build", "--engine", "podman"]] {
        folder.run(arguments).env("PATH", path(&folder)).ends(0);
        assert!(!folder.path("bin/asked").exists(), "{arguments:?}");
    }
    folder.run(&["engines"]).env("PATH", path(&folder)).ends(0);
    assert!(folder.path("bin/asked").exists());
}

#[test]
fn a_plugin_builds_from_the_request_and_the_context() {
    let script = format!(
        "echo working >&2; printf '%s\\n' '{{\"line\":\"step 1\\nstep 2\"}}'; echo '{{\"event\":\"later\"}}'; \
         cat \"$2\" > \"$here/request\"; cat > \"$here/context\"; {}",
        outcome(&json!({ "image_id": "sha256:12" }))
    );
    let folder = good(&script);
    let arguments = ["build", "--format", "json", "--secret", "id=token,env=TOKEN", "--build-arg", "A=b"];
    let run = folder.run(&arguments).env("AGENTIX_ENGINE", "own").env("TOKEN", "hunter2").env("PATH", path(&folder));
    let printed = run.ends(0);
    for line in ["working\n", "step 1\nstep 2\n", "building hello:1.0 on agentix/runtime:0.1.0 with own 1.2 (own)\n"] {
        assert!(printed.stderr.contains(line), "{printed:?}");
    }
    let built: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(
        (&built["engine"], &built["version"], &built["image_id"], &built["references"], &built["up_to_date"]),
        (&json!("own"), &json!("1.2"), &json!("sha256:12"), &json!(["hello:1.0"]), &json!(false))
    );
    assert!(built["seconds"].is_number() && built["manifest_digest"].is_null(), "{built}");
    let context = std::fs::read(folder.path("bin/context")).unwrap();
    assert_eq!(built["context_bytes"], json!(context.len()));
    assert!(context.starts_with(b"Dockerfile\0"));
    let request = std::fs::read_to_string(folder.path("bin/request")).unwrap();
    assert!(!request.contains("hunter2"), "{request}");
    let request: Value = serde_json::from_str(&request).unwrap();
    assert_eq!(request["secrets"], json!([{ "id": "token", "env": "TOKEN" }]));
    assert_eq!((&request["operation"], &request["build_args"]), (&json!("build"), &json!({ "A": "b" })));
    assert_eq!(request["labels"]["dev.agentix.digest"], built["digest"]);
    assert_eq!(std::fs::read_to_string(folder.path("bin/asked")).unwrap(), "describe\ninspect\nbuild\n");
}

#[test]
fn a_plugin_can_read_a_folder() {
    let mut folder_form = description("own");
    folder_form["context"] = json!("folder");
    let build = format!("cat \"$2\" > \"$here/request\"; {}", outcome(&json!({ "image_id": "1" })));
    let folder = plugin(project(), "own", &outcome(&folder_form), &build);
    folder.run(&["build", "--engine", "own"]).env("PATH", path(&folder)).ends(0);
    let request: Value = serde_json::from_slice(&std::fs::read(folder.path("bin/request")).unwrap()).unwrap();
    let staged = request["context"]["path"].as_str().unwrap();
    assert!(staged.starts_with('/') && !std::path::Path::new(staged).exists(), "{staged}");
}

#[test]
fn failures_have_their_exit_code_and_remedy() {
    let fails = |error: Value, code| {
        let folder = good(&format!("cat > /dev/null; echo '{}'; exit 3", json!({ "error": error })));
        folder.run(&["build", "--engine", "own"]).env("PATH", path(&folder)).ends(code).stderr
    };
    let stderr = fails(json!({ "kind": "build", "exit_code": 7, "message": "the step failed", "remedy": "fix it" }), 7);
    assert!(stderr.ends_with("the step failed\nfix it\nerror: own failed with exit code 7\n"), "{stderr}");
    let stderr = fails(json!({ "message": "no node is free", "remedy": "wait", "temporary": true }), 1);
    let expected = "error: own failed\n  caused by: no node is free\n  help: wait\n  help: the cause may be over soon: try again\n";
    assert!(stderr.ends_with(expected), "{stderr}");
    let stderr = fails(json!({ "kind": "not-running", "message": "no socket" }), 1);
    assert!(stderr.contains("error: own is not running: no socket\n"), "{stderr}");
}

#[test]
fn a_description_that_is_wrong_is_named_for_that_name_alone() {
    let with = |key: &str, value: Value| {
        let mut wrong = description("own");
        wrong[key] = value;
        error_of(&outcome(&wrong))
    };
    assert_eq!(error_of("echo hello"), "printed a line that is no message of its protocol: `hello`");
    assert_eq!(error_of("echo broken >&2; exit 3"), "ended `describe` with exit code 3 and without an outcome: broken");
    assert_eq!(error_of("exec >&-"), "ended `describe` with exit code 0 and without an outcome: no output");
    assert_eq!(with("protocol", json!(2)), "speaks protocol 2, but this version of agentix-gen speaks protocol 1");
    assert_eq!(with("name", json!("other")), "says that its name is `other`; rename the program");
    assert!(
        with("context", json!("oven"))
            .starts_with("answered `describe` with a value that is not valid: unknown variant")
    );
    assert!(with("version", json!("1\n2")).starts_with("answered `describe` with a value that is not valid"));
    assert_eq!(with("dialects", json!([])), "answered `describe` with a value that is not valid: `dialects` is empty");
    let twice = format!("{0}; {0}", outcome(&description("own")));
    assert_eq!(error_of(&twice), "printed a message after its outcome");
    let fails = format!("{}; exit 4", outcome(&description("own")));
    assert_eq!(error_of(&fails), "reported success of `describe` and ended with exit code 4");
    assert_eq!(error_of("head -c 3000000 /dev/zero | tr '\\0' x"), "printed a line of more than 1 MiB");
    assert!(error_of("exec yes").starts_with("printed a line that is no message of its protocol: `y`"));
}

/// A plugin that hangs is killed after 5 s, even if it ignores signals or has closed its output.
#[test]
fn a_plugin_that_hangs_is_stopped() {
    let late = "did not answer `describe` within 5 s";
    std::thread::scope(|scope| {
        for describe in ["sleep 1000", "trap '' TERM; while :; do sleep 1; done", "exec >&- 2>&-; sleep 1000"] {
            scope.spawn(move || assert_eq!(error_of(describe), late, "{describe}"));
        }
    });
}

#[test]
fn two_plugins_with_one_name_are_a_conflict() {
    let folder = good("true").program("other/agentix-engine-own", "#!/bin/sh\ntouch ran\n");
    std::os::unix::fs::symlink(folder.path("bin"), folder.path("link")).unwrap();
    let entries = ["bin", "link", "other"].map(|name| folder.path(name).display().to_string());
    let once = format!("{}:{}", bare(&folder), entries[1]);
    assert!(listed(&folder, &once).iter().all(|row| row["name"] != "own" || row.get("error").is_none()));
    let twice = format!("{}:{}", bare(&folder), entries.join(":"));
    let conflict = format!(
        "engine `own` is provided by `{0}/agentix-engine-own` and `{1}/agentix-engine-own`; remove all but one",
        entries[0], entries[2]
    );
    let refused = folder.run(&["build", "--engine", "own"]).env("PATH", &twice).refused();
    assert_eq!(refused, format!("error: {conflict}\n"));
    let rows: Vec<Value> = listed(&folder, &twice).into_iter().filter(|row| row["name"] == "own").collect();
    assert!(rows.len() == 2 && rows.iter().all(|row| row["error"] == *conflict), "{rows:?}");
    assert!(!folder.path("ran").exists());
}

#[test]
fn a_plugin_with_the_name_of_a_built_in_engine_is_not_used() {
    let folder = plugin(project(), "podman", "touch ran", "touch ran");
    let list = listed(&folder, &bare(&folder));
    let rows: Vec<&Value> = list.iter().filter(|row| row["name"] == "podman").collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    let error = rows[1]["error"].as_str().unwrap();
    assert!(error.ends_with("is not used: the engine `podman` is (built-in); rename the program"), "{error}");
    assert!(!folder.path("bin/asked").exists());
}

/// `auto` tries the built-in engines first, and then the plugins by name.
#[test]
fn auto_takes_a_plugin_if_no_built_in_engine_can_be_used() {
    let build = format!("cat > /dev/null; {}", outcome(&json!({ "image_id": "1" })));
    let folder = plugin(good(&build), "broken", "exit 1", "");
    let stderr = folder.run(&["build"]).env("PATH", bare(&folder)).ends(0).stderr;
    assert!(stderr.contains(" with own 1.2 (own)\n"), "{stderr}");
    let folder = plugin(project(), "broken", "exit 1", "");
    let refused = folder.run(&["build"]).env("PATH", bare(&folder)).refused();
    assert!(refused.contains("  because: engine `broken` from `"), "{refused}");
}

/// The project contains a plugin. A search path with an empty or relative entry must not find it.
#[test]
fn a_plugin_in_the_project_is_not_run() {
    let folder = project().program("agentix-engine-own", "#!/bin/sh\n: >ran\n");
    for path in ["", ".", ":", "bin:.:"] {
        let refused = folder.run(&["build", "--engine", "own"]).env("PATH", path).refused();
        let reason = "agentix-engine-own` is not run, because its entry of PATH is not absolute\n";
        assert!(refused.contains(reason), "PATH={path:?}: {refused}");
    }
    let refused = folder.run(&["build", "--engine", "../own"]).env("PATH", "/usr/bin").refused();
    assert!(refused.contains("unknown engine `../own`"), "{refused}");
    assert!(!folder.path("ran").exists());
}

#[test]
fn a_file_that_is_not_executable_is_named() {
    let folder = project().file("bin/agentix-engine-own", "#!/bin/sh\n");
    let refused = folder.run(&["build", "--engine", "own"]).env("PATH", path(&folder)).refused();
    assert!(refused.starts_with("error: engine `own` cannot be used: `/"), "{refused}");
    assert!(refused.ends_with("/agentix-engine-own` is not run, because it is not executable\n"), "{refused}");
    let refused = folder.run(&["build", "--engine", "podmann"]).env("PATH", path(&folder)).refused();
    assert!(refused.ends_with("\n  help: did you mean `podman`?\n"), "{refused}");
}

/// Returns whether a process runs. One that has ended may wait for its parent to notice.
fn is_running(process: Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.as_raw_pid())).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
}

/// A build that is stopped leaves no process of the plugin.
#[test]
fn stopping_a_build_ends_the_processes_of_a_plugin() {
    let folder = good("sleep 1000 & echo $! > \"$here/child\"; wait");
    let mut command = folder.run(&["build", "--engine", "own"]).env("PATH", path(&folder)).command();
    let mut building = command.spawn().unwrap();
    let child = loop {
        assert!(building.try_wait().unwrap().is_none(), "the build ended too early");
        let written = std::fs::read_to_string(folder.path("bin/child")).unwrap_or_default();
        if let Some(child) = written.strip_suffix('\n').and_then(|pid| pid.parse().ok()) {
            break Pid::from_raw(child).unwrap();
        }
    };
    kill_process(Pid::from_child(&building), Signal::TERM).unwrap();
    assert_eq!(building.wait().unwrap().code(), Some(143));
    assert!(!is_running(child));
}
