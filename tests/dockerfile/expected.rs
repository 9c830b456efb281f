//! The instructions that a Dockerfile should have, put together from a user's inputs alone.
//!
//! This repeats on purpose what the templates say: a change there has to be meant twice.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use agentix_gen::Dialect;
use serde::Deserialize;

use super::inputs::{Backend, Inputs, Version};
use super::locks::Lock;
use super::run_time::User;

/// An instruction as a builder reads it: quotes taken off, variables expanded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Instruction {
    pub(crate) name: String,
    pub(crate) flags: Vec<String>,
    /// Whether the values are written as a JSON list.
    pub(crate) json: bool,
    pub(crate) values: Vec<String>,
}

impl Instruction {
    /// The same with each run of white space in a command as one space: how its lines are broken does not matter.
    pub(crate) fn on_one_line(mut self) -> Self {
        if self.name == "RUN" && !self.json {
            self.values.iter_mut().for_each(|value| *value = value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        self
    }

    fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }
}

fn instruction(name: &str, values: &[&str]) -> Instruction {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    Instruction { name: name.to_owned(), flags: vec![], json: false, values }
}

fn run(command: &str) -> Instruction {
    instruction("RUN", &[command])
}

/// A step that runs the installer.
fn step(inputs: &Inputs, command: &str) -> Instruction {
    match (inputs.dialect, &inputs.uv) {
        (Dialect::BuildKit, None) => run(command).flag("--mount=type=cache,target=/var/cache/pip"),
        (Dialect::BuildKit, Some(uv)) => {
            let image = with_tag(&uv.image);
            let program = format!("--mount=type=bind,from={image},source=/uv,target=/usr/local/bin/uv");
            run(command).flag("--mount=type=cache,target=/var/cache/uv").flag(&program)
        }
        _ => run(command),
    }
}

/// A step that may download.
fn fetch(inputs: &Inputs, command: &str) -> Instruction {
    with_mounts(inputs, step(inputs, &(preparation(inputs) + command)))
}

/// What a step that may download reads before it does.
fn preparation(inputs: &Inputs) -> String {
    let secrets = inputs.dialect == Dialect::BuildKit;
    let credentials = if secrets { credentials(inputs) } else { vec![] };
    let mut before = String::new();
    if !credentials.is_empty() {
        let export = format!(
            "for name in {}; do if [ -f \"/run/secrets/$name\" ]; \
             then export \"$name=$(cat \"/run/secrets/$name\")\"; fi; done; ",
            credentials.join(" ")
        );
        before.push_str(&export);
    }
    if secrets && inputs.secrets.contains("pip-conf") {
        before += "export PIP_CONFIG_FILE=/run/secrets/pip-conf; ";
    }
    if inputs.certificate {
        before += ". /run/trust/trust.sh; ";
    }
    if before.is_empty() { before } else { format!("set -eu; {before}") }
}

fn with_mounts(inputs: &Inputs, mut step: Instruction) -> Instruction {
    if inputs.dialect != Dialect::BuildKit {
        return step;
    }
    for id in &inputs.secrets {
        let target = if id == "netrc" { ",target=/root/.netrc" } else { "" };
        step = step.flag(&format!("--mount=type=secret,id={id}{target},required=true"));
    }
    for variable in credentials(inputs).iter().filter(|variable| !inputs.secrets.contains(*variable)) {
        step = step.flag(&format!("--mount=type=secret,id={variable}"));
    }
    if inputs.certificate { step.flag(TRUST) } else { step }
}

const TRUST: &str = "--mount=type=bind,source=trust,target=/run/trust";

/// The variables of the indexes' credentials, each once.
fn credentials(inputs: &Inputs) -> Vec<String> {
    let mut variables: Vec<String> = vec![];
    for name in &inputs.indexes {
        let name = name.to_uppercase().replace(['-', '.'], "_");
        for variable in [format!("UV_INDEX_{name}_USERNAME"), format!("UV_INDEX_{name}_PASSWORD")] {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
    }
    variables
}

/// Whom to trust, where there are no mounts.
fn trust_copy(inputs: &Inputs) -> Option<Instruction> {
    let copied = inputs.certificate && inputs.dialect != Dialect::BuildKit;
    copied.then(|| instruction("COPY", &["trust/", "/run/trust/"]))
}

pub(crate) fn bundle(inputs: &Inputs) -> Vec<Instruction> {
    let before = [nix_stage(inputs), base_stage(inputs), runtime_stage(inputs)].concat();
    let stages = [build_stage(inputs), dependencies_stage(inputs), final_stage(inputs)].concat();
    [before, stages].concat()
}

/// What the other stages start from where there are packages.
fn base_stage(inputs: &Inputs) -> Vec<Instruction> {
    if inputs.apt.is_empty() {
        return vec![];
    }
    let mut packages = inputs.apt.clone();
    packages.sort();
    let packages = packages.join(" ");
    let quiet = "DEBIAN_FRONTEND=noninteractive apt-get";
    let install = "install --yes --no-install-recommends";
    let logs = "/var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache";
    let lists = "--option Dir::State::Lists=/var/cache/apt/lists";
    let run = match inputs.dialect {
        Dialect::BuildKit => run(&format!(
            "mkdir -p /var/cache/apt/lists/partial && apt-get {lists} update && {quiet} {lists} --option Dir::Cache::Archives=packages {install} {packages} \
             && rm -rf {logs}"
        ))
        .flag("--mount=type=cache,target=/var/cache/apt,sharing=locked"),
        _ => run(&format!(
            "apt-get update && {quiet} {install} {packages} && rm -rf /var/cache/apt/* /var/lib/apt/lists/* {logs}"
        )),
    };
    vec![instruction("FROM", &[&runtime_image(inputs), "AS", "base"]), run]
}

/// Where the runtime is made that a standalone image has.
fn runtime_stage(inputs: &Inputs) -> Vec<Instruction> {
    let Some(standalone) = &inputs.standalone else { return vec![] };
    let mut stage = vec![instruction("FROM", &[&base_image(inputs), "AS", "runtime"])];
    stage.extend(arguments(inputs, false));
    let make = make_environment(standalone.agentix.as_deref().unwrap_or("0.1.0"));
    stage.push(with_mounts(inputs, run(&(preparation(inputs) + &make))));
    stage
}

/// What packages are built and installed in.
fn tool_image(inputs: &Inputs) -> String {
    if inputs.standalone.is_some() { "runtime".to_owned() } else { base_image(inputs) }
}

fn base_image(inputs: &Inputs) -> String {
    if inputs.apt.is_empty() { runtime_image(inputs) } else { "base".to_owned() }
}

fn nix_stage(inputs: &Inputs) -> Vec<Instruction> {
    let Some(nix) = &inputs.nix else { return vec![] };
    let expression = nix.path.as_deref().unwrap_or("default.nix").trim_start_matches("./");
    let image = with_tag(nix.image.as_deref().unwrap_or("nixos/nix:2.24.10"));
    let option = |name: &str, list: &[String]| match list {
        [] => String::new(),
        list => format!("--option extra-{name} '{}' ", list.join(" ")),
    };
    let caches = option("substituters", &nix.substituters) + &option("trusted-public-keys", &nix.public_keys);
    let mut stage = vec![instruction("FROM", &[&image, "AS", "nix"])];
    stage.extend(declared_arguments(inputs));
    stage.extend([
        instruction("ENV", &["NIX_CONFIG", "experimental-features = nix-command flakes"]),
        instruction("ENV", &["NIX_EXPRESSION", expression]),
        instruction("WORKDIR", &["/src/project"]),
        instruction("COPY", &["project/", "./"]),
    ]);
    stage.extend(trust_copy(inputs));
    let trusting = if inputs.certificate { ". /run/trust/trust.sh; " } else { "" };
    let mounts = inputs.certificate && inputs.dialect == Dialect::BuildKit;
    let step = run(&format!(
        "set -eu; {trusting}mkdir -p /export/store /export/.sys-paths; \
             nix-build --no-out-link {caches}\"./$NIX_EXPRESSION\" > /export/.sys-paths/project; \
             xargs nix-store --query --requisites < /export/.sys-paths/project > /tmp/closure; \
             while read -r path; do cp -a \"$path\" /export/store/; done < /tmp/closure"
    ));
    stage.push(if mounts { step.flag(TRUST) } else { step });
    stage
}

fn build_stage(inputs: &Inputs) -> Vec<Instruction> {
    let classic = inputs.dialect == Dialect::Classic;
    if inputs.backend == Backend::Scripts || (!classic && !inputs.is_prepared()) {
        return vec![];
    }
    let mut stage = vec![instruction("FROM", &[&tool_image(inputs), "AS", "build"])];
    stage.extend(arguments(inputs, inputs.uv.is_some()));
    if classic {
        stage.extend(uv_program(inputs));
    }
    if inputs.is_prepared() {
        stage.push(run("/nix/runtime/bin/python -m venv --without-pip /mnt/build"));
        let list = "--requirement /src/requirements/build.txt";
        let (copied, install) = match inputs.uv {
            Some(_) if is_configured(inputs) => (
                ["requirements/build/", "/src/requirements/build/"],
                "uv pip install --directory /src/requirements/build --python /mnt/build --requirement pyproject.toml"
                    .into(),
            ),
            Some(_) => {
                (["requirements/build.txt", "/src/requirements/"], format!("uv pip install --python /mnt/build {list}"))
            }
            None => (
                ["requirements/build.txt", "/src/requirements/"],
                format!("/nix/runtime/bin/pip --python /mnt/build/bin/python install {list}"),
            ),
        };
        stage.push(instruction("COPY", &copied));
        stage.push(fetch(inputs, &install));
    }
    if classic {
        stage.push(instruction("COPY", &["project/", "/src/project/"]));
        let before = if project_fetches(inputs) { preparation(inputs) } else { String::new() };
        stage.push(run(&(before + &make_wheels(inputs))));
    }
    stage
}

fn make_wheels(inputs: &Inputs) -> String {
    let variable = match &inputs.version {
        Version::FromRepository { variable, given, .. } => format!("{variable}={given} "),
        Version::Written(_) => String::new(),
    };
    let direct = |import: &str| {
        let call = format!("/mnt/build/bin/python -I -c \"{import}; backend.build_wheel('/tmp/wheels')\"");
        format!("PATH=\"/mnt/build/bin:$PATH\" {call}")
    };
    let call = match (inputs.backend, &inputs.uv) {
        (Backend::Unnamed, _) => direct("from setuptools.build_meta import __legacy__ as backend"),
        (Backend::Hatchling, _) => direct("from hatchling import build as backend"),
        (Backend::Scripts, _) => unreachable!("it is not built"),
        (Backend::Maturin, None) => "/nix/runtime/bin/pip wheel --no-deps --wheel-dir /tmp/wheels .".to_owned(),
        (Backend::Maturin, Some(_)) => "uv build --python /nix/runtime --wheel --out-dir /tmp/wheels".to_owned(),
    };
    format!("mkdir /tmp/wheels && cp -a /src/project /tmp/project && cd /tmp/project && {variable}{call}")
}

fn dependencies_stage(inputs: &Inputs) -> Vec<Instruction> {
    if inputs.dialect == Dialect::BuildKit || inputs.uv.is_none() || !inputs.has_dependencies() {
        return vec![];
    }
    let mut stage = vec![instruction("FROM", &[&tool_image(inputs), "AS", "dependencies"])];
    stage.extend(arguments(inputs, true));
    stage.extend(uv_program(inputs));
    stage.extend(install(inputs));
    stage
}

fn uv_program(inputs: &Inputs) -> Option<Instruction> {
    let uv = inputs.uv.as_ref()?;
    Some(instruction("COPY", &["/uv", "/usr/local/bin/"]).flag(&format!("--from={}", with_tag(&uv.image))))
}

/// Whether uv is told where packages come from.
fn is_configured(inputs: &Inputs) -> bool {
    inputs.uv.is_some() && !inputs.indexes.is_empty()
}

fn install(inputs: &Inputs) -> [Instruction; 2] {
    let tool = match inputs.uv {
        Some(_) if is_configured(inputs) => "uv pip install --directory /src/requirements --python /nix/runtime",
        Some(_) => "uv pip install --python /nix/runtime",
        None => "/nix/runtime/bin/pip install",
    };
    let file = match inputs.lock {
        None if is_configured(inputs) => " --requirement /src/requirements/pyproject.toml",
        None => " --requirement /src/requirements/run.txt",
        Some(Lock::Requirements) => " --requirement /src/requirements/requirements.txt",
        Some(Lock::HashedRequirements) => " --require-hashes --requirement /src/requirements/requirements.txt",
        Some(Lock::Pylock) => " --requirement /src/requirements/pylock.toml",
        Some(Lock::Uv) => unreachable!("it names a project"),
    };
    let locked = inputs.lock == Some(Lock::Pylock);
    let extra = inputs.extra.as_deref().filter(|_| locked).map(normal);
    let extra =
        extra.map(|extra| if inputs.uv.is_some() { format!(" --extra {extra}") } else { format!("\"[{extra}]\"") });
    let group = inputs.group.as_deref().filter(|_| locked).map(normal);
    let group = group.map(|group| format!(" --group /src/requirements/pylock.toml:{group}"));
    let install = format!("{tool}{file}{}{}", extra.unwrap_or_default(), group.unwrap_or_default());
    [instruction("COPY", &["requirements/run/", "/src/requirements/"]), fetch(inputs, &install)]
}

/// A name as PEP 503 normalises it.
fn normal(name: &str) -> String {
    let mut normal = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            '.' | '-' | '_' if normal.ends_with('-') => {}
            '.' | '-' | '_' => normal.push('-'),
            c => normal.push(c),
        }
    }
    normal
}

