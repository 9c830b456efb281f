//! The checks of the conformance kit.

use std::fmt;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::kit::{Checked, Kit, Stopped, describe, failed};
use super::verdict::Verdict;
use crate::context::ScratchFolder;
use crate::engine::{BuildRequest, Builder, EngineError, Feature};
use crate::value::Dialect;

/// A promise that each engine keeps, and the check of it.
pub struct Check {
    /// The name.
    pub name: &'static str,
    /// The promise.
    pub promise: &'static str,
    run: fn(&mut Kit<'_, '_>) -> Checked,
}

impl Check {
    pub(super) fn run(&self, kit: &mut Kit<'_, '_>) -> Verdict {
        (self.run)(kit).into()
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("name", &self.name).field("promise", &self.promise).finish_non_exhaustive()
    }
}

/// All checks, in the order in which they run.
pub const CHECKS: &[Check] = &[
    Check {
        name: "dialects",
        promise: "a project is built in each dialect that the engine understands",
        run: dialects,
    },
    Check { name: "image-id", promise: "the ID of a built image is that of the image with its name", run: image_id },
    Check { name: "up-to-date", promise: "an image that nothing changed is not built again", run: up_to_date },
    Check { name: "two-tags", promise: "an image gets every reference", run: two_tags },
    Check {
        name: "secrets",
        promise: "a step reads a secret, and the image does not contain it; or the build is refused",
        run: secrets,
    },
    Check {
        name: "exit-code",
        promise: "a failing step is an error with an exit code, and leaves no reference",
        run: exit_code,
    },
    Check { name: "cancel", promise: "a build stops when it is cancelled, and leaves no reference", run: cancel },
    Check { name: "huge-output", promise: "a step may print any amount, in lines of any length", run: huge_output },
    Check {
        name: "odd-names",
        promise: "names of files and values of build arguments reach the steps unchanged",
        run: odd_names,
    },
    Check {
        name: "health-check",
        promise: "settings that only the docker format can store are kept, or the build is refused",
        run: health_check,
    },
    Check {
        name: "options",
        promise: "an option that is not one of the engine's features is refused before the build",
        run: options,
    },
    Check {
        name: "settings",
        promise: "the cache, the network, the host names and the other options of a request are used, or the build is refused",
        run: settings,
    },
];

/// How long a build may take to stop.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// When a build is cancelled: its step runs by then.
const CANCEL_AFTER: Duration = Duration::from_secs(3);

/// The longest line of an event, in bytes, if each byte that is not UTF-8 is replaced.
const LONGEST_LINE: usize = 3 * 8 * 1024;

fn fresh(kit: &Kit<'_, '_>, suffix: &str) -> Checked<BuildRequest> {
    Ok(BuildRequest { no_cache: true, ..BuildRequest::new(kit.image(suffix)?) })
}

fn dialects(kit: &mut Kit<'_, '_>) -> Checked {
    let best = kit.capabilities.dialect();
    let understood = if best == Dialect::Classic { vec![best] } else { vec![best, Dialect::Classic] };
    for dialect in understood {
        kit.build_project(dialect, true)?;
    }
    Ok(())
}

fn image_id(kit: &mut Kit<'_, '_>) -> Checked {
    let image = kit.image("")?;
    let found = kit.ids(slice::from_ref(&image))?;
    let built = kit.must_build("FROM BASE\nRUN echo 1\n", &fresh(kit, "")?, "a step that prints")?;
    let now = kit.ids(&[image])?;
    match &now[..] {
        [Some(id)] if *id == built.image_id && found != now => Ok(()),
        [Some(id)] if found == now => failed(format!("the image is still {id} after it was built without a cache")),
        [Some(id)] => failed(format!("the build reports {}, but the image is {id}", built.image_id)),
        _ => failed("the built image does not exist"),
    }
}

