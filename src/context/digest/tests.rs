use proptest::prelude::*;
use proptest::sample::select;

use super::files::FileSum;
use super::{Digest, Records};
use crate::bundle::Bundle;
use crate::context::image_digest::ImageInfo;
use crate::context::stage::{ContextEntry, Source, stage};
use crate::engine::BuildRequest;
use crate::files::nofollow::FileOpener;
use crate::files::{Listing, StableFile};
use crate::project::{Config, Project};
use crate::value::{Cancel, Dialect};

const MANIFEST: &str = "[project]\nname = 'x'\nversion = '1'";

/// The inputs of an image, for a project in memory.
#[derive(Debug, Clone)]
struct Inputs {
    files: Vec<(String, String)>,
    arguments: Vec<(String, String)>,
    platform: Option<String>,
    network: Option<String>,
    host: Option<String>,
    named: Option<String>,
    option: Option<String>,
    label: Option<String>,
    dialect: Dialect,
    base: Option<String>,
}

fn inputs() -> Inputs {
    Inputs {
        files: vec![("pyproject.toml".into(), MANIFEST.into()), ("x.py".into(), "x = 1".into())],
        arguments: vec![("A".into(), "1".into())],
        platform: None,
        network: None,
        host: None,
        named: None,
        option: None,
        label: None,
        dialect: Dialect::BuildKit,
        base: Some("sha256:12".into()),
    }
}

impl Inputs {
    fn digest(&self) -> Digest {
        let config = Config {
            build_arg: self
                .arguments
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
            platform: self.platform.iter().map(|platform| platform.parse().unwrap()).collect(),
            network: self.network.as_ref().map(|network| network.parse().unwrap()),
            add_host: self.host.iter().map(|host| host.parse().unwrap()).collect(),
            build_context: self.named.iter().map(|from| ("n".parse().unwrap(), from.parse().unwrap())).collect(),
            label: self.label.iter().map(|value| ("a".parse().unwrap(), value.parse().unwrap())).collect(),
            ..Config::default()
        };
        let listing = Listing::from_files(self.files.clone()).unwrap();
        let bundle = Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, config).unwrap();
        let context = stage(&bundle, self.dialect).unwrap();
        let base = self.base.as_ref().map(|id| ImageInfo::new(id.as_str(), None));
        let mut request = BuildRequest::from_bundle(&bundle);
        request.engine_options.extend(self.option.iter().map(|option| option.parse().unwrap()));
        request.digest(&context, &[base], &Cancel::default()).unwrap()
    }
}

fn any_inputs() -> impl Strategy<Value = Inputs> {
    let text = || select(&["", "1", "11", "a=1", "x = 1"][..]).prop_map(str::to_owned);
    let files = prop::collection::btree_map(select(&["a", "a1", "b/c", "bc", "x.py"][..]), text(), 0..4);
    let arguments = prop::collection::btree_map(select(&["A", "AA", "B"][..]), text(), 0..3);
    let maybe = |values: &'static [&'static str]| prop::option::of(select(values).prop_map(str::to_owned));
    let dialect = select(&[Dialect::BuildKit, Dialect::Classic][..]);
    let options =
        (maybe(&["linux/a", "linux/b"]), maybe(&["linux", "host"]), maybe(&["1", "host"]), maybe(&["1", "2"]));
    let named = maybe(&["docker-image://a:1", "docker-image://a:2"]);
    let engine = (maybe(&["a:10.0.0.1", "b:10.0.0.1"]), named, maybe(&["--squash", "--a"]));
    (files, arguments, options, engine, dialect).prop_map(
        |(files, arguments, options, (host, named, option), dialect)| {
            let (platform, network, label, base) = options;
            let manifest = ("pyproject.toml".to_owned(), MANIFEST.to_owned());
            let files = files.into_iter().map(|(path, text)| (path.to_owned(), text)).chain([manifest]).collect();
            let arguments = arguments.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            Inputs { files, arguments, platform, network, host, named, option, label, dialect, base }
        },
    )
}

proptest! {
    #[test]
    fn digests_are_equal_if_and_only_if_all_inputs_are_equal(one in any_inputs(), other in any_inputs()) {
        prop_assert_eq!(one.digest(), one.clone().digest());
        prop_assert_eq!(one.digest() == other.digest(), format!("{one:?}") == format!("{other:?}"));
    }
}