fn final_stage(inputs: &Inputs) -> Vec<Instruction> {
    let classic = inputs.dialect == Dialect::Classic;
    let uv_here = inputs.uv.is_some() && !classic;
    let mut stage = vec![instruction("FROM", &[&base_image(inputs)])];
    stage.extend(account(inputs));
    if inputs.standalone.is_some() {
        let own = inputs.run_time.entrypoint.is_some();
        stage.extend(server().into_iter().filter(|step| !own || step.name != "ENTRYPOINT"));
        if !(classic && inputs.uv.is_some() && inputs.has_dependencies()) {
            stage.push(instruction("COPY", &["/nix/runtime/", "/nix/runtime/"]).flag("--from=runtime"));
        }
    }
    stage.extend(arguments(inputs, uv_here));
    match inputs.has_dependencies() {
        true if classic && inputs.uv.is_some() => {
            stage.push(instruction("COPY", &["/nix/runtime/", "/nix/runtime/"]).flag("--from=dependencies"));
        }
        true => stage.extend(install(inputs)),
        false => {}
    }
    if !classic && inputs.is_prepared() {
        let file = if is_configured(inputs) {
            ["/src/requirements/build/"; 2]
        } else {
            ["/src/requirements/build.txt", "/src/requirements/"]
        };
        stage.push(instruction("COPY", &file).flag("--from=build"));
    }
    stage.push(instruction("COPY", &["project/", "/src/project/"]));
    let known = inputs.is_complete();
    let pip = if known { "" } else { " && /nix/runtime/bin/pip install /tmp/wheels/*.whl" };
    let uv = if known { "--no-deps --offline " } else { "" };
    let wheels = if uv_here {
        format!("uv pip install --python /nix/runtime {uv}/tmp/wheels/*.whl")
    } else {
        format!("/nix/runtime/bin/pip install --no-deps --no-index --force-reinstall /tmp/wheels/*.whl{pip}")
    };
    if inputs.backend == Backend::Scripts {
        stage.push(instruction("ENV", &["PYTHONPATH", "/src/project"]));
    } else if classic {
        stage.push(instruction("COPY", &["/tmp/wheels/", "/tmp/wheels/"]).flag("--from=build"));
        let before = if known { String::new() } else { preparation(inputs) };
        stage.push(run(&format!("{before}{wheels} && rm -r /tmp/wheels")));
    } else {
        let before = if project_fetches(inputs) { preparation(inputs) } else { String::new() };
        let command = format!("{before}{} && {wheels} && rm -r /tmp/project /tmp/wheels", make_wheels(inputs));
        let mut step = step(inputs, &command);
        if inputs.is_prepared() {
            step = step.flag("--mount=type=bind,from=build,source=/mnt,target=/mnt");
        }
        stage.push(if project_fetches(inputs) { with_mounts(inputs, step) } else { step });
    }
    if inputs.nix.is_some() {
        stage.push(instruction("COPY", &["/export/", "/nix/"]).flag("--from=nix"));
        stage.push(run("set -eu; while read -r package; do for program in \"$package\"/bin/*; do \
             link=\"/nix/runtime/bin/${program##*/}\"; \
             if [ -f \"$program\" ] && [ ! -e \"$link\" ] && [ ! -L \"$link\" ]; then ln -s \"$program\" \"$link\"; fi; \
             done; done < /nix/.sys-paths/project"));
    }
    stage.extend(run_time(inputs));
    stage.extend(labels(inputs));
    stage
}

