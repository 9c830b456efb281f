//! `MANIFEST.in`: the files that setuptools adds to a source distribution. Those in packages are installed, too.
//!
//! The form is that of [setuptools], as its version 84 reads it. The last line that matches a file decides.
//!
//! [setuptools]: https://setuptools.pypa.io/en/latest/userguide/miscellaneous.html#using-manifest-in

use super::package_data::PackageFolders;
use super::relative::inside;
use crate::value::Pattern;

/// The lines of a `MANIFEST.in`, and which packages the build installs.
#[derive(Debug, Clone, Default)]
pub(crate) struct ManifestIn {
    commands: Vec<Command>,
    /// The folders of the packages, if `[tool.setuptools] packages` lists them. If not, setuptools looks for them.
    packages: Option<Vec<String>>,
    /// Whether setuptools also takes folders without an `__init__.py` for packages.
    pub(crate) finds_namespaces: bool,
    /// Whether there are more patterns than are compared with files. Then none is.
    pub(crate) is_too_long: bool,
}

#[derive(Debug, Clone)]
struct Command {
    includes: bool,
    /// Whether the pattern is that of a folder, whose files are meant.
    is_of_folder: bool,
    pattern: Pattern,
}

/// The most patterns that are compared with files. A real file has some dozens.
const MOST_PATTERNS: usize = 200;

impl ManifestIn {
    /// Reads the lines. As setuptools does, it skips those that have not the form of a command.
    pub(crate) fn read(text: &str) -> Self {
        let mut commands: Vec<Command> =
            lines(text).iter().flat_map(|line| commands(line)).take(MOST_PATTERNS + 1).collect();
        let is_too_long = commands.len() > MOST_PATTERNS;
        if is_too_long {
            commands.clear();
        }
        Self { commands, is_too_long, ..Self::default() }
    }

    /// Adds what the settings of setuptools say: the packages that it installs, if they are listed, and the data of packages
    /// that it leaves out.
    pub(super) fn with_settings<'a>(
        self,
        packages: Option<Vec<String>>,
        finds_namespaces: bool,
        folders: &PackageFolders,
        left_out: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let patterns = left_out.flat_map(|(package, pattern)| match package {
            "" | "*" => vec![format!("**/{pattern}")],
            package => folders.of(package).iter().map(|folder| format!("{folder}/{pattern}")).collect(),
        });
        let left_out = patterns.filter_map(|pattern| Command::new(false, false, &pattern));
        let commands = self.commands.iter().cloned().chain(left_out).collect();
        Self { commands, packages, finds_namespaces, ..self }
    }

    /// Returns whether a file is included. The path is relative to the project's folder.
    pub(crate) fn includes(&self, path: &str) -> bool {
        self.commands.iter().rev().find(|command| command.matches(path)).is_some_and(|command| command.includes)
    }

    /// Returns whether a file below a folder may be included.
    pub(crate) fn may_include_below(&self, folder: &str) -> bool {
        let decides = |command: &&Command| {
            if command.includes { command.may_match_below(folder) } else { command.covers(folder) }
        };
        self.commands.iter().rev().find(decides).is_some_and(|command| command.includes)
    }

    /// Returns the included files whose paths are written in full.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let full = self.commands.iter().filter(|command| command.includes && !command.is_of_folder);
        let paths = full.map(|command| command.pattern.as_str());
        paths.filter(|path| !path.contains(['*', '?', '[']) && self.includes(path))
    }

    /// Returns the folders of the packages, if a list names them.
    pub(crate) fn packages(&self) -> Option<&[String]> {
        self.packages.as_deref()
    }
}

impl Command {
    fn new(includes: bool, is_of_folder: bool, pattern: &str) -> Option<Self> {
        let pattern = pattern.replace("[!", "[^").parse().ok()?;
        Some(Self { includes, is_of_folder, pattern })
    }

    fn matches(&self, path: &str) -> bool {
        if self.is_of_folder {
            path.rsplit_once('/').is_some_and(|(folder, _)| self.pattern.matches(folder))
        } else {
            self.pattern.matches_itself(path)
        }
    }

    fn may_match_below(&self, folder: &str) -> bool {
        self.is_of_folder && self.pattern.matches(folder) || self.pattern.may_match_below(folder)
    }

