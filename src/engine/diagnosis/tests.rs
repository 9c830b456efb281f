use super::{Cause, CauseKind, Unreachable, first_line, payload};

#[test]
fn prefixes_of_engines_are_removed() {
    for line in [
        "ERROR: x",
        "#12 4.567 ERROR: x",
        "#12 ERROR: x",
        "4.567 ERROR: x",
        "\u{1b}[91mERROR: x\u{1b}[0m",
        "\u{1b}[0m\u{1b}[91mERROR: x",
        "  #12 ERROR: x\r",
        "#12  ERROR: x",
        "ERROR: x \u{1b}[0m",
    ] {
        assert_eq!(payload(line), "ERROR: x");
    }
    for line in ["#not a step", "#1a x", "12 x", "v1.2 x", "1.2s x"] {
        assert_eq!(payload(line), line);
    }
    assert_eq!(payload("\u{1b}["), "");
}

#[test]
fn the_first_line_is_not_empty() {
    assert_eq!(first_line("\n \u{1b}[0m\n\u{1b}[91mone\u{1b}[0m\ntwo\n"), "one");
    assert_eq!(first_line(" \n"), "no output");
}

#[test]
fn closer_causes_are_better() {
    let cause = |line: &str| Cause::from_line(line).unwrap();
    let conflict = cause("ERROR: ResolutionImpossible: for help visit x");
    let full = cause("write /x: no space left on device");
    let missing = cause("ERROR: No matching distribution found for nope");
    let image = cause("Error response from daemon: pull access denied for x");
    assert_eq!(image.line, "Error response from daemon: pull access denied for x");
    let better = |one: &Cause| [&conflict, &full, &missing, &image].map(|other| one.is_better_than(Some(other)));
    assert_eq!(better(&conflict), [false, true, true, true]);
    assert_eq!(better(&full), [false, false, true, true]);
    assert_eq!([better(&missing), better(&image)], [[false; 4]; 2]);
    assert!(image.is_better_than(None));
}

#[test]
fn the_summary_starts_with_the_cause() {
    let line = "#7 9.4   cause: error sending request for url (https://example.org/a)";
    assert_eq!(Cause::from_line(line).unwrap().summary(), "error sending request for url (https://example.org/a)");
}

/// Recorded from buildx 0.13, the legacy builder of docker 20.10, podman 4.3 and buildah 1.28; the steps are shortened.
#[test]
fn the_summary_leaves_out_the_step() {
    for (line, kind, summary) in [
        (
            "ERROR: network mode \"none-such\" not supported by buildkit - you can define a custom network for your builder \
             using the network driver-opt in buildx create",
            CauseKind::StepNetwork,
            "ERROR: network mode \"none-such\" not supported by buildkit - you can define a custom network for your builder \
             using the network driver-opt in buildx create",
        ),
        (
            "Error response from daemon: network mode \"none-such\" not supported by buildkit",
            CauseKind::StepNetwork,
            "Error response from daemon: network mode \"none-such\" not supported by buildkit",
        ),
        ("network none-such not found", CauseKind::StepNetwork, "network none-such not found"),
        (
            "Error: building at STEP \"RUN [ \"$A\": ] && make\": unable to find network with name or ID none-such: network \
             not found",
            CauseKind::StepNetwork,
            "unable to find network with name or ID none-such: network not found",
        ),
        (
            "ERROR: failed to solve: executor failed running [/bin/sh -c [ \"$A\" ]]: unable to find user 0: invalid argument",
            CauseKind::User,
            "unable to find user 0: invalid argument",
        ),
        (
            "Error: committing container for step {Env:[A=1] Command:run Args:[make] Flags:[] Attrs:map[] Message:RUN make \
             Original:RUN make}: copying layers and metadata for container \"c0\": initializing source \
             containers-storage:c1-working-container: storing layer \"9b\" to file: io: read/write on closed pipe",
            CauseKind::DiskFull,
            "copying layers and metadata for container \"c0\": initializing source \
             containers-storage:c1-working-container: storing layer \"9b\" to file: io: read/write on closed pipe",
        ),
    ] {
        let cause = Cause::from_line(line).unwrap();
        assert_eq!((cause.kind, &*cause.summary()), (kind, summary), "{line}");
    }
    for line in
        ["network of agents not found", "the program was unable to find user 0", "io: read/write on closed pipe"]
    {
        assert_eq!(Cause::from_line(line), None, "{line}");
    }
}