/// What is made for the user: an account, and the folder that its programs start in.
fn account(inputs: &Inputs) -> Vec<Instruction> {
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
        User::Numbers(numbers) => number_by_number(numbers),
    }
}

/// Without leading zeros.
fn number_by_number(numbers: &str) -> String {
    let short = |number: &str| number.parse::<u32>().unwrap().to_string();
    numbers.split(':').map(short).collect::<Vec<_>>().join(":")
}

fn run_time(inputs: &Inputs) -> Vec<Instruction> {
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

/// What the project says of itself, and over it the user's own.
fn labels(inputs: &Inputs) -> [Instruction; 1] {
    let about = &inputs.about;
    let title = agentix_gen::ProjectName::from_str(&inputs.name).unwrap().to_string();
    let told = [
        ("title", Some(title)),
        ("version", Some(inputs.version().to_owned())),
        ("description", about.description.clone().filter(|text| !text.is_empty())),
        ("licenses", about.license.clone()),
        ("source", about.repository.clone()),
        ("revision", about.revision.clone()),
        ("created", about.epoch.map(|epoch| agentix_gen::Epoch::try_from(epoch).unwrap().to_string())),
    ];
    let told = told.into_iter().filter_map(|(name, value)| Some((format!("org.opencontainers.image.{name}"), value?)));
    let labels: BTreeMap<_, _> = told.chain(inputs.labels.clone()).collect();
    [pairs("LABEL", labels.iter())]
}

/// An instruction that sets many names at once.
fn pairs<'a>(name: &str, pairs: impl Iterator<Item = (&'a String, &'a String)>) -> Instruction {
    instruction(name, &pairs.flat_map(|(key, value)| [key.as_str(), value.as_str()]).collect::<Vec<_>>())
}

