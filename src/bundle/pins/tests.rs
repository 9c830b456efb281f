use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Pins, PinsError};
use crate::value::ImageRef;

fn image(text: &str) -> ImageRef {
    text.parse().unwrap()
}

fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

proptest! {
    /// Reading a written file gives equal pins, for any order of the images.
    #[test]
    fn written_pins_round_trip(images in prop::collection::vec(
        "(localhost:[1-9][0-9]{0,3}/|ghcr\\.io/|\\[::1\\]/)?[a-z]{1,5}(/[a-z0-9]{1,5})?(:[A-Za-z0-9_][a-z0-9.-]{0,5})?@sha256:[0-9a-f]{64}",
        0..6,
    )) {
        let pins = Pins::new(images.iter().map(|text| image(text)));
        prop_assert_eq!(&pins.to_string().parse::<Pins>().unwrap(), &pins);
        for given in images.iter().map(|text| image(text)) {
            let pinned = pins.pinned(&given.without_digest()).unwrap();
            prop_assert_eq!(pinned.without_digest(), given.without_digest());
            prop_assert!(pins.images().any(|known| *known == pinned));
        }
    }
}

#[test]
fn the_file_is_sorted_and_has_a_version() {
    let pins = Pins::new([format!("z:1@{}", digest('1')), format!("a@{}", digest('2'))].map(|text| image(&text)));
    let lines = pins.to_string();
    assert_eq!(
        lines.lines().skip(1).collect::<Vec<_>>(),
        [
            "version = 1",
            "",
            "[images]",
            &format!("\"a\" = \"{}\"", digest('2')),
            &format!("\"z:1\" = \"{}\"", digest('1'))
        ]
    );
}

#[test]
fn an_invalid_lock_is_refused() {
    let read = |text: &str| text.parse::<Pins>().unwrap_err();
    assert_eq!(read("version = 2\nother = 3"), PinsError::Version(2));
    assert!(matches!(read(""), PinsError::Form(_)) && matches!(read("version = 'x'"), PinsError::Form(_)));
    assert!(matches!(read("version = 1\nother = 3"), PinsError::Form(_)));
    let entry = |name: &str, digest: &str| read(&format!("version = 1\n[images]\n'{name}' = '{digest}'"));
    assert!(matches!(entry("a b", &digest('1')), PinsError::Form(_)));
    for wrong in ["", "sha256:1", "latest", "sha256:1\\nRUN evil"] {
        assert!(matches!(entry("a:1", wrong), PinsError::Digest(_)), "{wrong}");
    }
    // A name with a digest cannot get a second digest.
    assert!(matches!(entry(&format!("a@{}", digest('2')), &digest('1')), PinsError::Digest(_)));
}

#[test]
fn drift_lists_missing_and_unused_pins() {
    let pins = Pins::new([image(&format!("a:1@{}", digest('1'))), image(&format!("b:1@{}", digest('1')))]);
    let in_use = |names: &[&str]| names.iter().map(|name| image(name)).collect::<BTreeSet<_>>();
    let by_digest = format!("c@{}", digest('3'));
    assert_eq!(pins.check(&in_use(&["a:1", "b:1", &by_digest])), Ok(()));
    let drift = pins.check(&in_use(&["a:1", "a:2"])).unwrap_err();
    assert_eq!((drift.missing, drift.unused), (vec![image("a:2")], vec![image("b:1")]));
    assert!(pins.check(&in_use(&["a:1"])).is_err_and(|drift| drift.missing.is_empty()));
    assert!(pins.check(&in_use(&["a:1", "b:1", "c"])).is_err_and(|drift| drift.unused.is_empty()));
}

#[test]
fn a_long_lock_is_refused_unread() {
    let text = |length: usize| format!("version = 1\n#{}", "x".repeat(length - "version = 1\n#".len()));
    assert_eq!(text(100_000).parse::<Pins>(), Ok(Pins::default()));
    let too_long = Err(PinsError::Form("larger than 100 KB".to_owned()));
    for length in [100_001, 200_000] {
        assert_eq!(text(length).parse::<Pins>(), too_long, "{length}");
    }
}