#[test]
fn each_cause_has_its_own_remedy() {
    let remedy = |line: &str| Cause::from_line(line).unwrap().remedy();
    assert!(remedy("ERROR: Cannot install a and b").contains("pin a compatible pair"));
    assert!(remedy("ERROR: No matching distribution found for nope").contains("check the spelling"));
    assert!(remedy("error: x: manifest unknown").contains("pull or build the image"));
    assert!(remedy("no space left on device").contains("free space"));
    // Recorded from runc through docker 20.10 and podman 4.3; the last line is crun's.
    for line in [
        "#5 0.538 exec /bin/sh: exec format error",
        "\u{1b}[91mexec /bin/sh: exec format error",
        "exec container process `/bin/sh`: Exec format error",
    ] {
        assert!(remedy(line).contains("install QEMU"), "{line}");
    }
    let pushed = Cause::of_push("Get \"http://localhost:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused");
    assert!(pushed.remedy().contains("log in to it") && pushed.summary().ends_with("connection refused"));
}

#[test]
fn a_server_that_cannot_be_loaded_has_a_remedy_of_its_own() {
    let cause =
        |end: &str| Cause::from_line(&format!("#12 0.193 the entry point /nix/runtime/bin/agentix-server {end}"));
    let loaded = cause("cannot be loaded").unwrap();
    assert_eq!(loaded.kind, CauseKind::EntryPoint);
    assert!(loaded.remedy().contains("add agentixx, in the version of the runtime image"), "{}", loaded.remedy());
    assert_ne!(cause("is missing or not executable").unwrap().remedy(), loaded.remedy());
}

