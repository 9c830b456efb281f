//! Inspects the images of an engine.

use std::thread;

use super::ImageInfo;
use super::error::EngineError;
use super::installed::{EngineRow, Installed};
use super::run::Answer;
use crate::context::{DIGEST_LABEL, PYTHON_LABEL};
use crate::files::background::{Started, start};
use crate::value::{AGENTIX_LABEL, Cancel, ImageRef, Platform, USER_VARIABLE};

const QUESTION: &str = "whether it has the image";

/// Inspects images, in their order.
///
/// If the engine accepts several images, one call inspects them all. If it does not, or if some images are missing,
/// there is one call for each image, all at the same time: with missing images, the output does not show which line
/// belongs to which image.
pub(super) fn inspect(
    row: &EngineRow,
    engine: &Installed,
    images: &[ImageRef],
    cancel: &Cancel,
) -> Result<Vec<Option<ImageInfo>>, EngineError> {
    if row.inspects_several && images.len() > 1 {
        let answer = ask(row, engine, images, cancel)?;
        let lines: Vec<&str> = answer.stdout.lines().filter(|line| !line.trim().is_empty()).collect();
        if answer.code == 0 && lines.len() == images.len() {
            let read =
                |(line, image)| (row.read)(line, image).map(Some).ok_or_else(|| engine.no_answer(QUESTION, &answer));
            return lines.into_iter().zip(images).map(read).collect();
        }
        if answer.code != 0 && !answer.stderr.contains(row.absent) {
            return Err(engine.no_answer(QUESTION, &answer));
        }
    }
    thread::scope(|scope| {
        let asking: Vec<_> =
            images.iter().map(|image| start(scope, move || inspect_one(row, engine, image, cancel))).collect();
        asking.into_iter().map(Started::join).collect()
    })
}

/// Returns whether a store that keeps an image for several platforms has it for one of them, or `None` if the engine does not
/// tell. Only a container that is created tells it: `inspect` shows the image for this machine.
pub(super) fn has_platform(
    row: &EngineRow,
    engine: &Installed,
    image: &ImageRef,
    platform: &Platform,
    cancel: &Cancel,
) -> Result<Option<bool>, EngineError> {
    if !row.creates_of_platform {
        return Ok(None);
    }
    let name = image.to_string();
    // The program is not run, and need not exist.
    let created =
        engine.ask(&["create", "--platform", platform.as_str(), "--pull", "never", &name, "agentix-gen"], cancel)?;
    match created.code {
        0 => {
            let removed = engine.ask(&["rm", created.stdout.trim()], cancel)?;
            if removed.code == 0 { Ok(Some(true)) } else { Err(engine.no_answer(QUESTION, &removed)) }
        }
        _ if created.stderr.contains(row.absent) => Ok(Some(false)),
        _ => Err(engine.no_answer(QUESTION, &created)),
    }
}

/// Returns the digests of an image in registries.
pub(super) fn digests(
    row: &EngineRow,
    engine: &Installed,
    image: &ImageRef,
    cancel: &Cancel,
) -> Result<Option<Vec<String>>, EngineError> {
    let Some(template) = row.digests else {
        let (engine, operation) = (engine.name.to_owned(), "report the digests of images");
        return Err(EngineError::Unsupported { engine, operation });
    };
    let name = image.to_string();
    let arguments: Vec<&str> = row.inspect.iter().copied().chain([template, &name]).collect();
    let answer = engine.ask(&arguments, cancel)?;
    match answer.code {
        0 => confirmed(row, engine, image, of_registries(&answer.stdout, image), cancel).map(Some),
        _ if answer.stderr.contains(row.absent) => Ok(None),
        _ => Err(engine.no_answer(QUESTION, &answer)),
    }
}

