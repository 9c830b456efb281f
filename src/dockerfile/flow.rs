//! The stages of a Dockerfile, and what each takes from elsewhere. It reads the text, so that it knows the stages of a
//! user's template too.

use serde::Serialize;

use super::instructions::instructions;

/// A stage of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stage {
    /// The name after `AS`. The last stage, which becomes the image, often has none.
    pub name: Option<String>,
    /// The stage or image that it starts from.
    pub base: Origin,
    /// What its instructions take from elsewhere, without duplicates, in the order of the text.
    pub inputs: Vec<Input>,
}

/// Something that an instruction takes from outside its stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Input {
    /// Where it comes from.
    pub from: Origin,
    /// The path there, as it is written.
    pub path: String,
    /// Whether a step only mounts it. Otherwise it is copied.
    pub mounted: bool,
}

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Origin {
    /// The build context.
    Context,
    /// The stage with this number. The first stage is 0.
    Stage(usize),
    /// An image.
    Image(String),
    /// A URL, which `ADD` downloads. The path is the URL.
    Url,
    /// A secret of the build. The path is its ID.
    Secret,
}

/// Returns the stages of a Dockerfile, in the order of the text. The last one becomes the image.
///
/// Mounts of type `cache`, `tmpfs` and `ssh` carry nothing from elsewhere and are left out. Instructions before the
/// first `FROM` are too.
///
/// ```
/// use agentix_gen::dockerfile::{Origin, stages};
///
/// let stages = stages("FROM python:3.13 AS build\nFROM scratch\nCOPY --from=build /wheels/ /wheels/\n");
/// assert_eq!(stages[0].base, Origin::Image("python:3.13".to_owned()));
/// assert_eq!((&stages[1].inputs[0].from, &*stages[1].inputs[0].path), (&Origin::Stage(0), "/wheels/"));
/// ```
pub fn stages(dockerfile: &str) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for instruction in instructions(dockerfile) {
        let (keyword, flags, words) = (instruction.keyword.as_str(), &instruction.flags, &instruction.words);
        if keyword == "FROM" {
            let Some(base) = words.first() else { continue };
            let name = words.get(1).filter(|word| word.eq_ignore_ascii_case("AS")).and(words.get(2)).cloned();
            let base = stage_or_image(base, &stages);
            stages.push(Stage { name, base, inputs: Vec::new() });
            continue;
        }
        let inputs = match keyword {
            "COPY" | "ADD" => copied(flags, words, &stages),
            "RUN" => flags.iter().filter_map(|flag| mounted(flag.strip_prefix("--mount=")?, &stages)).collect(),
            _ => Vec::new(),
        };
        let Some(stage) = stages.last_mut() else { continue };
        for input in inputs {
            if !stage.inputs.contains(&input) {
                stage.inputs.push(input);
            }
        }
    }
    stages
}

/// Returns the stage with a name or number, as `FROM`, `--from` and `from=` give it, or else the image.
fn stage_or_image(name: &str, stages: &[Stage]) -> Origin {
    let is_named = |stage: &Stage| stage.name.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(name));
    let number = || name.parse().ok().filter(|number| *number < stages.len());
    let stage = stages.iter().rposition(is_named).or_else(number);
    stage.map_or_else(|| Origin::Image(name.to_owned()), Origin::Stage)
}

/// Returns the sources of `COPY` and `ADD`. A file that the instruction contains itself (`<<EOF`) is none.
fn copied(flags: &[String], words: &[String], stages: &[Stage]) -> Vec<Input> {
    let from = flags.iter().find_map(|flag| flag.strip_prefix("--from="));
    let from = from.map_or(Origin::Context, |from| stage_or_image(from, stages));
    let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
    let sources = sources.iter().filter(|source| !source.starts_with("<<"));
    let is_url = |source: &str| source.contains("://") || source.starts_with("git@");
    let input = |source: &String| {
        let from = if is_url(source) { Origin::Url } else { from.clone() };
        Input { from, path: source.clone(), mounted: false }
    };
    sources.map(input).collect()
}

/// Returns what a mount takes from elsewhere. `mount` is the value of `RUN --mount`.
fn mounted(mount: &str, stages: &[Stage]) -> Option<Input> {
    let field = |names: &[&str]| {
        mount.split(',').find_map(|field| {
            let (key, value) = field.split_once('=')?;
            names.contains(&key).then_some(value)
        })
    };
    let (from, path) = match field(&["type"]).unwrap_or("bind") {
        "bind" => {
            let from = field(&["from"]).map_or(Origin::Context, |from| stage_or_image(from, stages));
            (from, field(&["source", "src"]).unwrap_or("/"))
        }
        "secret" => (Origin::Secret, field(&["id"]).or(field(&["target", "dst", "destination"]))?),
        _ => return None,
    };
    Some(Input { from, path: path.to_owned(), mounted: true })
}

