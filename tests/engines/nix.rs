//! System packages: the build evaluates a Nix expression and links its programs next to those of the environment.

use crate::engines::builder::{Builder, not_run};
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::private_index::Index;
use crate::engines::project::{IN_TREE, Project};

on_every_builder!(
    slow:
    programs_are_linked,
    a_failed_package_fails_the_build,
    a_function_gets_its_packages,
    a_function_may_take_pinned_packages,
    a_package_comes_from_a_binary_cache,
    a_download_needs_a_trusted_certificate,
);

/// An image with Nix and busybox. It can build packages that depend on no other package.
const NIX_IMAGE: &str = "nixos/nix:2.8.0";

/// Returns the expression of a package that a shell script builds.
pub(super) fn package(script: &str) -> String {
    format!(
        "derivation {{\n  name = \"tools\";\n  system = builtins.currentSystem;\n  builder = \"/bin/sh\";\n  \
         args = [ \"-c\" ''\nset -e\nPATH=/bin\n{script}'' ];\n}}\n"
    )
}

/// Returns a script that creates a program. The program prints its name and its arguments.
pub(super) fn program(name: &str) -> String {
    format!(
        "printf '#!%s/lib/busybox sh\\necho {name} of nix: \"$@\"\\n' $out > \"$out/bin/{name}\"\nchmod +x \"$out/bin/{name}\"\n"
    )
}

pub(super) const BUSYBOX: &str = "mkdir -p $out/bin $out/lib\ncp /bin/busybox $out/lib\n";

pub(super) fn with_nix(builder: Builder, test: impl FnOnce(&[&str])) {
    match builder.require_image(NIX_IMAGE) {
        Ok(()) => test(&["--nix-image", NIX_IMAGE]),
        Err(why) => not_run(&why),
    }
}

/// The path of the expression and the name of one program contain a space. One program already exists in the
/// environment. One of the two packages has no programs.
fn programs_are_linked(builder: Builder) {
    let manifest = format!("{IN_TREE}\n[tool.agentix]\nnix = \"nix/my tools.nix\"\n");
    let programs = ["hello-tool", "two words", "pip"].map(program).concat();
    let script = format!("{BUSYBOX}{programs}mkdir $out/bin/folder\nln -s nowhere $out/bin/dangling\n");
    let data = "mkdir -p $out/share\necho shared > $out/share/text\n";
    let list = format!("[ ({}) ({}) ]\n", package(data), package(&script));
    let project = Project::plain().file("pyproject.toml", manifest).file("nix/my tools.nix", list);
    with_nix(builder, |arguments| {
        let image = Image::with(builder, project.path(), arguments);
        assert_eq!(image.run(&["hello-tool", "a  b"]), "hello-tool of nix: a  b\n");
        assert_eq!(image.run(&["/nix/runtime/bin/two words"]), "two words of nix:\n");
        assert!(image.run(&["pip", "--version"]).starts_with("pip 2"));
        let listed = image.run(&["ls", "/nix/runtime/bin"]);
        let listed: Vec<&str> = listed.lines().collect();
        assert!(listed.contains(&"two words"), "{listed:?}");
        for name in ["folder", "dangling", "*"] {
            assert!(!listed.contains(&name), "{listed:?}");
        }
        assert_eq!(image.run(&["sh", "-c", "cat $(head -n 1 /nix/.sys-paths/project)/share/text"]), "shared\n");
    });
}

/// Nix fails with exit code 100. `BuildKit` fails with 1, whatever the exit code of the step is.
fn a_failed_package_fails_the_build(builder: Builder) {
    let project =
        Project::plain().file("default.nix", package(&format!("echo no tools for {builder:?} >&2\nexit 3\n")));
    with_nix(builder, |arguments| {
        let image = Image::unbuilt(builder);
        let outcome = Outcome::of(builder.build(project.path(), &image.name).args(arguments));
        let code = if builder.is_buildkit() { 1 } else { 100 };
        assert_eq!(outcome.code, code, "{outcome}");
        assert!(outcome.stderr.contains(&format!("no tools for {builder:?}")), "{outcome}");
        let expected = format!(
            "error: {} failed with exit code {code}\n  because: a step of the Dockerfile ended with exit code 100\n",
            builder.engine()
        );
        assert!(outcome.error().starts_with(&expected), "{outcome}");
        assert!(!image.exists());
    });
}

/// The Nix image of the tests has no nixpkgs: an expression that uses no package works without it, and another one names
/// the remedy.
fn a_function_gets_its_packages(builder: Builder) {
    let tool = package(&format!("{BUSYBOX}{}", program("hello-tool")));
    let expressions = [
        format!("{{ pkgs }}: {tool}"),
        format!("{{ pkgs ? throw \"not used\" }}: {tool}"),
        format!("{{ pkgs ? {{ number = 1; }}, lib ? pkgs.number, ... }}@all: assert lib == 1; {tool}"),
        format!("{{ }}: [ ({{ pkgs, lib }}: {tool}) ]"),
    ];
    with_nix(builder, |arguments| {
        for expression in expressions {
            let image = Image::with(builder, Project::plain().file("default.nix", expression).path(), arguments);
            assert_eq!(image.run(&["hello-tool"]), "hello-tool of nix:\n");
        }
        for (expression, remedy) in [
            ("{ pkgs }: pkgs.hello", "nixpkgs = \"channel:nixos-24.11\""),
            ("{ tools = { pkgs }: pkgs.hello; }", "must give a package"),
        ] {
            let image = Image::unbuilt(builder);
            let project = Project::plain().file("default.nix", expression);
            let outcome = Outcome::of(builder.build(project.path(), &image.name).args(arguments));
            assert_ne!(outcome.code, 0, "{outcome}");
            assert!(outcome.stderr.contains(remedy), "{outcome}");
            assert!(!image.exists());
        }
    });
}