#[test]
fn each_single_change_gives_a_different_digest() {
    let changes: [fn(&mut Inputs); 16] = [
        |_| {},
        |inputs| inputs.files[1].1.push(' '),
        |inputs| inputs.files[1].0.push('c'),
        |inputs| inputs.files.push(("empty".into(), String::new())),
        |inputs| inputs.arguments[0].1.push('1'),
        |inputs| inputs.arguments[0].0.push('A'),
        |inputs| inputs.platform = Some("linux/arm64".into()),
        |inputs| inputs.network = Some("host".into()),
        |inputs| inputs.host = Some("a:10.0.0.1".into()),
        |inputs| inputs.named = Some("docker-image://a:1".into()),
        |inputs| inputs.named = Some("/lib".into()),
        |inputs| inputs.option = Some("--squash".into()),
        |inputs| inputs.label = Some("1".into()),
        |inputs| inputs.dialect = Dialect::Classic,
        |inputs| inputs.base = Some("sha256:13".into()),
        |inputs| inputs.base = None,
    ];
    let mut digests: Vec<String> = changes
        .iter()
        .map(|change| {
            let mut all = inputs();
            change(&mut all);
            all.digest().to_string()
        })
        .collect();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), changes.len());
}

/// Existing images have labels in this format. A change to the format needs a new `SCHEME`.
#[test]
fn different_records_give_different_digests() {
    let hashed = |records: &[(&str, &[&[u8]])]| {
        let mut all = Records::new();
        for (name, parts) in records {
            all.add(name, parts);
        }
        Digest::new(sha2::Digest::finalize(all.0).into(), [].into_iter().collect())
    };
    assert_ne!(hashed(&[("a", &[b"bc"])]), hashed(&[("ab", &[b"c"])]));
    assert_ne!(hashed(&[("a", &[b"b", b"c"])]), hashed(&[("a", &[b"bc"])]));
    assert_ne!(hashed(&[("a", &[b"b"]), ("c", &[])]), hashed(&[("a", &[b"b", b"c"])]));
    assert_ne!(hashed(&[("a", &[b"bc", b"d"])]), hashed(&[("a", &[b"b", b"cd"])]));
    // Computed with Python's `hashlib` and `struct` from the same records.
    assert_eq!(
        hashed(&[("a", &[b"b", b"cd"])]).to_string(),
        "sha256:8d39e2c444c58625b67831512e48abd2e2aa20ba31fe1936b39a816dea20f667"
    );
}

/// Python's `hashlib` and `struct` computed the expected digests from the same records.
#[test]
fn each_record_has_its_name_and_parts() {
    let bundle = {
        let listing = Listing::from_files([("pyproject.toml", MANIFEST)]).unwrap();
        let flags =
            "build-arg = { A = '1' }\nplatform = 'linux/amd64'\nnetwork = 'host'\nhealthcheck = { cmd = ['true'] }";
        Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, toml::from_str::<Config>(flags).unwrap()).unwrap()
    };
    let request = BuildRequest { source_date_epoch: Some(7.try_into().unwrap()), ..BuildRequest::from_bundle(&bundle) };
    let mut records = Records::new();
    records.add_settings(request.settings());
    let shown = |records: Records| Digest::new(sha2::Digest::finalize(records.0).into(), [].into_iter().collect());
    assert_eq!(shown(records).to_string(), "sha256:301e9a8ea060000139c1d5b1f75fb48580c5a87ff1c540ae743c75228199c98c");

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let stamp = StableFile::open(file.into(), &mut FileOpener::default()).unwrap().stamp();
    let file = |executable, sum| FileSum { sum: [sum; 32], executable, stamp };
    let sums = [file(false, 1), file(true, 2)];
    let mut sums = sums.iter();
    let mut records = Records::new();
    for (path, source) in [
        ("a", Source::Folder),
        ("b", Source::Link("a")),
        ("c", Source::Bytes(b"x")),
        ("d", Source::File("d".into())),
        ("e", Source::File("e".into())),
    ] {
        records.add_entry(&ContextEntry { path: path.to_owned(), source }, &mut sums);
    }
    assert_eq!(shown(records).to_string(), "sha256:db74db2ff50488f1e1cf3ce221ee0aa63c15a4740bee8325c72105e1598f30d6");
}

#[test]
fn labels_all_requires_a_single_image_with_the_digest() {
    let digest = inputs().digest();
    let image = |id: &str, digest: &str| Some(ImageInfo::new(id, Some(digest.to_owned())));
    let current = digest.to_string();
    assert!(digest.labels_all(&[image("1", &current)]));
    assert!(digest.labels_all(&[image("1", &current), image("1", &current)]));
    assert!(!digest.labels_all(&[image("1", &current), image("2", &current)]));
    assert!(!digest.labels_all(&[image("1", &current), None]));
    assert!(!digest.labels_all(&[None, image("1", &current)]));
    assert!(!digest.labels_all(&[image("1", "sha256:00")]));
    assert!(!digest.labels_all(&[Some(ImageInfo::new("1", None))]));
    assert!(!digest.labels_all(&[]));
}
