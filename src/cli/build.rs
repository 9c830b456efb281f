//! The `build` command.

#![expect(clippy::disallowed_methods, reason = "this is where the environment is read")]

use std::env;
use std::sync::Arc;
use std::time::Instant;

use agentix_gen::bundle::Bundle;
use agentix_gen::context;
use agentix_gen::context::Context;
use agentix_gen::engine::{BuildRequest, Capabilities, Control, Engine, EngineError, ImageInfo};
use agentix_gen::value::{ByteSize, Cancel, Dialect, Epoch, ImageRef};
use serde::Serialize;

use super::arguments::{BuildArguments, Format};
use super::error::CommandError;
use super::follow::follow;
use super::signals::Signals;
use super::{dry_run, engines, lock, output, project, secrets};

pub(crate) fn build(arguments: &BuildArguments) -> Result<(), CommandError> {
    let signals = Signals::listen()?;
    let done = build_until(arguments, &signals.cancel());
    signals.unless_received(done)
}

fn build_until(arguments: &BuildArguments, cancel: &Cancel) -> Result<(), CommandError> {
    let mut flags = arguments.config();
    flags.source_date_epoch = flags.source_date_epoch.map_or_else(source_date_epoch, |epoch| Ok(Some(epoch)))?;
    let bundle = project::bundle_of(&arguments.project, flags)?;
    if arguments.dry_run {
        return dry_run::dry_run(arguments, &bundle, cancel);
    }
    let chosen = engines::choose(arguments.engine.as_ref(), &bundle, |engine| Chosen::new(engine, &bundle, cancel))?;
    if arguments.project.locked {
        lock::check(&*chosen.engine, &bundle, cancel)?;
    }
    let secrets = secrets::given(&bundle)?;
    let mut request = BuildRequest::from_bundle(&bundle);
    request.secrets = secrets;
    request.pull = arguments.pull;
    request.no_cache = arguments.no_cache;
    request.push = arguments.push;
    let anew = arguments.force || arguments.pull || arguments.no_cache || arguments.print_command;
    let found = if anew { None } else { find_up_to_date(arguments, &bundle, &chosen, &request, cancel)? };
    let built = match found {
        Some(built) => built,
        None => {
            let ready = Ready::new(&chosen, arguments, &bundle, request, cancel)?;
            if arguments.print_command {
                return output::json(&chosen.engine.commands(&ready.capabilities, &ready.request));
            }
            ready.build(&chosen, arguments, &bundle, cancel)?
        }
    };
    match arguments.format {
        Format::Text => output::data(format!("{}\n", built.image).as_bytes()),
        Format::Json => output::json(&built),
    }
}

/// The image, if it is what would be built. The engine is asked for nothing but its images: which dialect it understands
/// shows in the image that it has built.
fn find_up_to_date(
    arguments: &BuildArguments,
    bundle: &Bundle,
    chosen: &Chosen,
    request: &BuildRequest,
    cancel: &Cancel,
) -> Result<Option<Built>, CommandError> {
    let Chosen { engine, bases, tagged } = chosen;
    let Some(Some(image)) = tagged.first().filter(|image| image.as_ref().is_some_and(|image| image.digest.is_some()))
    else {
        return Ok(None);
    };
    for dialect in arguments.project.dialect.chosen().map_or_else(|| engine.dialects(), |dialect| vec![dialect]) {
        let context = context::stage(bundle, dialect)?;
        let digest = request.digest(&context, bases, cancel)?;
        if digest.labels_all(tagged) {
            let context = context.with_stamps(digest.seen());
            project::refuse_too_large(&context, bundle)?;
            let size = project::tell_if_large(&context)?;
            if request.push {
                follow(arguments.quiet, size, cancel, |control| engine.push(request, control))?;
            }
            let mut request = request.clone();
            request.digest = Some(digest);
            output::note(&format!("{} is up to date", request.tags[0]));
            return Ok(Some(Built::new(&**engine, &request, image.id.clone(), None)));
        }
    }
    Ok(None)
}

/// All that an engine builds an image of.
struct Ready<'a> {
    capabilities: Capabilities,
    context: Context<'a>,
    /// How much the context holds.
    size: ByteSize,
    request: BuildRequest,
}

