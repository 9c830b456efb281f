//! Checks that an image runs with the settings of its project.

use serde_json::{Value, json};

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::{IN_TREE, Project};

on_every_builder!(settings_reach_the_image_unchanged, a_user_has_a_home_folder, an_existing_user_is_rejected);

const HOSTILE: &str = r#"a "b" $HOME \ c # d' ${X:-y} $(id) `id` \n %s é ☃ , = ] [ "#;

fn project(table: &Value) -> Project {
    let table = toml::to_string(&json!({ "tool": { "agentix": table } })).unwrap();
    let manifest = IN_TREE.replace("[build-system]", "description = 'Says hello'\nlicense = 'MIT'\n[build-system]");
    Project::plain().file("pyproject.toml", manifest + &table)
}

fn settings_reach_the_image_unchanged(builder: Builder) {
    let project = project(&json!({
        "env": { "GREETING": HOSTILE, "PLAIN": "1" },
        "expose": [9000, "53/udp"],
        "healthcheck": { "cmd": ["true", HOSTILE], "interval": "90s", "timeout": "1500ms", "start-period": "1m", "retries": 7 },
        "workdir": "/work/here",
        "entrypoint": ["/nix/runtime/bin/python", "-c", "import json, os, sys; print(json.dumps([sys.argv, os.environ['GREETING'], os.getcwd()]))", HOSTILE],
        "cmd": [HOSTILE],
        "revision": HOSTILE,
        "source-date-epoch": 1_709_210_096,
    }));
    let image = Image::of(builder, project.path());

    let health = if builder.engine() == "docker" { "{{json .Config.Healthcheck}}" } else { "{{json .HealthCheck}}" };
    let second = 1_000_000_000_u64;
    let expected = json!({
        "Test": ["CMD", "true", HOSTILE],
        "Interval": 90 * second, "Timeout": 3 * second / 2, "StartPeriod": 60 * second, "Retries": 7,
    });
    assert_eq!(image.inspect(health), expected);
    // The runtime image exposes port 8000.
    let ports = json!({ "53/udp": {}, "8000/tcp": {}, "9000/tcp": {} });
    assert_eq!(image.inspect("{{json .Config.ExposedPorts}}"), ports);
    let labels = image.inspect("{{json .Config.Labels}}");
    for (name, value) in [
        ("title", "sample"),
        ("version", "1.0"),
        ("description", "Says hello"),
        ("licenses", "MIT"),
        ("revision", HOSTILE),
        ("created", "2024-02-29T12:34:56Z"),
    ] {
        assert_eq!(labels[format!("org.opencontainers.image.{name}")], value);
    }

    let mut command = builder.command(builder.runner());
    let started = Outcome::of_success(command.args(["run", "--rm", "--network=none", "--no-healthcheck", &image.name]));
    let started: Value = serde_json::from_str(&started.stdout).unwrap();
    assert_eq!(started, json!([["-c", HOSTILE, HOSTILE], HOSTILE, "/work/here"]));
}

fn a_user_has_a_home_folder(builder: Builder) {
    let project = project(&json!({ "user": "agent", "workdir": "/work/here" }));
    let image = Image::of(builder, project.path());
    assert_eq!(image.inspect("{{json .Config.User}}"), "1000:1000");
    let output =
        image.run(&["sh", "-euc", "id -un; id -gn; echo $HOME; touch $HOME/mine /work/here/mine; pwd; whoami"]);
    assert_eq!(output, "agent\nagent\n/home/agent\n/work/here\nagent\n");
    assert_eq!(image.python("import os, sample; print(os.getuid(), sample.__name__)"), "1000 sample\n");
    // The user cannot change the installed files.
    let writable = "import os, sample; print([p for p in ('/nix/runtime', sample.__file__, '/etc/passwd') if os.access(p, os.W_OK)])";
    assert_eq!(image.python(writable), "[]\n");
}

fn an_existing_user_is_rejected(builder: Builder) {
    for (user, taken) in [
        (json!("daemon"), "user daemon or number 1000"),
        (json!({ "name": "agent", "uid": 2 }), "user agent or number 2"),
    ] {
        let project = project(&json!({ "user": user }));
        let image = Image::unbuilt(builder);
        let outcome = Outcome::of(&mut builder.build(project.path(), &image.name));
        assert_ne!(outcome.code, 0, "{outcome}");
        assert!(outcome.stderr.contains(&format!("{taken} is taken in agentix/runtime:0.1.0")), "{outcome}");
    }
}