pub(crate) fn runtime(python: &str, agentix: &str) -> Vec<Instruction> {
    [vec![instruction("FROM", &[&with_tag(python)]), run(&make_environment(agentix))], server().into()].concat()
}

fn make_environment(agentix: &str) -> String {
    let pip = "/nix/runtime/bin/pip";
    format!("python -m venv /nix/runtime && {pip} install --no-cache-dir --upgrade pip agentixx=={agentix}")
}

fn server() -> [Instruction; 4] {
    let entrypoint = instruction("ENTRYPOINT", &["/nix/runtime/bin/agentix-server"]);
    [
        instruction("ENV", &["PATH", "/nix/runtime/bin:/usr/bin"]),
        instruction("ENV", &["AGENTIX_BIND_PORT", "8000"]),
        instruction("EXPOSE", &["8000"]),
        Instruction { json: true, ..entrypoint },
    ]
}

/// Whether something that the project needs is found out only when it is built.
fn project_fetches(inputs: &Inputs) -> bool {
    inputs.backend == Backend::Maturin || !inputs.is_complete()
}

/// The image that all starts from.
fn runtime_image(inputs: &Inputs) -> String {
    if let Some(standalone) = &inputs.standalone {
        return with_tag(standalone.python.as_deref().unwrap_or("python:3.11-slim"));
    }
    with_tag(inputs.runtime_image.as_deref().unwrap_or("agentix/runtime:0.1.0"))
}