fn up_to_date(kit: &mut Kit<'_, '_>) -> Checked {
    kit.ids(&[kit.image("")?])?;
    let dialect = kit.capabilities.dialect();
    let first = kit.build_project(dialect, true)?;
    let second = kit.build_project(dialect, false)?;
    match (first.up_to_date, second.up_to_date) {
        (false, true) if first.image_id == second.image_id => Ok(()),
        (false, true) => failed(format!("{} is up to date, but {} was built", second.image_id, first.image_id)),
        _ => failed("the second build does not find its image, or not the label of its digest"),
    }
}

fn two_tags(kit: &mut Kit<'_, '_>) -> Checked {
    let mut request = fresh(kit, "")?;
    request.tags.push(kit.image("-second")?);
    kit.ids(&request.tags)?;
    kit.must_build("FROM BASE\nRUN echo two tags\n", &request, "a build with two references")?;
    match &kit.ids(&request.tags)?[..] {
        [Some(first), Some(second)] if first == second => Ok(()),
        [Some(_), Some(_)] => failed("the two references name different images"),
        found => failed(format!("{} of 2 references exist", found.iter().flatten().count())),
    }
}

/// The second builds search the first images for the secret. The image of the control contains it on purpose, so that an
/// engine that reports success of every build, or a search that finds nothing, is noticed.
fn secrets(kit: &mut Kit<'_, '_>) -> Checked {
    let folder = ScratchFolder::new(kit.scratch(), "agentix-gen.").or_else(failed)?;
    // The name of the folder is random.
    let secret = format!("secret{}", folder.path().file_name().unwrap_or_default().replace('.', ""));
    let file = folder.write_file("secret", secret.as_bytes()).or_else(failed)?;
    let mut request = fresh(kit, "")?;
    request.secrets = vec![format!("id=conformance,src={file}").parse().or_else(failed)?];
    let length = secret.len();
    let read = format!(
        "FROM BASE\nRUN --mount=type=secret,id=conformance \\\n    test \"$(wc -c < /run/secrets/conformance)\" = {length}\n"
    );
    match kit.build(&read, &[], &request, |_| {})? {
        Err(EngineError::NoSecrets { .. }) if kit.capabilities.dialect() == Dialect::Classic => return Ok(()),
        Err(error) => return failed(format!("a step that reads a secret: {}", describe(&error))),
        Ok(_) => {}
    }
    // The text is in two parts, so that the search does not find itself.
    let (start, end) = secret.split_at(length / 2);
    let search = |image: &str| {
        format!(
            "FROM {image}\nRUN text='{start}'; text=\"$text\"'{end}'; \\\n    \
             ! find / -xdev -type f ! -path '/proc/*' ! -path '/sys/*' -exec grep -l \"$text\" {{}} + | grep .\n"
        )
    };
    let control = fresh(kit, "-control")?;
    kit.must_build(&format!("FROM BASE\nRUN printf %s {secret} > /leaked\n"), &control, "a step that writes a file")?;
    let searched = fresh(kit, "-search")?;
    if kit.build(&search(&control.tags[0].to_string()), &[], &searched, |_| {})?.is_ok() {
        return failed("a step that searches for a text that the image contains does not fail");
    }
    match kit.build(&search(&request.tags[0].to_string()), &[], &searched, |_| {})? {
        Ok(_) => Ok(()),
        Err(error) => failed(format!("the image contains the secret, or cannot be searched: {}", describe(&error))),
    }
}

fn exit_code(kit: &mut Kit<'_, '_>) -> Checked {
    let request = fresh(kit, "")?;
    match kit.build("FROM BASE\nRUN exit 7\n", &[], &request, |_| {})? {
        Ok(_) => return failed("a build whose step fails succeeds"),
        Err(EngineError::Failed { code, .. }) if code != 0 => {}
        Err(error) => return failed(format!("a failed step is no exit code, but: {}", describe(&error))),
    }
    no_reference(kit, &request)
}

