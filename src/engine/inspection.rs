//! Asking an engine what it knows of images.

use std::{panic, thread};

use super::ImageInfo;
use super::error::EngineError;
use super::installed::{Installed, Row};
use super::run::Answer;
use crate::context::DIGEST_LABEL;
use crate::value::{Cancel, ImageRef};

const QUESTION: &str = "whether it has the image";

/// What an engine knows of images, in their order. All are asked for in one call where the engine takes them; one call
/// each, at the same time, where it does not, or where it has not all of them: then it does not say which line is whose.
pub(super) fn inspect(
    row: &Row,
    engine: &Installed,
    images: &[ImageRef],
    cancel: &Cancel,
) -> Result<Vec<Option<ImageInfo>>, EngineError> {
    if row.inspects_several && images.len() > 1 {
        let answer = ask(row, engine, images, cancel)?;
        let lines: Vec<&str> = answer.stdout.lines().filter(|line| !line.trim().is_empty()).collect();
        if answer.code == 0 && lines.len() == images.len() {
            return Ok(lines.into_iter().map(|line| Some(facts(line))).collect());
        }
        if answer.code != 0 && !answer.stderr.contains(row.absent) {
            return Err(engine.no_answer(QUESTION, &answer));
        }
    }
    thread::scope(|scope| {
        let asking: Vec<_> =
            images.iter().map(|image| scope.spawn(|| inspect_one(row, engine, image, cancel))).collect();
        asking.into_iter().map(|asked| asked.join().unwrap_or_else(|fault| panic::resume_unwind(fault))).collect()
    })
}

/// The digests by which registries have an image.
pub(super) fn digests(
    row: &Row,
    engine: &Installed,
    image: &ImageRef,
    cancel: &Cancel,
) -> Result<Option<Vec<String>>, EngineError> {
    let name = image.to_string();
    let arguments: Vec<&str> = row.inspect.iter().copied().chain([row.digests, &name]).collect();
    let answer = engine.ask(&arguments, cancel)?;
    match answer.code {
        0 => Ok(Some(of_registries(&answer.stdout, image))),
        _ if answer.stderr.contains(row.absent) => Ok(None),
        _ => Err(engine.no_answer(QUESTION, &answer)),
    }
}

/// The digests of a line that are of the image's own repository. The one that the image has here is last: beside it stands
/// that of the list it was chosen from, which holds for other platforms as well.
fn of_registries(line: &str, image: &ImageRef) -> Vec<String> {
    let mut words = line.split_whitespace();
    let here = words.next().unwrap_or_default();
    let named = words.filter_map(|word| word.parse::<ImageRef>().ok());
    // What podman has from nowhere is called so, and no registry can be.
    let remote = named.filter(|named| named.domain() != Some("localhost") && named.is_same_repository(image));
    let mut digests: Vec<String> = remote.filter_map(|named| named.digest().map(str::to_owned)).collect();
    digests.sort_by_key(|digest| digest == here);
    digests.dedup();
    digests
}

fn inspect_one(
    row: &Row,
    engine: &Installed,
    image: &ImageRef,
    cancel: &Cancel,
) -> Result<Option<ImageInfo>, EngineError> {
    let answer = ask(row, engine, std::slice::from_ref(image), cancel)?;
    match answer.code {
        0 => Ok(Some(facts(&answer.stdout))),
        _ if answer.stderr.contains(row.absent) => Ok(None),
        _ => Err(engine.no_answer(QUESTION, &answer)),
    }
}

fn ask(row: &Row, engine: &Installed, images: &[ImageRef], cancel: &Cancel) -> Result<Answer, EngineError> {
    let facts = row.facts.replace("LABEL", DIGEST_LABEL);
    let names: Vec<String> = images.iter().map(ToString::to_string).collect();
    let arguments = row.inspect.iter().copied().chain([facts.as_str()]).chain(names.iter().map(String::as_str));
    engine.ask(&arguments.collect::<Vec<_>>(), cancel)
}

/// `sha256:1234… sha256:5678…`, the second one missing where there is no label.
fn facts(line: &str) -> ImageInfo {
    let (id, digest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    // Some templates print this for a key that is not there.
    let digest = Some(digest).filter(|digest| !digest.is_empty() && *digest != "<no value>");
    ImageInfo::new(id, digest.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::{ImageInfo, facts, of_registries};

    #[test]
    fn a_line_tells_of_digests() {
        let [one, two] = ['1', '2'].map(|digit| format!("sha256:{}", digit.to_string().repeat(64)));
        let told = |line: &str, image: &str| of_registries(line, &image.parse().unwrap());
        assert_eq!(told(&format!("- python@{one}"), "docker.io/library/python:3"), [one.as_str()]);
        assert_eq!(told(&format!("- docker.io/library/python@{one}"), "python:3"), [one.as_str()]);
        assert_eq!(
            told(&format!("{one} ghcr.io/a/b@{one} ghcr.io/a/b@{two}"), "ghcr.io/a/b:1"),
            [two.clone(), one.clone()]
        );
        assert_eq!(told(&format!("- a@{one} docker.io/library/a@{one}"), "a:1"), [one.as_str()]);
        assert_eq!(told(&format!("- localhost:5000/a:1@{one}"), "localhost:5000/a:1"), [one.as_str()]);
        for other in ["-", "", "- \n", &format!("{one} localhost/a@{one}"), &format!("- ghcr.io/a@{one} b@{two}")] {
            assert!(told(other, "a:1").is_empty() && told(other, "localhost/a:1").is_empty(), "{other}");
        }
    }

    #[test]
    fn a_line_tells_of_an_image() {
        let told = |digest: &str| ImageInfo::new("sha256:12", Some(digest.to_owned()));
        assert_eq!(facts("sha256:12 sha256:34\n"), told("sha256:34"));
        assert_eq!(facts("sha256:12 "), ImageInfo::new("sha256:12", None));
        assert_eq!(facts("sha256:12"), ImageInfo::new("sha256:12", None));
        assert_eq!(facts("sha256:12 <no value>"), ImageInfo::new("sha256:12", None));
    }
}