/// A name alone could be that of a stage.
fn with_tag(image: &str) -> String {
    let name = image.rsplit('/').next().unwrap_or(image);
    if name.contains([':', '@']) { image.to_owned() } else { format!("{image}:latest") }
}

fn arguments(inputs: &Inputs, uv: bool) -> Vec<Instruction> {
    let mut own = match uv {
        true if inputs.bytecode => vec!["UV_COMPILE_BYTECODE=1", "UV_LINK_MODE=copy", "UV_PYTHON_DOWNLOADS=never"],
        true => vec!["UV_LINK_MODE=copy", "UV_PYTHON_DOWNLOADS=never"],
        false if inputs.bytecode => vec!["PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore"],
        false => vec!["PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore", "PIP_NO_COMPILE=1"],
    };
    own.push(match (inputs.dialect, uv) {
        (Dialect::BuildKit, true) => "UV_CACHE_DIR=/var/cache/uv",
        (Dialect::BuildKit, false) => "PIP_CACHE_DIR=/var/cache/pip",
        (_, true) => "UV_NO_CACHE=1",
        (_, false) => "PIP_NO_CACHE_DIR=1",
    });
    let own = own.iter().map(|argument| instruction("ARG", &[argument]));
    own.chain(declared_arguments(inputs)).chain(trust_copy(inputs)).collect()
}

/// The user's arguments, but for those that every builder knows.
fn declared_arguments(inputs: &Inputs) -> impl Iterator<Item = Instruction> {
    let known = |name: &str| matches!(name, "HTTPS_PROXY" | "no_proxy");
    let time = inputs.about.epoch.map(|_| "SOURCE_DATE_EPOCH");
    let uv = time.filter(|_| inputs.uv.is_some()).map(|_| "UV_NO_INSTALLER_METADATA");
    let names: BTreeSet<&str> = inputs.build_args.keys().map(String::as_str).chain(time).chain(uv).collect();
    names.into_iter().filter(move |name| !known(name)).map(|name| instruction("ARG", &[name]))
}