fn cancel(kit: &mut Kit<'_, '_>) -> Checked {
    let request = fresh(kit, "")?;
    let started = Instant::now();
    match kit.build_cancelled("FROM BASE\nRUN sleep 300\n", &request, CANCEL_AFTER)? {
        Err(EngineError::Cancelled) if started.elapsed() < CANCEL_AFTER + STOP_LIMIT => no_reference(kit, &request),
        Err(EngineError::Cancelled) => failed(format!("it stopped {} s later", started.elapsed().as_secs())),
        Ok(_) => failed("a build of 300 s succeeds, although it is cancelled"),
        Err(error) => failed(describe(&error)),
    }
}

fn no_reference(kit: &Kit<'_, '_>, request: &BuildRequest) -> Checked {
    match kit.ids(&request.tags) {
        Ok(found) if found.iter().all(Option::is_none) => Ok(()),
        Ok(_) => failed(format!("{} exists", request.tags[0])),
        // Without the operation, nobody can see a reference that is left.
        Err(Stopped::Skipped(_)) => Ok(()),
        Err(stopped) => Err(stopped),
    }
}

fn huge_output(kit: &mut Kit<'_, '_>) -> Checked {
    let longest = AtomicUsize::new(0);
    let request = fresh(kit, "")?;
    let step = "FROM BASE\nRUN head -c 3000000 /dev/zero | tr '\\0' x; echo; \
                i=0; while [ $i -lt 20000 ]; do echo \"line $i of many lines\"; i=$((i+1)); done\n";
    let built = kit.build(step, &[], &request, |line| _ = longest.fetch_max(line.len(), Ordering::Relaxed))?;
    match built {
        Err(error) => failed(describe(&error)),
        Ok(_) if longest.load(Ordering::Relaxed) > LONGEST_LINE => {
            failed(format!("it reports a line of {} bytes", longest.load(Ordering::Relaxed)))
        }
        Ok(_) => Ok(()),
    }
}

fn odd_names(kit: &mut Kit<'_, '_>) -> Checked {
    const NAMES: [&str; 5] = ["a b", "-dash", "quote'\"", "$HOME `x` %20", "été-日本"];
    const VALUE: &str = r#"it's "$HOME" \n %20 = é"#;
    let files: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, VALUE)).collect();
    let mut request = fresh(kit, "")?;
    request.build_args = vec![("ODD".parse().or_else(failed)?, VALUE.parse().or_else(failed)?)];
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let tests: Vec<String> =
        NAMES.iter().map(|name| format!("test \"$(cat /odd/{})\" = \"$ODD\"", quoted(name))).collect();
    let text = format!("FROM BASE\nARG ODD\nCOPY project/ /odd/\nRUN {}\n", tests.join(" && "));
    match kit.build(&text, &files, &request, |_| {})? {
        Ok(_) => Ok(()),
        Err(error) => failed(describe(&error)),
    }
}

/// The trigger of `ONBUILD` is stored like a health check. Another build can see whether it was kept.
fn health_check(kit: &mut Kit<'_, '_>) -> Checked {
    let request = BuildRequest { needs_docker_format: true, ..fresh(kit, "")? };
    let text = "FROM BASE\nHEALTHCHECK CMD true\nONBUILD RUN touch /kept\n";
    match kit.build(text, &[], &request, |_| {})? {
        Ok(_) => {}
        Err(EngineError::Unsupported { .. } | EngineError::External { .. }) => return Ok(()),
        Err(error) => return failed(describe(&error)),
    }
    let seen = format!("FROM {}\nRUN test -e /kept\n", request.tags[0]);
    match kit.build(&seen, &[], &fresh(kit, "-seen")?, |_| {})? {
        Ok(_) => Ok(()),
        Err(error) => failed(format!("the settings were dropped without an error: {}", describe(&error))),
    }
}