/// The archive holds one package. The hash is checked.
fn a_function_may_take_pinned_packages(builder: Builder) {
    let tool = package(&format!("{BUSYBOX}{}", program("pinned")));
    let project = Project::plain()
        .file("default.nix", "{ tool, ... }: [ tool (import <nixpkgs/more.nix>) ]")
        .file("set/default.nix", format!("{{ }}: {{ tool = {tool}; }}"))
        .file("set/more.nix", package(&format!("{BUSYBOX}{}", program("more"))));
    let root = project.path();
    let archive = root.join("nixpkgs.tar.gz");
    Outcome::of_success(std::process::Command::new("tar").arg("-C").arg(root).arg("-czf").arg(&archive).arg("set"));
    let url = "file:///src/project/nixpkgs.tar.gz";
    with_nix(builder, |arguments| {
        let mut hashing = builder.command(builder.runner());
        hashing.args([
            "run",
            "--rm",
            "--network=none",
            "--volume",
            &format!("{}:/src/project", root.display()),
            NIX_IMAGE,
        ]);
        let hash = "hash=$(nix-prefetch-url --unpack \"$0\") && nix --extra-experimental-features nix-command hash to-sri --type sha256 $hash";
        let hash = Outcome::of_success(hashing.args(["/bin/sh", "-c", hash, url])).stdout;
        let wrong = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        for (nixpkgs, is_right) in
            [(url.to_owned(), true), (format!("{url}#{}", hash.trim()), true), (format!("{url}#{wrong}"), false)]
        {
            let image = Image::unbuilt(builder);
            let mut build = builder.build(root, &image.name);
            let outcome = Outcome::of(build.args(arguments).args(["--nixpkgs", &nixpkgs]));
            assert_eq!(outcome.code == 0, is_right, "{outcome}");
            if is_right {
                assert_eq!(image.run(&["pinned"]) + &image.run(&["more"]), "pinned of nix:\nmore of nix:\n");
            } else {
                assert!(outcome.stderr.contains("hash mismatch"), "{outcome}");
            }
        }
    });
}

/// A package that cannot be built comes from a binary cache, whose signature is checked. The cache is a folder of the
/// project.
fn a_package_comes_from_a_binary_cache(builder: Builder) {
    let expression = package(&format!("test -e /builds || exit 3\n{BUSYBOX}{}", program("from-cache")));
    let fill = "set -eu
        touch /builds
        cd /cache
        nix-store --generate-binary-cache-key test-1 /secret /cache/key
        out=$(nix-build --no-out-link /cache/default.nix)
        nix --extra-experimental-features nix-command store sign --key-file /secret --recursive $out
        nix --extra-experimental-features nix-command copy --to file:///cache/store $out
        chmod -R a+rX /cache";
    with_nix(builder, |arguments| {
        let project = Project::plain().file("cache/default.nix", expression.as_bytes());
        let cache = project.path().join("cache");
        let mut command = builder.command(builder.runner());
        command.args(["run", "--rm", "--network=none", "--volume", &format!("{}:/cache", cache.display()), NIX_IMAGE]);
        Outcome::of_success(command.args(["/bin/sh", "-c", fill]));
        let key = std::fs::read_to_string(cache.join("key")).unwrap();
        for (key, code) in [(key.trim(), 0), ("other-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=", 100)] {
            let table = format!(
                "\n[tool.agentix]\nnix = 'cache/default.nix'\nsubstituters = ['file:///src/project/cache/store']\n\
                 trusted-public-keys = ['{key}']\n"
            );
            project.write("pyproject.toml", format!("{IN_TREE}{table}"));
            let image = Image::unbuilt(builder);
            let outcome = Outcome::of(builder.build(project.path(), &image.name).args(arguments));
            let code = if code != 0 && builder.is_buildkit() { 1 } else { code };
            assert_eq!(outcome.code, code, "{outcome}");
            if code == 0 {
                assert_eq!(image.run(&["from-cache"]), "from-cache of nix:\n");
            }
        }
    });
}

/// One file is downloaded during the evaluation, the other by a derivation with a hash.
fn a_download_needs_a_trusted_certificate(builder: Builder) {
    let index = Index::with_tls();
    let (url, hash) = (index.wheel(), &index.wheel_hash);
    let expression = format!(
        "let early = builtins.fetchurl \"{url}\";\n\
         late = derivation {{ name = \"late.whl\"; system = \"builtin\"; builder = \"builtin:fetchurl\"; url = \"{url}\"; \
         outputHashMode = \"flat\"; outputHashAlgo = \"sha256\"; outputHash = \"{hash}\"; }};\nin {}",
        package("mkdir -p $out/share\ncp ${early} $out/share/early\ncp ${late} $out/share/late\n")
    );
    let project = Project::plain().file("default.nix", expression);
    with_nix(builder, |arguments| {
        let image = Image::unbuilt(builder);
        let build = |more: &[&str]| {
            let mut command = builder.build(project.path(), &image.name);
            Outcome::of(command.args(["--network", "host", "--no-cache"]).args(arguments).args(more))
        };
        let distrusted = build(&[]);
        assert_ne!(distrusted.code, 0, "{distrusted}");
        assert!(distrusted.stderr.contains("SSL peer certificate"), "{distrusted}");
        let trusted = build(&["--ca-certificate", &index.certificate()]);
        assert_eq!(trusted.code, 0, "{trusted}");
        let sums = image.run(&["sh", "-c", "cd $(cat /nix/.sys-paths/project)/share && sha256sum early late"]);
        assert_eq!(sums, format!("{hash}  early\n{hash}  late\n"));
    });
}
