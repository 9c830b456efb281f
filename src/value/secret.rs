//! IDs and files of secrets, and names of package indexes.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::checked_text::ValueError;
use super::variable::VariableName;

checked_text!(
    /// The ID of a build secret.
    ///
    /// ```text
    /// id = alnum *( alnum | "." | "_" | "-" )      at most 64 characters
    /// ```
    SecretId,
    "the ID of a secret: at most 64 letters, digits, `.`, `_` and `-`, starting with a letter or digit",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && text.len() <= 64
    }
);

impl SecretId {
    /// Returns the ID of the secret whose value is in an environment variable: the name of the variable.
    pub(crate) fn from_variable(variable: &VariableName) -> Self {
        Self(variable.0.clone())
    }
}

checked_text!(
    /// The path of a file that contains a secret, on the machine that builds the image.
    ///
    /// Engines read the path as one item of a comma-separated list, so it cannot contain `,` or `"`.
    SecretFile,
    "the file of a secret: a path without `,`, `\"` or control characters",
    |text| !text.is_empty() && !text.chars().any(|c| c.is_control() || c == ',' || c == '"')
);

impl SecretFile {
    /// Resolves a relative path against `folder`. A path that starts with `~/` is not relative, because `~` is the home
    /// folder.
    pub(crate) fn resolve(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        if self.0.starts_with("~/") { Ok(self) } else { folder.join(self.0).as_str().parse() }
    }

    /// Returns the path without its `.` and `..` components.
    pub(crate) fn normal(&self) -> Utf8PathBuf {
        let mut normal = Utf8PathBuf::new();
        for component in Utf8Path::new(&self.0).components() {
            match component {
                Utf8Component::CurDir => {}
                Utf8Component::ParentDir => _ = normal.pop(),
                other => normal.push(other),
            }
        }
        normal
    }

    /// Returns the path with a leading `~/` replaced by the home folder.
    pub fn at_home(&self, home: Option<&Utf8Path>) -> Utf8PathBuf {
        match (self.0.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.0.clone().into(),
        }
    }
}

checked_text!(
    /// The name of a package index, as in uv: letters, digits, `.`, `_` and `-`.
    IndexName,
    "the name of a package index: letters, digits, `.`, `_` and `-`",
    |text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
);

impl IndexName {
    /// Returns the environment variables that contain the user name and the password of the index.
    ///
    /// They contain the name of the index in upper case. All characters except letters and digits are replaced by `_`.
    pub(crate) fn credentials(&self) -> [VariableName; 2] {
        let upper_case = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let name: String = self.0.chars().map(upper_case).collect();
        ["USERNAME", "PASSWORD"].map(|suffix| VariableName(format!("UV_INDEX_{name}_{suffix}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{IndexName, SecretFile, VariableName};

    #[test]
    fn a_leading_tilde_and_slash_is_replaced_by_the_home_folder() {
        for (text, expected) in [("~/.netrc", "/home/me/.netrc"), ("~x", "~x")] {
            let file: SecretFile = text.parse().unwrap();
            assert_eq!(file.at_home(Some("/home/me".into())), expected, "{text}");
        }
    }

    #[test]
    fn an_index_has_two_credential_variables() {
        let variables = "corp-2.b_C".parse::<IndexName>().unwrap().credentials();
        let variables = variables.each_ref().map(VariableName::as_str);
        assert_eq!(variables, ["UV_INDEX_CORP_2_B_C_USERNAME", "UV_INDEX_CORP_2_B_C_PASSWORD"]);
        for text in ["", "a b", "é", "a\n"] {
            assert!(text.parse::<IndexName>().is_err(), "{text:?}");
        }
    }
}