    /// Returns whether the command matches all files below a folder.
    fn covers(&self, folder: &str) -> bool {
        let text = self.pattern.as_str();
        if self.is_of_folder {
            return self.pattern.matches(folder);
        }
        let all_below = text.strip_suffix("/*").unwrap_or(text);
        let top = all_below.trim_end_matches("/**");
        let is_at_or_below = || folder.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        all_below == "**" || top != all_below && is_at_or_below()
    }
}

/// Returns the lines without comments. A line that ends with a backslash continues.
fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut continues = false;
    for line in text.lines() {
        let comment = line.match_indices('#').map(|(at, _)| at).find(|&at| !line[..at].ends_with('\\'));
        let line = comment.map_or(line, |at| &line[..at]).trim();
        if comment.is_some() && line.is_empty() {
            continue;
        }
        let (line, goes_on) = line.strip_suffix('\\').map_or((line, false), |line| (line, true));
        match lines.last_mut().filter(|_| continues) {
            Some(last) => {
                last.push(' ');
                last.push_str(line);
            }
            None => lines.push(line.to_owned()),
        }
        continues = goes_on;
    }
    lines
}

/// Returns one command for each pattern of a line.
fn commands(line: &str) -> Vec<Command> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some((&action, words)) = words.split_first() else { return Vec::new() };
    let includes = matches!(action, "include" | "recursive-include" | "global-include" | "graft");
    let of_files = |pattern: String| Command::new(includes, false, &pattern);
    match (action, words) {
        // Only a recursive command knows `**`.
        ("include", patterns) => {
            patterns.iter().filter_map(|pattern| of_files(inside(pattern)?.replace("**", "*"))).collect()
        }
        ("exclude", patterns) => patterns.iter().filter_map(|pattern| of_files(inside(pattern)?)).collect(),
        ("recursive-include" | "recursive-exclude", [folder, patterns @ ..]) => {
            // Below `.`, setuptools finds paths with a `./`, which are in no package.
            let Some(folder) = inside(folder).filter(|folder| !folder.is_empty()) else { return Vec::new() };
            patterns.iter().filter_map(|pattern| of_files(format!("{folder}/**/{pattern}"))).collect()
        }
        ("global-include" | "global-exclude", patterns) => {
            patterns.iter().filter_map(|pattern| of_files(format!("**/{pattern}"))).collect()
        }
        ("graft" | "prune", [folder]) => match inside(folder).as_deref() {
            Some("") if includes => of_files("**".to_owned()).into_iter().collect(),
            Some(folder) if !folder.is_empty() => Command::new(includes, true, folder).into_iter().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::ManifestIn;

    const TREE: [&str; 9] = [
        "app/.hidden.json",
        "app/data/a.json",
        "app/data/b.txt",
        "app/data/deep/c.json",
        "app/data/deep/d.py",
        "app/sub/e.json",
        "app/x.json",
        "docs/f.json",
        "g.json",
    ];

    /// What setuptools 84.2.1 put into the wheel of a project with the packages `app` and `app.sub`.
    #[test]
    fn the_files_in_packages_are_those_of_setuptools() {
        const ALL: [&str; 7] = [TREE[0], TREE[1], TREE[2], TREE[3], TREE[4], TREE[5], TREE[6]];
        const JSON: [&str; 5] = [TREE[0], TREE[1], TREE[3], TREE[5], TREE[6]];
        let cases: &[(&str, &[&str])] = &[
            ("include app/x.json", &["app/x.json"]),
            ("include ./app/x.json", &["app/x.json"]),
            ("recursive-include . *.json", &[]),
            ("graft .", &ALL),
            ("graft ./app", &ALL),
            ("graft app/", &ALL),
            ("recursive-include app *.json", &JSON),
            ("recursive-include app/ *", &ALL),
            ("recursive-include app **/a.json", &["app/data/a.json"]),
            (
                "global-include *.json\nexclude app/x.json",
                &["app/.hidden.json", "app/data/a.json", "app/data/deep/c.json", "app/sub/e.json"],
            ),
            ("recursive-include app *.json # comment", &JSON),
            ("# comment \\\ngraft app", &ALL),
            ("include app/*.json", &["app/.hidden.json", "app/x.json"]),
            ("include app/**/*.json", &["app/data/a.json", "app/sub/e.json"]),
            ("include app/**", &["app/.hidden.json", "app/x.json"]),
            ("graft app\nprune app/data", &["app/.hidden.json", "app/sub/e.json", "app/x.json"]),
            (
                "graft app\nrecursive-exclude app/data *.json",
                &["app/.hidden.json", "app/data/b.txt", "app/data/deep/d.py", "app/sub/e.json", "app/x.json"],
            ),
            ("graft app\nglobal-exclude *.json", &["app/data/b.txt", "app/data/deep/d.py"]),
            (
                "graft app\nglobal-exclude deep/*.json",
                &[
                    "app/.hidden.json",
                    "app/data/a.json",
                    "app/data/b.txt",
                    "app/data/deep/d.py",
                    "app/sub/e.json",
                    "app/x.json",
                ],
            ),
            ("global-include data/*", &["app/data/a.json", "app/data/b.txt"]),
            ("include app/data", &[]),
            ("graft a*", &ALL),
            ("prune app/data\ngraft app", &ALL),
            ("include app/x.json \\\n  app/data/a.json", &["app/data/a.json", "app/x.json"]),
            ("include app/x.json \\\n# comment\n  app/data/a.json", &["app/data/a.json", "app/x.json"]),
            ("include app/x.json \\\n\n  app/data/a.json", &["app/x.json"]),
            ("include app/[!x]*.json", &["app/.hidden.json"]),
            ("recursive-include app *.{json,txt}", &[]),
            ("recursive-include app/data", &[]),
            ("include", &[]),
            ("bogus app", &[]),
            ("graft app docs", &[]),
            ("recursive-include app data/*", &["app/data/a.json", "app/data/b.txt"]),
            (
                "graft app\nexclude app/data/*",
                &["app/.hidden.json", "app/data/deep/c.json", "app/data/deep/d.py", "app/sub/e.json", "app/x.json"],
            ),
            ("graft app\nexclude app/**/*.json", &["app/data/b.txt", "app/data/deep/d.py"]),
            ("graft app\nprune ap*", &[]),
            ("graft app\nprune app/*", &["app/.hidden.json", "app/x.json"]),
            ("include /app/x.json", &[]),
            (
                "recursive-include app *.json\nglobal-exclude .*",
                &["app/data/a.json", "app/data/deep/c.json", "app/sub/e.json", "app/x.json"],
            ),
            ("graft app\nexclude **/*.json", &["app/data/b.txt", "app/data/deep/d.py"]),
            (
                "graft app\nprune **/deep",
                &["app/.hidden.json", "app/data/a.json", "app/data/b.txt", "app/sub/e.json", "app/x.json"],
            ),
            ("INCLUDE app/x.json", &[]),
            ("include app/x.json#c", &["app/x.json"]),
            ("graft app\nprune .", &ALL),
            ("graft app\nglobal-exclude *", &[]),
            ("graft app\nrecursive-exclude . *.json", &ALL),
        ];
        for (text, expected) in cases {
            let found = ManifestIn::read(text);
            let included: Vec<_> =
                TREE.into_iter().filter(|path| path.starts_with("app/") && found.includes(path)).collect();
            assert_eq!(&included, expected, "{text}");
        }
    }

    #[test]
    fn a_folder_may_hold_included_files() {
        for (text, expected) in [
            ("graft app", true),
            ("graft a*", true),
            ("graft .", true),
            ("recursive-include app *.json", true),
            ("global-include *.json", true),
            ("include app/data/*.json", true),
            ("include app/data/x.json", true),
            ("graft app\nglobal-exclude *.pyc", true),
            ("graft app\nprune app/data\ngraft app/data/deep", true),
            ("graft docs", false),
            ("include app/*.json", false),
            ("graft app\nprune app/data", false),
            ("graft app\nprune app", false),
            ("graft app\nglobal-exclude *", false),
            ("graft app\nrecursive-exclude app *", false),
            ("graft app\nrecursive-exclude app/data **", false),
            ("", false),
        ] {
            assert_eq!(ManifestIn::read(text).may_include_below("app/data"), expected, "{text}");
        }
    }

    #[test]
    fn a_path_in_full_is_a_name() {
        let names = |text: &str| ManifestIn::read(text).names().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names("include ./a/x.json LICENSE a/*.txt\ngraft b"), ["a/x.json", "LICENSE"]);
        assert_eq!(names("include a/x.json\nglobal-exclude *.json"), [""; 0]);
    }
}