#[test]
fn causes_are_recognised_by_their_lines() {
    let kind = |line: &str| Cause::from_line(line).map(|cause| serde_json::to_value(cause).unwrap()["kind"].clone());
    assert_eq!(
        kind("ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies."),
        Some("dependency-conflict".into())
    );
    assert_eq!(kind("#9 1.2 ERROR: No matching distribution found for nope"), Some("no-distribution".into()));
    assert_eq!(
        kind("ERROR: failed to solve: x: failed to resolve source metadata for docker.io/library/x"),
        Some("base-image".into())
    );
    assert_eq!(
        kind("Error: creating build container: short-name \"x\" did not resolve to an alias"),
        Some("base-image".into())
    );
    assert_eq!(kind("write /x: no space left on device"), Some("disk-full".into()));
    for (line, known) in [
        ("#9 0.5   cause: Because a==1 depends on b<2 and you require a==1, we can conclude", "dependency-conflict"),
        ("  ╰─▶ Because a==1 depends on b<2 and you require a==1, we can conclude", "dependency-conflict"),
        ("cause: Because nope was not found in the package registry and you require nope", "no-distribution"),
        ("cause: Because only a<=1 is available and you require a>=2, we can conclude", "no-distribution"),
        ("cause: Because the current Python version (3.11.2) does not satisfy Python>=3.13 and x depends on", "python"),
        ("#11 1.1 ERROR: Package 'x' requires a different Python: 3.11.2 not in '>=3.13'", "python"),
        (
            "error: The current Python version (3.11.2) is incompatible with the locked Python requirement: `>=3.13`",
            "python",
        ),
        ("#10 0.4 error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'", "tool"),
        ("      error: command 'gcc' failed: No such file or directory", "tool"),
        ("ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?", "tool"),
        ("      src/x.c:1:10: fatal error: Python.h: No such file or directory", "tool"),
        ("error: can't find Rust compiler", "tool"),
        (
            "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NameResolutionError(\"x\")'",
            "network",
        ),
        ("error: Request failed after 3 retries in 6.9s", "network"),
        (
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(1, '[SSL: \
             CERTIFICATE_VERIFY_FAILED] x",
            "certificate",
        ),
        ("cause: invalid peer certificate: UnknownIssuer", "certificate"),
        ("#12 0.3 error: Failed to extract archive: file:///src/project/mylib.zip", "archive"),
        ("  cause: Failed to extract archive: mylib @ file:///src/project/mylib-1.0.tar.gz", "archive"),
        ("  ╰─▶ Failed to extract archive: mylib @ file:///src/project/mylib-1.0.tar.gz", "archive"),
        ("cause: Because mylib has an invalid package format and you require mylib, we can conclude that", "archive"),
        (
            "  cause: `/root/.cache/uv/sdists-v9/path/7a/src` does not appear to be a Python project, as neither \
             `pyproject.toml` nor `setup.py` are present in the directory",
            "archive",
        ),
        ("ERROR: Wheel 'mylib' located at /src/project/mylib-1.0-py3-none-any.whl is invalid.", "archive"),
        ("ERROR: mylib has an invalid wheel, mylib has an invalid wheel, .dist-info directory not found", "archive"),
        (
            "ERROR: file:///src/project/mylib.zip does not appear to be a Python project: neither 'setup.py' nor \
             'pyproject.toml' found.",
            "archive",
        ),
        ("tarfile.ReadError: not a gzip file", "archive"),
        ("EOFError: Compressed file ended before the end-of-stream marker was reached", "archive"),
        // Recorded from buildx 0.13 and the legacy builder of docker 20.10, and from podman 4.3.
        ("ERROR: failed to solve: executor failed running [/bin/sh -c make; exit $?]: exit code: 137", "killed"),
        ("\u{1b}[0mThe command '/bin/sh -c make; exit $?' returned a non-zero code: 137", "killed"),
        ("Error: building at STEP \"RUN make; exit $?\": while running runtime: exit status 137", "killed"),
        (
            "Error: checking if cached image exists from a previous build: getting top layer info: layer not known",
            "store",
        ),
        (
            "#9 1.553 error: Multiple top-level packages discovered in a flat-layout: ['config', 'transmogrifier'].",
            "flat-layout",
        ),
        ("      error: Multiple top-level modules discovered in a flat-layout: ['a', 'b'].", "flat-layout"),
        ("#12 0.193 the entry point /nix/runtime/bin/agentix-server is missing or not executable", "entry-point"),
    ] {
        assert_eq!(kind(line), Some(known.into()), "{line}");
    }
    for line in [
        "resolving the conflict",
        "this Wheel 'x' is invalid.",
        "warning: Failed to extract archive: x",
        "Step 3/7 : RUN pip install conflict",
        "incompatible",
        "error: [Errno 2] No such file or directory: 'README.md'",
        "FileNotFoundError: [Errno 2] No such file or directory: 'VERSION'",
        "error: command 'gcc' failed with exit code 1",
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'ReadTimeoutError(x)'",
        "Because of this",
        "no matching distribution",
        "Error: exit status 1",
        "make: *** exit code: 137",
        "process exited with exit code: 13",
        "ERROR: failed to solve: ENV must have two arguments",
        "Error response from daemon: unknown flag: --nope",
        "#1 ERROR: context deadline exceeded",
        "layer not known",
        "echo manifest unknown",
        "OSError: [Errno 8] Exec format error",
    ] {
        assert_eq!(kind(line), None, "{line}");
    }
}

#[test]
fn the_first_of_the_closest_causes_is_kept() {
    let kept = |lines: &[&str]| {
        let causes = lines.iter().filter_map(|line| Cause::from_line(line));
        let kept = causes.reduce(|kept, next| if next.is_better_than(Some(&kept)) { next } else { kept });
        kept.unwrap().line
    };
    let [base, none] = ["Error: x: image not known", "ERROR: No matching distribution found for x"];
    let [full, conflict] = ["write /x: no space left on device", "ERROR: Cannot install x"];
    assert_eq!(kept(&[base, none]), base);
    assert_eq!(kept(&[none, base]), none);
    assert_eq!(kept(&[none, full, base]), full);
    assert_eq!(kept(&[full, conflict, full, "ERROR: Cannot install y"]), conflict);
}

#[test]
fn the_first_line_is_not_a_warning() {
    let warning = "time=\"2026-01-01T00:00:00Z\" level=warning msg=\"no subuid ranges found\"";
    assert_eq!(
        first_line(&format!("{warning}\n{warning}\nError: mkdir /x: permission denied\n")),
        "Error: mkdir /x: permission denied"
    );
    assert_eq!(first_line(&format!("\n{warning}\n")), warning);
    assert_eq!(first_line("\n"), "no output");
}

#[test]
fn docker_is_unreachable_for_two_reasons() {
    let of = Unreachable::from_stderr;
    assert_eq!(
        of("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"),
        Some(Unreachable::NotRunning)
    );
    assert_eq!(
        of("permission denied while trying to connect to the Docker daemon socket at unix:///x"),
        Some(Unreachable::NotPermitted)
    );
    // Docker 29, and podman as the client of a service.
    assert_eq!(
        of("permission denied while trying to connect to the docker API at unix:///x"),
        Some(Unreachable::NotPermitted)
    );
    for words in [
        "error during connect: Get x",
        "failed to dial gRPC: x",
        "failed to connect to the docker API at unix:///x; check if the path is correct and if the daemon is running",
        "Cannot connect to Podman. Please verify your connection to the Linux system",
        "Error: unable to connect to Podman socket: Get \"http://d/v4.3.1/libpod/_ping\": dial unix /x: connect: x",
    ] {
        assert_eq!(of(words), Some(Unreachable::NotRunning), "{words}");
    }
    assert_eq!(of("Error: No such image: x"), None);
}

/// Recorded from docker 20.10 and 26.1 with buildx 0.13 and with the legacy builder, podman 4.3 and 5.4, buildah 1.28 and
/// 1.39. The variables of a step are left out.
#[test]
fn a_step_a_dockerfile_and_an_option_are_told_apart() {
    const STEP: &str = "a step of the Dockerfile ended with exit code 7";
    const UNKNOWN: &str = "dockerfile parse error line 2: unknown instruction: FOO";
    for (line, kind, summary) in [
        ("The command '/bin/sh -c exit 7' returned a non-zero code: 7", CauseKind::Step, STEP),
        ("ERROR: failed to solve: executor failed running [/bin/sh -c exit 7]: exit code: 7", CauseKind::Step, STEP),
        (
            "ERROR: failed to build: failed to solve: process \"/bin/sh -c exit 7\" did not complete successfully: exit \
             code: 7",
            CauseKind::Step,
            STEP,
        ),
        ("executor failed running [/bin/sh -c exit 7]: exit code: 7", CauseKind::Step, STEP),
        ("Error: building at STEP \"RUN exit 7\": while running runtime: exit status 7", CauseKind::Step, STEP),
        (
            "Error response from daemon: dockerfile parse error line 2: unknown instruction: FOO",
            CauseKind::Dockerfile,
            UNKNOWN,
        ),
        (
            "ERROR: failed to solve: rpc error: code = Unknown desc = failed to solve with frontend dockerfile.v0: failed to \
             create LLB definition: dockerfile parse error line 2: unknown instruction: FOO",
            CauseKind::Dockerfile,
            UNKNOWN,
        ),
        (
            "ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)",
            CauseKind::Dockerfile,
            "dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)",
        ),
        (
            "Error response from daemon: failed to parse Dockerfile: ENV must have two arguments",
            CauseKind::Dockerfile,
            "failed to parse Dockerfile: ENV must have two arguments",
        ),
        (
            "Error: parsing main Dockerfile: env: ENV must have two arguments",
            CauseKind::Dockerfile,
            "env: ENV must have two arguments",
        ),
        (
            "Error: building at STEP \"FOO \": Build error: Unknown instruction: \"FOO\" &imagebuilder.Step{Env:[]string{}}",
            CauseKind::Dockerfile,
            "Build error: Unknown instruction: \"FOO\"",
        ),
        ("unknown flag: --nope", CauseKind::EngineOption, "unknown flag: --nope"),
        ("Error: unknown flag: --nope", CauseKind::EngineOption, "Error: unknown flag: --nope"),
        (" > [internal] waiting for connection:", CauseKind::Builder, "the builder does not answer"),
        (
            "failed to resolve reference \"docker.io/library/none:1\": failed to do request: Head \
             \"https://registry-1.docker.io/v2/library/none/manifests/1\": dial tcp: lookup registry-1.docker.io on \
             10.0.0.53:53: no such host",
            CauseKind::BaseImage,
            "image `none:1` cannot be fetched: no such host",
        ),
    ] {
        let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!((cause.kind, &*cause.summary()), (kind, summary), "{line}");
    }
    // A program in a step may have printed the first line.
    let [option, step] =
        ["unknown flag: --nope", "Error: building at STEP \"RUN x\": while running runtime: exit status 1"];
    let [option, step] = [option, step].map(|line| Cause::from_line(line).unwrap());
    assert!(step.is_better_than(Some(&option)) && !option.is_better_than(Some(&step)));
}

#[test]
fn a_retry_may_help_if_a_server_did_not_answer() {
    const FETCH: &str = "Error: creating build container: initializing source docker://r.example.org/a:1: ";
    let is_temporary = |line: &str| Cause::from_line(line).unwrap_or_else(|| panic!("{line}")).is_temporary();
    for reason in [
        "pinging container registry r.example.org: Get \"https://r.example.org/v2/\": dial tcp 10.0.0.1:443: i/o timeout",
        "reading manifest 1 in r.example.org/a: received unexpected HTTP status: 503 Service Unavailable",
        "reading manifest 1 in r.example.org/a: toomanyrequests: too many requests",
    ] {
        assert!(is_temporary(&format!("{FETCH}{reason}")), "{reason}");
    }
    for line in ["error: Request failed after 3 retries in 6.9s", " > [internal] waiting for connection:"] {
        assert!(is_temporary(line), "{line}");
    }
    for line in [
        &format!("{FETCH}reading manifest 1 in r.example.org/a: manifest unknown"),
        "ERROR: No matching distribution found for nope",
        "write /x: no space left on device",
        "The command '/bin/sh -c make' returned a non-zero code: 2",
    ] {
        assert!(!is_temporary(line), "{line}");
    }
}