/// Returns the digests that a registry has.
fn confirmed(
    row: &EngineRow,
    engine: &Installed,
    image: &ImageRef,
    digests: Vec<String>,
    cancel: &Cancel,
) -> Result<Vec<String>, EngineError> {
    let mut confirmed = Vec::new();
    for digest in digests {
        if let Some(pinned) = image.with_digest(&digest)
            && (row.confirms)(engine, &pinned, cancel)?
        {
            confirmed.push(digest);
        }
    }
    Ok(confirmed)
}

/// Returns the digests in a line that belong to the image's own repository.
///
/// The digest of the image in the engine is last. The other one is the digest of the list that the image was chosen
/// from. That digest is valid for other platforms as well.
fn of_registries(line: &str, image: &ImageRef) -> Vec<String> {
    let mut words = line.split_whitespace();
    let here = words.next().unwrap_or_default();
    let named = words.filter_map(|word| word.parse::<ImageRef>().ok());
    // Podman uses this domain for images from no registry. No registry can have this name.
    let remote = named.filter(|named| named.domain() != Some("localhost") && named.is_same_repository(image));
    let mut digests: Vec<String> = remote.filter_map(|named| named.digest().map(str::to_owned)).collect();
    digests.sort_by_key(|digest| digest == here);
    digests.dedup();
    digests
}

fn inspect_one(
    row: &EngineRow,
    engine: &Installed,
    image: &ImageRef,
    cancel: &Cancel,
) -> Result<Option<ImageInfo>, EngineError> {
    let answer = ask(row, engine, std::slice::from_ref(image), cancel)?;
    match answer.code {
        0 => (row.read)(&answer.stdout, image).map(Some).ok_or_else(|| engine.no_answer(QUESTION, &answer)),
        _ if answer.stderr.contains(row.absent) => Ok(None),
        _ => Err(engine.no_answer(QUESTION, &answer)),
    }
}

fn ask(row: &EngineRow, engine: &Installed, images: &[ImageRef], cancel: &Cancel) -> Result<Answer, EngineError> {
    let parts =
        [("DIGEST", DIGEST_LABEL), ("PYTHON", PYTHON_LABEL), ("AGENTIX", AGENTIX_LABEL), ("VARIABLE", USER_VARIABLE)];
    let facts =
        |template: &str| parts.iter().fold(template.to_owned(), |facts, (part, text)| facts.replace(part, text));
    let facts = row.facts.map(facts);
    let names: Vec<String> = images.iter().map(ToString::to_string).collect();
    let arguments = row.inspect.iter().copied().chain(facts.as_deref()).chain(names.iter().map(String::as_str));
    engine.ask(&arguments.collect::<Vec<_>>(), cancel)
}

/// Reads the line of a template.
#[expect(clippy::unnecessary_wraps, reason = "other rows read what may be unreadable")]
pub(super) fn line(line: &str, image: &ImageRef) -> Option<ImageInfo> {
    Some(facts(line, image))
}

/// Parses `sha256:1234… sha256:5678… 3.12.4 0.1.0 USER=1000 named PLATFORM=linux/amd64 a:1 b:1`: the ID, the labels, the
/// user, with the word `named` if a variable of the image names it, the platform, and the names of the image. The text of
/// a missing label is empty.
///
/// If the image does not have the name that was asked for, the name is that of a list, whose image for this machine this is.
/// Its platform says nothing of the list.
fn facts(line: &str, image: &ImageRef) -> ImageInfo {
    // Some templates print this for a missing key.
    let line = line.trim().replace("<no value>", "");
    let (line, platform) = line.split_once(" PLATFORM=").unwrap_or((&line, ""));
    let mut words = platform.split_whitespace();
    let platform = words.next().unwrap_or_default();
    let is_own = words.filter_map(|name| name.parse::<ImageRef>().ok()).any(|name| name.is_same_image(image));
    let platform = if is_own { platform } else { "" };
    let (line, user) = line.split_once(" USER=").unwrap_or((line, ""));
    let user = if user.ends_with(" named") { "" } else { user };
    let mut words = line.split(' ');
    let id = words.next().unwrap_or_default();
    let mut label = || words.next().filter(|value| !value.is_empty());
    let digest = label().map(str::to_owned);
    ImageInfo::new(id, digest).with_versions(label(), label()).with_user(user).with_platform(platform)
}

