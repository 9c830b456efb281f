//! The metadata and the run-time options of an image, as a user writes them.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::hostile::{argument, free_text, matching};

/// Metadata that becomes labels without further configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct About {
    /// A line of text.
    pub(crate) description: Option<String>,
    /// An SPDX expression.
    pub(crate) license: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) revision: Option<String>,
    pub(crate) epoch: Option<i64>,
}

/// How the image runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunTime {
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) expose: Vec<(u16, &'static str)>,
    pub(crate) healthcheck: Option<Healthcheck>,
    pub(crate) stop_signal: Option<&'static str>,
    pub(crate) workdir: Option<String>,
    pub(crate) user: Option<User>,
    pub(crate) entrypoint: Option<Vec<String>>,
    pub(crate) cmd: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Healthcheck {
    pub(crate) cmd: Vec<String>,
    /// The durations that are set, by name.
    pub(crate) durations: BTreeMap<&'static str, String>,
    pub(crate) retries: Option<u16>,
}

#[derive(Debug, Clone)]
pub(crate) enum User {
    Root,
    /// The name, and the user ID unless it is the default.
    Account(String, Option<u32>),
    Numbers(String),
}

impl RunTime {
    /// Adds the options, with the keys of `[tool.agentix]`.
    pub(crate) fn add_options(&self, options: &mut Value) {
        options["env"] = json!(self.env);
        let port = |(number, protocol): &(u16, &str)| match *protocol {
            "" => json!(number),
            protocol => json!(format!("{number}/{protocol}")),
        };
        options["expose"] = self.expose.iter().map(port).collect();
        self.entrypoint.iter().for_each(|words| options["entrypoint"] = json!(words));
        self.cmd.iter().for_each(|words| options["cmd"] = json!(words));
        if let Some(check) = &self.healthcheck {
            options["healthcheck"] = json!(check.durations);
            options["healthcheck"]["cmd"] = json!(check.cmd);
            check.retries.iter().for_each(|retries| options["healthcheck"]["retries"] = json!(retries));
        }
        self.stop_signal.iter().for_each(|signal| options["stop-signal"] = json!(signal));
        match &self.user {
            Some(User::Account(name, None)) => options["user"] = json!(name),
            Some(User::Account(name, Some(uid))) => options["user"] = json!({ "name": name, "uid": uid }),
            Some(User::Root) => options["user"] = json!("root"),
            Some(User::Numbers(numbers)) => options["user"] = json!(numbers),
            None => {}
        }
    }
}

pub(crate) fn about() -> impl Strategy<Value = About> {
    let url = matching("https://[a-z]{1,5}\\.example/[!-~]{0,9}");
    let license = select(&["MIT", "(MIT OR Apache-2.0) AND GPL-2.0+ WITH Classpath-exception-2.0"][..]);
    let license = option::of(license.prop_map(str::to_owned));
    let epoch = option::of(0..253_402_300_800_i64);
    (option::of(free_text()), license, option::of(url), option::of(free_text()), epoch).prop_map(
        |(description, license, repository, revision, epoch)| About {
            description: description.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")),
            license,
            repository,
            revision,
            epoch,
        },
    )
}

pub(crate) fn run_time() -> impl Strategy<Value = RunTime> {
    let env = btree_map(argument().prop_filter("PATH has special rules", |name| name != "PATH"), free_text(), 0..4);
    let expose = vec((1u16.., select(&["", "tcp", "udp", "sctp"][..])), 0..4);
    let commands = (option::of(command()), option::of(command()));
    let workdir = option::of(matching("/([A-Za-z0-9._+@-]{1,4}(/[a-z]{1,3}|/\\.)?/?)?"));
    let workdir = workdir.prop_filter("`..` is refused", |path| path.as_ref().is_none_or(|path| !path.contains("..")));
    let stop_signal = option::of(select(&["SIGTERM", "SIGINT", "SIGWINCH"][..]));
    (env, expose, option::of(healthcheck()), (stop_signal, workdir), option::of(user()), commands).prop_map(
        |(env, expose, healthcheck, (stop_signal, workdir), user, (entrypoint, cmd))| RunTime {
            env,
            expose,
            healthcheck,
            stop_signal,
            workdir,
            user,
            entrypoint,
            cmd,
        },
    )
}

/// Generates a list of words. The first word is not empty.
fn command() -> impl Strategy<Value = Vec<String>> {
    (free_text(), vec(free_text(), 0..3)).prop_map(|(program, words)| [vec![program + "x"], words].concat())
}

fn healthcheck() -> impl Strategy<Value = Healthcheck> {
    let names = select(&["interval", "timeout", "start-period"][..]);
    let duration = matching("[1-9][0-9]{0,2}(ms|s|m|h)|1h30m");
    let durations = btree_map(names, duration, 0..4);
    (command(), durations, option::of(1u16..)).prop_map(|(cmd, durations, retries)| Healthcheck {
        cmd,
        durations,
        retries,
    })
}

fn user() -> impl Strategy<Value = User> {
    let uid = 1u32..=2_147_483_647;
    prop_oneof![
        Just(User::Root),
        (matching("[a-z_][a-z0-9_-]{0,6}"), option::of(uid)).prop_map(|(name, uid)| User::Account(name, uid)),
        matching("[1-9][0-9]{0,5}(:[0-9]{1,6})?").prop_map(User::Numbers),
    ]
    .prop_filter("root is refused", |user| !matches!(user, User::Account(name, _) if name == "root"))
}
