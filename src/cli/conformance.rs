//! `engines --conformance`: runs the conformance kit on one engine.

use agentix_gen::build_image::{CHECKS, CheckResult, Conformance, Verdict};
use agentix_gen::value::Redacted;
use agentix_gen::{Control, Event};

use super::arguments::{EnginesArguments, Format};
use super::error::CommandError;
use super::signals::Signals;
use super::{engines, output, project};

/// Prints the result of each check. Fails if a check fails.
pub(crate) fn check(name: &str, arguments: &EnginesArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let results = signals.unless_received(run(name, arguments, &signals))?;
    if arguments.format == Format::Json {
        output::unless_unread(output::json(&results))?;
    }
    let failed = results.iter().filter(|result| matches!(result.verdict, Verdict::Failed(_)));
    let failed: Vec<&'static str> = failed.map(|result| result.name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(CommandError::Conformance { engine: name.to_owned(), failed, total: CHECKS.len() })
}

fn run(name: &str, arguments: &EnginesArguments, signals: &Signals) -> Result<Vec<CheckResult>, CommandError> {
    let cancel = signals.cancel();
    let engine = engines::registry(&cancel).get(name)?;
    let scratch = project::scratch()?;
    let mut ignore = |_: Event<'_>| {};
    let mut control = Control::new(&scratch, &mut ignore).with_cancel(cancel);
    let (mut results, mut printed) = (Vec::new(), Ok(()));
    let tag = Conformance::new(&*engine, &arguments.base_image).run(&mut control, &mut |result| {
        if arguments.format == Format::Text && printed.is_ok() {
            printed = output::data(line(result).as_bytes());
        }
        results.push(result.clone());
    })?;
    output::note(&format!("the images of the checks are agentix-conformance/CHECK:{tag}"));
    output::unless_unread(printed).map(|()| results)
}

fn line(CheckResult { name, promise, verdict, .. }: &CheckResult) -> String {
    let (word, reason) = match verdict {
        Verdict::Passed => ("passed", *promise),
        Verdict::Failed(reason) => ("failed", reason.as_str()),
        Verdict::Skipped(reason) => ("skipped", reason.as_str()),
        _ => ("unknown", *promise),
    };
    format!("{word:7}  {name:12}  {}\n", Redacted(reason))
}