#[cfg(test)]
mod tests {
    use super::{ImageInfo, of_registries};

    fn facts(line: &str) -> ImageInfo {
        super::facts(line, &"a:1".parse().unwrap())
    }

    #[test]
    fn digests_of_the_repository_are_found() {
        let [one, two] = ['1', '2'].map(|digit| format!("sha256:{}", digit.to_string().repeat(64)));
        let digests = |line: &str, image: &str| of_registries(line, &image.parse().unwrap());
        assert_eq!(digests(&format!("- python@{one}"), "docker.io/library/python:3"), [one.as_str()]);
        assert_eq!(digests(&format!("- docker.io/library/python@{one}"), "python:3"), [one.as_str()]);
        assert_eq!(
            digests(&format!("{one} ghcr.io/a/b@{one} ghcr.io/a/b@{two}"), "ghcr.io/a/b:1"),
            [two.clone(), one.clone()]
        );
        assert_eq!(digests(&format!("- a@{one} docker.io/library/a@{one}"), "a:1"), [one.as_str()]);
        assert_eq!(digests(&format!("- localhost:5000/a:1@{one}"), "localhost:5000/a:1"), [one.as_str()]);
        for other in ["-", "", "- \n", &format!("{one} localhost/a@{one}"), &format!("- ghcr.io/a@{one} b@{two}")] {
            assert!(digests(other, "a:1").is_empty() && digests(other, "localhost/a:1").is_empty(), "{other}");
        }
    }

    #[test]
    fn ids_and_labels_are_parsed() {
        let labelled = |digest: &str| ImageInfo::new("sha256:12", Some(digest.to_owned()));
        assert_eq!(facts("sha256:12 sha256:34\n"), labelled("sha256:34"));
        assert_eq!(facts("sha256:12 "), ImageInfo::new("sha256:12", None));
        assert_eq!(facts("sha256:12"), ImageInfo::new("sha256:12", None));
        assert_eq!(facts("sha256:12 <no value>"), ImageInfo::new("sha256:12", None));
        let known = labelled("sha256:34").with_versions(Some("3.12"), Some("0.2.6"));
        assert_eq!(facts("sha256:12 sha256:34 3.12.4 0.2.6\n"), known);
        assert_eq!(facts("sha256:12  3.12.4"), ImageInfo::new("sha256:12", None).with_versions(Some("3.12"), None));
        for (user, seen) in [("1000:1000", "1000:1000"), ("app", "app"), ("1000 named", ""), ("0:0", ""), ("root", "")]
        {
            let line = format!("sha256:12 sha256:34 3.12.4 0.2.6 USER={user}\n");
            assert_eq!(facts(&line), known.clone().with_user(seen), "{user}");
        }
        assert_eq!(facts("sha256:12  USER=app").user.as_deref(), Some("app"));
        assert_eq!(facts("sha256:12  USER=").user, None);
        let on = |platform| ImageInfo::new("sha256:12", None).with_platform(platform);
        assert_eq!(facts("sha256:12  USER= PLATFORM=linux/arm64 b:1 localhost/a:1\n"), on("linux/arm64"));
        assert_eq!(facts("sha256:12  USER=app named PLATFORM=linux/arm64 a:1"), on("linux/arm64"));
        for of_list in ["PLATFORM=linux/arm64", "PLATFORM=linux/arm64 a:2 b:1", "PLATFORM=", "PLATFORM=/ a:1"] {
            assert_eq!(facts(&format!("sha256:12  USER= {of_list}\n")), on(""), "{of_list}");
        }
        assert_eq!(facts("sha256:12 <no value> <no value> x"), ImageInfo::new("sha256:12", None));
    }
}