#[cfg(test)]
mod tests {
    use super::{Input, Origin, Stage, stages};

    fn image(name: &str) -> Origin {
        Origin::Image(name.to_owned())
    }

    fn inputs(text: &str) -> Vec<(Origin, String)> {
        let all = stages(&format!("FROM a AS first\nFROM b AS second\n{text}"));
        all[1].inputs.iter().map(|input| (input.from.clone(), input.path.clone())).collect()
    }

    #[test]
    fn a_stage_starts_from_an_image_or_from_a_stage_before_it() {
        let text = "ARG X=1\nFROM --platform=linux/amd64 python:3.13 AS Build\nfrom build\nFROM later\nFROM a AS later";
        let found = stages(text);
        let bases: Vec<&Origin> = found.iter().map(|stage| &stage.base).collect();
        assert_eq!(bases, [&image("python:3.13"), &Origin::Stage(0), &image("later"), &image("a")]);
        let names: Vec<Option<&str>> = found.iter().map(|stage| stage.name.as_deref()).collect();
        assert_eq!(names, [Some("Build"), None, None, Some("later")]);
        // The last stage of a name is the one in use, and a stage is not its own base.
        assert_eq!(stages("FROM a AS x\nFROM x AS x\nFROM x")[2].base, Origin::Stage(1));
    }

    #[test]
    fn every_form_of_a_copy_is_read() {
        for (text, from, path) in [
            ("COPY a b", Origin::Context, "a"),
            ("copy a b", Origin::Context, "a"),
            ("COPY --chown=1:1 a \\\n  # a comment\n\n  b", Origin::Context, "a"),
            ("COPY [\"a b\", \"/c\"]", Origin::Context, "a b"),
            ("COPY --from=first /a /b", Origin::Stage(0), "/a"),
            ("COPY --from=0 /a /b", Origin::Stage(0), "/a"),
            ("COPY --from=FIRST /a /b", Origin::Stage(0), "/a"),
            ("COPY --from=uv:1 /a /b", image("uv:1"), "/a"),
            ("COPY --from=2 /a /b", image("2"), "/a"),
            ("ADD https://files.example.org/a /b", Origin::Url, "https://files.example.org/a"),
            ("RUN --mount=from=first,source=/a,target=/b x", Origin::Stage(0), "/a"),
            ("RUN --mount=type=cache,target=/c \\\n    --mount=type=bind,src=a,target=/b x", Origin::Context, "a"),
            ("RUN --mount=type=secret,id=netrc,required=true x", Origin::Secret, "netrc"),
        ] {
            assert_eq!(inputs(text), [(from, path.to_owned())], "{text}");
        }
        assert_eq!(inputs("COPY a b c/").len(), 2);
        assert_eq!(inputs("COPY a b\nCOPY a c").len(), 1);
    }

    #[test]
    fn text_that_is_no_instruction_is_none() {
        for text in [
            "# COPY a b",
            "RUN echo \\\nCOPY a b",
            "RUN <<EOF\nCOPY a b\nFROM c\nEOF",
            "RUN <<-'EOF' cat > /x\nCOPY a b\n\tEOF",
            "RUN <<EOF\nx\n\tEOF\nCOPY a b\nEOF",
            "RUN <<-EOF\nx\nCOPY a b\n\tEOF",
            "COPY <<one <<two /x/\nCOPY a b\none\nCOPY a b\ntwo",
            "RUN cat <<< x",
            "RUN x --mount=type=bind,source=a,target=/b",
            "RUN --mount=type=cache,target=/c x",
            "COPY",
        ] {
            assert_eq!(inputs(text), [], "{text}");
        }
        assert_eq!(stages("COPY a b"), []);
        assert_eq!(inputs("RUN <<EOF\nx\nEOF\nCOPY a b").len(), 1);
        assert_eq!(inputs("RUN cat <<< x\nCOPY a b").len(), 1);
    }

    #[test]
    fn a_mount_is_told_from_a_copy() {
        let text = "FROM x\nRUN --mount=type=bind,from=y,source=/a,target=/b z";
        let input = Input { from: image("y"), path: "/a".to_owned(), mounted: true };
        assert_eq!(stages(text), [Stage { name: None, base: image("x"), inputs: vec![input] }]);
    }
}
