//! The `plan` command: prints every decision and its origin, and the stages of the Dockerfile.

mod drawing;
mod picture;
mod svg;
mod text;

use agentix_gen::bundle::Plan;
use agentix_gen::context::{self, ContextSize};
use agentix_gen::dockerfile::{self, Origin, Stage};
use agentix_gen::value::{ByteSize, Redacted};
use agentix_gen::{Bundle, Context, ImageRef};
use serde::Serialize;

use super::error::CommandError;
use super::view_arguments::{PlanArguments, PlanFormat};
use super::{dialect, output, project};
use picture::Picture;

/// A plan with the stages of its Dockerfile. The JSON has no sizes: a decision does not change with the size of a file.
#[derive(Serialize)]
struct Staged<'a> {
    #[serde(flatten)]
    plan: Plan,
    stages: Vec<Stage>,
    /// The parts of the context that the stages take, as the Dockerfile writes their paths, with the size of their files.
    /// A path that is a pattern or does not exist has none.
    #[serde(skip)]
    parts: Vec<(String, Option<ByteSize>)>,
    #[serde(skip)]
    image: &'a ImageRef,
}

pub(crate) fn print(arguments: &PlanArguments) -> Result<(), CommandError> {
    let bundle = project::bundle(&arguments.project)?;
    let context = context::stage(&bundle, dialect(&arguments.project))?;
    let staged = Staged::new(&bundle, &context, Plan::new(&bundle, dialect(&arguments.project)))?;
    let default = if output::is_terminal() { PlanFormat::Text } else { PlanFormat::Json };
    let text = match arguments.format.unwrap_or(default) {
        PlanFormat::Json => return output::json(&staged),
        PlanFormat::Text => text::text(&staged),
        PlanFormat::Mermaid => drawing::mermaid(&Picture::new(&staged)),
        PlanFormat::Dot => drawing::dot(&Picture::new(&staged)),
        PlanFormat::Svg => svg::svg(&Picture::new(&staged)),
    };
    output::data(Redacted(&text).text().as_bytes())
}

impl<'a> Staged<'a> {
    fn new(bundle: &'a Bundle, context: &Context<'_>, plan: Plan) -> Result<Self, CommandError> {
        let size = ContextSize::measure(context)?;
        let stages = dockerfile::stages(context.dockerfile());
        let inputs = stages.iter().flat_map(|stage| &stage.inputs).filter(|input| input.from == Origin::Context);
        let parts = inputs.map(|input| (input.path.clone(), size.of(&input.path, context))).collect();
        Ok(Self { plan, stages, parts, image: &bundle.tags()[0] })
    }

    /// Returns the name of a stage. The last one becomes the image.
    fn name(&self, stage: usize) -> String {
        let name = || self.stages[stage].name.clone();
        let is_last = stage + 1 == self.stages.len();
        if is_last { self.image.to_string() } else { name().unwrap_or_else(|| format!("stage {stage}")) }
    }

    /// Returns the size of a part of the context.
    fn size(&self, path: &str) -> Option<ByteSize> {
        self.parts.iter().find(|(part, _)| part == path).and_then(|(_, size)| *size)
    }
}