impl<'a> Ready<'a> {
    fn new(
        Chosen { engine, bases, .. }: &Chosen,
        arguments: &BuildArguments,
        bundle: &'a Bundle,
        mut request: BuildRequest,
        cancel: &Cancel,
    ) -> Result<Self, CommandError> {
        let capabilities = engine.probe(cancel)?;
        let context = context::stage(bundle, dialect(arguments, &**engine, &capabilities)?)?;
        project::refuse_too_large(&context, bundle)?;
        let digest = request.digest(&context, bases, cancel)?;
        let context = context.with_stamps(digest.seen());
        let size = project::tell_if_large(&context)?;
        request.digest = Some(digest);
        Ok(Self { capabilities, context, size, request })
    }

    fn build(
        &self,
        Chosen { engine, bases, .. }: &Chosen,
        arguments: &BuildArguments,
        bundle: &Bundle,
        cancel: &Cancel,
    ) -> Result<Built, CommandError> {
        let Self { capabilities, context, size, request } = self;
        let (image, runtime_image) = (&request.tags[0], bundle.runtime_image());
        // Others than the runtime image are found in a registry.
        let is_ours = bundle.agentix_version().is_none();
        if is_ours && !arguments.pull && runtime_image.digest().is_none() && bases.first().is_none_or(Option::is_none) {
            let (engine, image) = (engine.name().to_owned(), runtime_image.clone());
            return Err(CommandError::NoRuntimeImage { engine, image });
        }
        output::kept_out(bundle);
        let Capabilities { version, builder, .. } = capabilities;
        output::note(&format!("building {image} on {runtime_image} with {} {version} ({builder})", engine.name()));
        let started = Instant::now();
        let work = |control: &mut Control<'_>| engine.build(capabilities, request, context, control);
        let outcome = follow(arguments.quiet, *size, cancel, work)?;
        output::note(&format!("built {image} in {:.1} s", started.elapsed().as_secs_f64()));
        Ok(Built::new(&**engine, request, outcome.image_id, Some(outcome.context_bytes)))
    }
}

/// The [time] that whoever builds wants in all that is built.
///
/// [time]: https://reproducible-builds.org/specs/source-date-epoch/
fn source_date_epoch() -> Result<Option<Epoch>, CommandError> {
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => match text.parse() {
            Ok(epoch) => Ok(Some(epoch)),
            Err(_) => Err(CommandError::SourceDateEpoch { text }),
        },
        _ => Ok(None),
    }
}

/// What a build gave, for a program.
#[derive(Serialize)]
struct Built {
    image: String,
    tags: Vec<String>,
    id: String,
    engine: String,
    digest: Option<String>,
    /// Nothing was built, for the image is what would be.
    up_to_date: bool,
    /// Of the context that was sent.
    context_bytes: u64,
}

impl Built {
    /// The image of a request, with the bytes of the context that was sent for it, if one was.
    fn new(engine: &dyn Engine, request: &BuildRequest, id: String, sent: Option<u64>) -> Self {
        let tags: Vec<String> = request.tags.iter().map(ToString::to_string).collect();
        Self {
            image: tags[0].clone(),
            tags,
            id,
            engine: engine.name().to_owned(),
            digest: request.digest.as_ref().map(ToString::to_string),
            up_to_date: sent.is_none(),
            context_bytes: sent.unwrap_or(0),
        }
    }
}

/// An engine that answers, and what it knows of the images that matter.
struct Chosen {
    engine: Arc<dyn Engine>,
    /// The images that the build starts from.
    bases: Vec<Option<ImageInfo>>,
    /// The images of the tags.
    tagged: Vec<Option<ImageInfo>>,
}

impl Chosen {
    /// An engine, if it answers. One that does not may have more to say of itself than of images.
    fn new(engine: Arc<dyn Engine>, bundle: &Bundle, cancel: &Cancel) -> Result<Self, EngineError> {
        let mut images: Vec<ImageRef> = bundle.base_images().cloned().collect();
        let bases = images.len();
        images.extend_from_slice(bundle.tags());
        let found = engine.inspect(&images, cancel);
        let mut bases_and_tagged = found.map_err(|error| engine.probe(cancel).err().unwrap_or(error))?;
        let tagged = bases_and_tagged.split_off(bases);
        Ok(Self { engine, bases: bases_and_tagged, tagged })
    }
}

/// The dialect that was asked for, if the engine understands it.
fn dialect(
    arguments: &BuildArguments,
    engine: &dyn Engine,
    capabilities: &Capabilities,
) -> Result<Dialect, CommandError> {
    let understood = capabilities.dialect();
    match arguments.project.dialect.chosen() {
        Some(Dialect::BuildKit) if understood == Dialect::Classic => {
            Err(CommandError::Dialect { engine: engine.name().to_owned(), builder: capabilities.builder })
        }
        chosen => Ok(chosen.unwrap_or(understood)),
    }
}
