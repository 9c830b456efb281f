//! What a builder attests and exports.

checked_text!(
    /// What a builder attests about an image: `true`, `false`, or the settings of the attestation, such as `mode=max` or
    /// `generator=IMAGE`.
    Attestation,
    "an attestation: `true`, `false` or `KEY=VALUE,…`",
    |text| matches!(text, "true" | "false") || is_settings(text)
);

checked_text!(
    /// Where a builder writes the image instead of the engine's store: `type=TYPE,KEY=VALUE,…`, such as
    /// `type=oci,dest=image.tar`.
    BuildOutput,
    "an output: `type=TYPE,KEY=VALUE,…`, such as `type=oci,dest=image.tar`",
    |text| is_settings(text) && text.split(',').any(|setting| setting.starts_with("type="))
);

impl Attestation {
    /// Returns whether there is an attestation.
    pub fn is_asked(&self) -> bool {
        self.as_str() != "false"
    }
}

impl BuildOutput {
    /// Returns whether the output is an archive of the image.
    pub fn is_archive(&self) -> bool {
        self.settings().any(|setting| matches!(setting, "type=docker" | "type=oci"))
    }

    /// Returns whether a key is set.
    pub fn has(&self, key: &str) -> bool {
        self.settings().any(|setting| setting.split_once('=').is_some_and(|(name, _)| name == key))
    }

    fn settings(&self) -> impl Iterator<Item = &str> {
        self.as_str().split(',')
    }
}

fn is_settings(text: &str) -> bool {
    is_plain(text) && text.split(',').all(|setting| setting.split_once('=').is_some_and(|(key, _)| is_key(key)))
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b)) && !text.starts_with('-')
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && c != ' ')
}

#[cfg(test)]
mod tests {
    use super::{Attestation, BuildOutput};

    #[test]
    fn a_text_has_the_form_of_its_flag() {
        for text in ["true", "false", "mode=max", "generator=registry.example.org/scan:1,mode=min"] {
            assert_eq!(text.parse::<Attestation>().unwrap().as_str(), text);
        }
        for text in ["", "yes", "-x=1", "mode=max ", "mode=max,", "=max"] {
            assert!(text.parse::<Attestation>().is_err(), "{text}");
        }
        for text in ["type=oci,dest=image.tar", "dest=a,type=docker"] {
            assert!(text.parse::<BuildOutput>().unwrap().is_archive(), "{text}");
        }
        for text in ["", "image.tar", "dest=a", "type=oci,dest", "name:1"] {
            assert!(text.parse::<BuildOutput>().is_err(), "{text}");
        }
        assert!(!"type=local,dest=type".parse::<BuildOutput>().unwrap().is_archive());
    }
}
