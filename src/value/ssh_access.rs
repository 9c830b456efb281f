//! The ssh agents and keys that build steps may use.

use camino::{Utf8Path, Utf8PathBuf};

use super::checked_text::ValueError;

checked_text!(
    /// The ssh agent or the keys that build steps may use: `default`, `ID`, or `ID=SOCKET` or `ID=KEY,…` with a path.
    SshAccess,
    "an ssh agent or keys: `default`, or `ID=PATH`",
    |text| {
        let id = id_of(text);
        let is_id = id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
        let is_plain = text.chars().all(|c| !c.is_control() && c != ' ');
        is_id && id.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric()) && is_plain
    }
);

/// The home folder of a user, as a shell writes it.
const HOME: &str = "~";

impl SshAccess {
    /// Returns the name by which a step mounts it.
    pub fn id(&self) -> &str {
        id_of(self.as_str())
    }

    /// Returns the paths of its socket or keys. There are none if it is the agent of `SSH_AUTH_SOCK`.
    pub fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        let paths = self.0.split_once('=').map(|(_, paths)| paths.split(','));
        paths.into_iter().flatten().filter(|path| !path.is_empty()).map(Utf8Path::new)
    }

    /// Returns it with relative paths resolved against `folder`. A path that starts with `~/` is not relative, because `~`
    /// is the home folder.
    pub(crate) fn resolve(self, folder: &Utf8Path) -> Result<Self, ValueError> {
        self.with_paths(|path| if path.starts_with(HOME) { path.to_owned() } else { folder.join(path) })
    }

    /// Returns it with the `~/` at the start of each path replaced by the home folder.
    ///
    /// # Errors
    ///
    /// Fails if the path of the home folder has a character that no such path can have.
    pub fn at_home(self, home: Option<&Utf8Path>) -> Result<Self, ValueError> {
        self.with_paths(|path| match (path.strip_prefix(HOME), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        })
    }

    fn with_paths(self, other: impl Fn(&Utf8Path) -> Utf8PathBuf) -> Result<Self, ValueError> {
        let paths: Vec<Utf8PathBuf> = self.paths().map(other).collect();
        if paths.is_empty() {
            return Ok(self);
        }
        // Each path is one item of a list.
        if let Some(path) = paths.iter().find(|path| path.as_str().contains(',')) {
            return Err(ValueError::new(path.as_str(), "a path without a comma, which an ssh agent or key needs"));
        }
        let paths: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
        format!("{}={}", self.id(), paths.join(",")).parse()
    }
}

/// Returns the part of `ID=PATH` or `ID` that is the name.
fn id_of(text: &str) -> &str {
    text.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::SshAccess;

    fn access(text: &str) -> SshAccess {
        text.parse().unwrap()
    }

    #[test]
    fn a_text_has_the_form_of_its_flag() {
        for text in ["default", "ci=/run/agent.sock", "ci=/keys/a,/keys/b"] {
            assert_eq!(access(text).as_str(), text);
        }
        for text in ["", "-x", "=/a", "a b", "a\n"] {
            assert!(text.parse::<SshAccess>().is_err(), "{text}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_project_or_the_home_folder() {
        for (text, resolved, at_home) in [
            ("default", "default", "default"),
            ("ci=", "ci=", "ci="),
            ("ci=/a", "ci=/a", "ci=/a"),
            ("ci=keys/a,~/b,~c", "ci=/project/keys/a,~/b,/project/~c", "ci=/project/keys/a,/home/me/b,/project/~c"),
        ] {
            let found = access(text).resolve("/project".into()).unwrap();
            assert_eq!(found.as_str(), resolved);
            assert_eq!(found.at_home(Some("/home/me".into())).unwrap().as_str(), at_home);
        }
        assert_eq!(access("ci=~/b").at_home(None).unwrap().as_str(), "ci=~/b");
        assert!(access("ci=a").resolve("/a,b".into()).is_err());
        assert!(access("ci=~/a").at_home(Some("/a b".into())).is_err());
    }
}
