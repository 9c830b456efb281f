//! The names and the files of secrets.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use super::checked_text::ValueError;
use super::variable::VariableName;

checked_text!(
    /// The name of a build secret.
    ///
    /// ```text
    /// id = alnum *( alnum | "." | "_" | "-" )      at most 64 of them
    /// ```
    SecretId,
    "the id of a secret: letters, digits, `.`, `_` and `-`, a letter or digit first, at most 64 of them",
    |text| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && text.len() <= 64
    }
);

impl SecretId {
    /// The secret that the value of such a variable is.
    pub(crate) fn from_variable(variable: &VariableName) -> Self {
        Self(variable.0.clone())
    }
}

checked_text!(
    /// The file of a secret, on the machine that builds. Engines take it as a part of a list, which `,` and `"` would
    /// end.
    SecretFile,
    "the file of a secret: a path without `,`, `\"` and control characters",
    |text| !text.is_empty() && !text.chars().any(|c| c.is_control() || c == ',' || c == '"')
);

impl SecretFile {
    /// The same path, below `folder` if it is relative. `~/` is not: it stands for a home folder.
    pub(crate) fn resolve(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        if self.0.starts_with("~/") { Ok(self) } else { folder.join(self.0).as_str().parse() }
    }

    /// The path, without the `.` and `..` components that it may have been written with.
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

    /// The path, with the home folder in place of `~/`.
    pub fn at_home(&self, home: Option<&Utf8Path>) -> Utf8PathBuf {
        match (self.0.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => self.0.clone().into(),
        }
    }
}

checked_text!(
    /// The name of a package index, as uv has it: letters, digits, `.`, `_` and `-`.
    IndexName,
    "the name of a package index: letters, digits, `.`, `_` and `-`",
    |text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
);

impl IndexName {
    /// The variables of its user name and its password: the name in capitals, `_` for what is no letter or digit.
    pub(crate) fn credentials(&self) -> [VariableName; 2] {
        let capital = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let name: String = self.0.chars().map(capital).collect();
        ["USERNAME", "PASSWORD"].map(|what| VariableName(format!("UV_INDEX_{name}_{what}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{IndexName, SecretFile, VariableName};

    #[test]
    fn a_home_folder_has_its_sign() {
        let file = |text: &str| text.parse::<SecretFile>().unwrap().at_home(Some("/home/me".into()));
        assert_eq!((file("~/.netrc"), file("~x")), ("/home/me/.netrc".into(), "~x".into()));
    }

    #[test]
    fn an_index_has_two_variables() {
        let variables = "corp-2.b_C".parse::<IndexName>().unwrap().credentials();
        let variables = variables.each_ref().map(VariableName::as_str);
        assert_eq!(variables, ["UV_INDEX_CORP_2_B_C_USERNAME", "UV_INDEX_CORP_2_B_C_PASSWORD"]);
        assert!(["", "a b", "é", "a\n"].iter().all(|text| text.parse::<IndexName>().is_err()));
    }
}