/// An engine that ignores an option builds another image than the one that was asked for.
fn options(kit: &mut Kit<'_, '_>) -> Checked {
    let base = fresh(kit, "")?;
    let contexts = [("conformance".parse().or_else(failed)?, "docker-image://scratch".parse().or_else(failed)?)].into();
    let platforms = vec!["linux/amd64".parse().or_else(failed)?, "linux/arm64".parse().or_else(failed)?];
    let output = Some("type=oci,dest=conformance.tar".parse().or_else(failed)?);
    let cache_to = vec!["type=local,dest=conformance".parse().or_else(failed)?];
    let ssh = vec!["default".parse().or_else(failed)?];
    let (sbom, provenance) = (Some("true".parse().or_else(failed)?), Some("mode=max".parse().or_else(failed)?));
    // Of a built-in engine, more than its features decides on these.
    let is_named = matches!(kit.capabilities.builder, Builder::Named(_));
    for (option, feature, is_told, request) in [
        ("--ssh", Feature::Ssh, true, BuildRequest { ssh, ..base.clone() }),
        ("--sbom", Feature::Sbom, true, BuildRequest { sbom, ..base.clone() }),
        ("--provenance", Feature::Provenance, true, BuildRequest { provenance, ..base.clone() }),
        ("--build-context", Feature::BuildContext, is_named, BuildRequest { build_contexts: contexts, ..base.clone() }),
        ("--output", Feature::Output, is_named, BuildRequest { output, ..base.clone() }),
        ("--cache-to", Feature::CacheExport, is_named, BuildRequest { cache_to, ..base.clone() }),
        ("several platforms", Feature::Platforms, is_named, BuildRequest { platforms, ..base.clone() }),
    ] {
        if is_told && !kit.capabilities.has(feature) && kit.accepts(&request) {
            return failed(format!("{option} is not refused, and `{feature}` is not one of its features"));
        }
    }
    if kit.capabilities.has(Feature::BuildContext) { named_context(kit, base) } else { Ok(()) }
}

fn named_context(kit: &mut Kit<'_, '_>, mut request: BuildRequest) -> Checked {
    let folder = ScratchFolder::new(kit.scratch(), "agentix-gen.").or_else(failed)?;
    folder.write_file("word", b"present").or_else(failed)?;
    request.build_contexts =
        [("conformance".parse().or_else(failed)?, folder.path().as_str().parse().or_else(failed)?)].into();
    let step = |word: &str| format!("FROM BASE\nCOPY --from=conformance word /word\nRUN grep {word} /word\n");
    kit.must_build(&step("present"), &request, "a step that reads a named context")?;
    match kit.build(&step("absent"), &[], &request, |_| {})? {
        Err(_) => Ok(()),
        Ok(_) => failed("a step that searches a named context for a text that it lacks does not fail"),
    }
}

fn settings(kit: &mut Kit<'_, '_>) -> Checked {
    let base = fresh(kit, "")?;
    let mut random = || kit.must_build("FROM BASE\nRUN od -An -N16 -tx1 /dev/urandom > /random\n", &base, "a step");
    let (first, second) = (random()?.image_id, random()?.image_id);
    if first == second {
        return failed(format!("a random step gives {first} twice, although the request forbids the cache"));
    }
    let add_host = vec!["conformance.test:192.0.2.1".parse().or_else(failed)?];
    let network = Some("none".parse().or_else(failed)?);
    for (setting, step, request) in [
        ("--add-host", "grep -w conformance.test /etc/hosts", BuildRequest { add_host, ..base.clone() }),
        ("--network none", "test \"$(wc -l < /proc/net/route)\" = 1", BuildRequest { network, ..base.clone() }),
    ] {
        let is_accepted = kit.accepts(&request);
        match kit.build(&format!("FROM BASE\nRUN {step}\n"), &[], &request, |_| {})? {
            Err(EngineError::Failed { .. }) if is_accepted => return failed(format!("{setting} has no effect")),
            Ok(_) if !is_accepted => return failed(format!("{setting} is refused before the build, but not by it")),
            _ => {}
        }
    }
    let engine_options = vec!["--no-builder-has-this-option".parse().or_else(failed)?];
    match kit.build("FROM BASE\nRUN true\n", &[], &BuildRequest { engine_options, ..base }, |_| {})? {
        Ok(_) => failed("an option that does not exist has no effect"),
        Err(_) => Ok(()),
    }
}
