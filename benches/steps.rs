//! Measures each step from the manifest to the context, in process, as a caller of the library sees it.

#![expect(clippy::print_stdout, reason = "a benchmark prints a table")]

mod paired;

use std::fmt::Write as _;
use std::io;

use agentix_gen::bundle::Bundle;
use agentix_gen::files::Listing;
use agentix_gen::project::{Config, Project};
use agentix_gen::value::{Cancel, Dialect};
use agentix_gen::{context, dockerfile};
use paired::{Paired, Result, Time, alone, heading, is_bench, per_call, row, value};

const MANIFEST: &str = include_str!("../examples/hello-agent/pyproject.toml");
const ROUNDS: usize = 200;

fn main() -> Result<()> {
    if !is_bench() {
        return Ok(());
    }
    let large = large_manifest();
    heading("parse vs. reading the same text as plain TOML");
    row("examples/hello-agent", parse(MANIFEST), None);
    row(&format!("a manifest with {} lines and 240 requirements", large.lines().count()), parse(&large), None);

    heading("in memory, examples/hello-agent");
    let bundle = bundle(MANIFEST, 3)?;
    for dialect in [Dialect::BuildKit, Dialect::Classic] {
        let rendered = median(|| Ok(dockerfile::render(&bundle, dialect)?));
        value(&format!("render, {dialect:?}"), rendered);
    }
    value("stage", median(|| Ok(context::stage(&bundle, Dialect::BuildKit)?)));
    value("from bytes to Dockerfile", median(|| pipeline(MANIFEST, 3, |_| Ok(()))));
    value("from bytes to tar", median(|| pipeline(MANIFEST, 3, tar)));

    heading("in memory, large manifest and 20,000 files");
    value("from bytes to Dockerfile", median(|| pipeline(&large, 20_000, |_| Ok(()))));
    value("from bytes to tar", median(|| pipeline(&large, 20_000, tar)));
    Ok(())
}

fn median<T>(work: impl FnMut() -> Result<T>) -> Result<Time> {
    alone(ROUNDS, per_call(work)).map(Time)
}

fn parse(manifest: &str) -> Result<Paired> {
    let ours = per_call(|| Ok(Project::from_bytes(manifest.as_bytes())?));
    let plain = per_call(|| Ok(toml::from_str::<toml::Table>(manifest)?));
    Paired::measure(ROUNDS, ours, plain)
}

fn bundle(manifest: &str, files: usize) -> Result<Bundle> {
    let paths = (0..files).map(|n| (format!("src/p{}/m{n}.py", n / 100), b"x = 1\n".to_vec()));
    let named = [("pyproject.toml", manifest), ("README.md", "")];
    let named = named.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let listing = Listing::from_files(paths.chain(named))?;
    Ok(Bundle::new(Project::from_bytes(manifest.as_bytes())?, listing, Config::default())?)
}

fn pipeline<T>(manifest: &str, files: usize, then: impl FnOnce(&context::Context<'_>) -> Result<T>) -> Result<T> {
    let bundle = bundle(manifest, files)?;
    then(&context::stage(&bundle, Dialect::BuildKit)?)
}

fn tar(context: &context::Context<'_>) -> Result<u64> {
    Ok(context::write_tar(context, io::sink(), &Cancel::default())?)
}

/// Returns a manifest like that of a large project: many requirements with version ranges and markers, extras,
/// dependency groups, and tables of other tools.
fn large_manifest() -> String {
    let mut text = MANIFEST.replace("dependencies = [\"rich>=13\"]\n", "dependencies = [\n");
    let (project, rest) = text.split_at(text.find("\n[build-system]").unwrap_or(text.len()));
    let (project, rest) = (project.to_owned(), rest.to_owned());
    text = project;
    for n in 0..120 {
        _ = writeln!(
            text,
            "    \"some-package-{n}[fast,extra-{n}]>=1.{n}.2,<2,!=1.5.*; python_version >= '3.11' and sys_platform == 'linux'\","
        );
    }
    text += "]\n\n[project.optional-dependencies]\n";
    for n in 0..20 {
        _ = writeln!(
            text,
            "extra-{n} = [\"pytest-{n}>=7\", \"numpy~=1.{n}\", \"torch=={n}.0; python_version < '3.13'\"]"
        );
    }
    text += &rest;
    text += "\n[dependency-groups]\n";
    for n in 0..20 {
        _ = writeln!(text, "group-{n} = [\"mypy>=1.{n}\", \"ruff\", \"coverage[toml]>=7.{n}\"]");
    }
    for tool in ["ruff.lint", "mypy", "pytest.ini_options", "coverage.report", "pyright"] {
        _ = writeln!(text, "\n[tool.{tool}]");
        for n in 0..40 {
            _ = writeln!(text, "option-{n} = [\"E{n}\", \"F{n}\", {n}, true, {{ reason = \"it is off\" }}]");
        }
    }
    text
}
