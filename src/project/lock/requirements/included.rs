//! The files that a requirements file includes with `-r` and `-c`, directly or indirectly.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::super::error::{LockError, LockErrorKind};
use super::lines::{self, LogicalLine};
use super::{FileRequirement, Requirement, RequirementsFile, split_option};

/// The most files that one file may include. Those of real projects include a dozen.
pub(crate) const MOST_INCLUDED: usize = 1000;

impl RequirementsFile {
    /// Returns the file with all files that it includes, each once, in the order of their paths. `text` returns the text of
    /// a file by its path, which is relative to the project.
    ///
    /// # Errors
    ///
    /// If a file is missing or invalid, or if there are more than 1000. If some requirements have hashes
    /// and others have none, as pip demands.
    pub fn with_included<'t>(mut self, text: impl Fn(&str) -> Option<&'t str>) -> Result<Self, LockError> {
        let mut files: BTreeMap<String, Self> = BTreeMap::new();
        let mut open: Vec<(String, String)> = self.names().map(|name| (self.file.clone(), name)).collect();
        while let Some((by, name)) = open.pop() {
            if name == self.file || files.contains_key(&name) {
                continue;
            }
            if files.len() == MOST_INCLUDED {
                return Err(LockError::new(&self.file, LockErrorKind::TooManyIncluded(MOST_INCLUDED)));
            }
            let text = text(&name).ok_or_else(|| LockError::new(&by, LockErrorKind::NotFound(name.clone())))?;
            let file = Self::parse(&name, text)?;
            open.extend(file.names().map(|included| (name.clone(), included)));
            files.insert(name, file);
        }
        self.is_cyclic = self.has_cycle(&files);
        self.installed_files = self.reached_by_requirement(&files);
        self.included = files.into_values().collect();
        self.refuse_some_hashes()?;
        self.refuse_local_constraints()?;
        Ok(self)
    }

    /// Adds requirements to the list.
    pub(crate) fn with_requirements(mut self, requirements: impl IntoIterator<Item = Requirement>) -> Self {
        let listed = |requirement| FileRequirement::Specifier { requirement, hashes: Vec::new() };
        self.added.extend(requirements.into_iter().map(listed));
        self
    }

    /// Returns whether an installer finds a requirement in the list as it is installed: without local paths.
    pub(crate) fn installs_anything(&self) -> bool {
        self.all_requirements().any(|requirement| !requirement.is_local())
    }

    /// Returns the included files, after [`with_included`](Self::with_included).
    pub fn included(&self) -> &[Self] {
        &self.included
    }

    /// Returns the requirements of this file and of the files that it includes with `-r`.
    pub fn all_requirements(&self) -> impl Iterator<Item = &FileRequirement> {
        let installed = self.included.iter().filter(|file| self.installed_files.contains(&file.file));
        [self].into_iter().chain(installed).flat_map(|file| file.requirements.iter().chain(&file.added))
    }

    /// Returns the paths of the included files, with duplicates.
    fn names(&self) -> impl Iterator<Item = String> {
        self.includes.iter().chain(&self.constraints).map(|path| path.normal().to_string())
    }

    /// Returns the files that are included with `-r` all the way. Those below a `-c` only constrain versions.
    fn reached_by_requirement(&self, files: &BTreeMap<String, Self>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open = vec![self];
        while let Some(file) = open.pop() {
            for path in &file.includes {
                let name = path.normal().to_string();
                if let Some(included) = files.get(&name)
                    && reached.insert(name)
                {
                    open.push(included);
                }
            }
        }
        reached
    }

    /// Returns whether a file includes itself. Files are removed as long as one is left that includes no other.
    fn has_cycle(&self, files: &BTreeMap<String, Self>) -> bool {
        let mut including: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for file in files.values().chain([self]) {
            let names: BTreeSet<String> = file.names().collect();
            left.insert(&file.file, names.len());
            for name in names {
                including.entry(name).or_default().push(&file.file);
            }
        }
        let mut open: Vec<&str> = left.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
        while let Some(done) = open.pop() {
            left.remove(done);
            for name in including.get(done).into_iter().flatten() {
                if let Some(count) = left.get_mut(name) {
                    *count -= 1;
                    if *count == 0 {
                        open.push(name);
                    }
                }
            }
        }
        !left.is_empty()
    }

    /// Returns the path and the text of each file as an installer reads them: without local paths, whose folders are not
    /// there yet, and with the added requirements.
    ///
    /// pip refuses files that include themselves. If there are some, the first file includes all others once, and these
    /// include none.
    pub(crate) fn installed_texts(&self) -> Vec<(String, String)> {
        let mut first = self.installed_text(self.is_cyclic);
        if self.is_cyclic {
            for file in &self.included {
                let option = if self.installed_files.contains(&file.file) { "-r" } else { "-c" };
                // Writing to a string cannot fail.
                _ = writeln!(first, "{option} {}", file.file);
            }
        }
        if !self.added.is_empty() && !first.is_empty() && !first.ends_with('\n') {
            first.push('\n');
        }
        for added in &self.added {
            _ = writeln!(first, "{}", added.shown());
        }
        let included = self.included.iter().map(|file| (file.file.clone(), file.installed_text(self.is_cyclic)));
        [(self.file.clone(), first)].into_iter().chain(included).collect()
    }

    /// Returns the text of the file. A text that differs from the file's consists of logical lines.
    fn installed_text(&self, is_cyclic: bool) -> String {
        if !is_cyclic && self.local_lines.is_empty() {
            return self.text.clone();
        }
        let kept = lines::logical(&self.text).filter(|line| !self.local_lines.contains(&line.number));
        kept.map(|line| if is_cyclic { without_includes(&line) } else { line.text } + "\n").collect()
    }

    fn refuse_local_constraints(&self) -> Result<(), LockError> {
        let constraints = self.included.iter().filter(|file| !self.installed_files.contains(&file.file));
        for file in constraints {
            if let Some(local) = file.requirements.iter().find(|requirement| requirement.is_local()) {
                return Err(LockError::new(&file.file, LockErrorKind::LocalConstraint(local.shown())));
            }
        }
        Ok(())
    }

    fn refuse_some_hashes(&self) -> Result<(), LockError> {
        if !self.has_hashes() {
            return Ok(());
        }
        let installed = self.included.iter().filter(|file| self.installed_files.contains(&file.file));
        installed.chain([self]).try_for_each(|file| file.refuse_missing_hashes(true))
    }
}

/// Returns a line without `-r` and `-c`. Only a line of options has some.
fn without_includes(line: &LogicalLine) -> String {
    let mut words = line.words();
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        let (name, value) = split_option(word.text);
        match name {
            "-r" | "--requirement" | "-c" | "--constraint" if value.is_none() => _ = words.next(),
            "-r" | "--requirement" | "-c" | "--constraint" => {}
            _ if kept.is_empty() && (!name.starts_with('-') || matches!(name, "-e" | "--editable")) => {
                return line.text.clone();
            }
            _ => kept.push(word.text),
        }
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, Instant};

    use crate::project::{FileRequirement, LockError, RequirementsFile};

    /// Reads `requirements.txt` with the files that it includes.
    fn read(files: &[(&str, &str)]) -> Result<RequirementsFile, LockError> {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        RequirementsFile::from_bytes(files["requirements.txt"].as_bytes())?
            .with_included(|path| files.get(path).copied())
    }

    fn names(file: &RequirementsFile) -> Vec<&str> {
        let listed = file.all_requirements().filter_map(|listed| match listed {
            FileRequirement::Specifier { requirement, .. } => Some(requirement.name().as_str()),
            _ => None,
        });
        listed.collect()
    }

    #[test]
    fn paths_are_relative_to_the_including_file_and_each_file_is_read_once() {
        let file = read(&[
            ("requirements.txt", "a\n-r req/web.txt\n-r req/dev.txt\n-c pins.txt\n"),
            ("req/web.txt", "b\n-r ../base.txt\n"),
            ("req/dev.txt", "c\n-r ../base.txt\n--constraint more.txt"),
            ("base.txt", "d\n"),
            ("pins.txt", "e==1\n-r below.txt\n"),
            ("below.txt", "f==1\n"),
            ("req/more.txt", "g==1\n"),
        ]);
        let file = file.unwrap();
        assert_eq!(names(&file), ["a", "d", "c", "b"]);
        let read: Vec<&str> = file.included().iter().map(RequirementsFile::file).collect();
        assert_eq!(read, ["base.txt", "below.txt", "pins.txt", "req/dev.txt", "req/more.txt", "req/web.txt"]);
    }

    #[test]
    fn each_file_may_start_with_a_byte_order_mark() {
        let files = [
            ("requirements.txt", "\u{feff}a\n-r b.txt\n"),
            ("b.txt", "\u{feff}-c c.txt\nb\n"),
            ("c.txt", "\u{feff}a==1\n"),
        ];
        assert_eq!(names(&read(&files).unwrap()), ["a", "b"]);
        let includes = RequirementsFile::parse("requirements.txt", "\u{feff}-r b.txt\n").unwrap();
        assert_eq!(includes.includes().len(), 1);
    }

    #[test]
    fn what_no_installer_reads_is_refused_by_name() {
        let list = ("requirements.txt", "a\n-r b.txt\n");
        let hash = format!("c==1 --hash=sha256:{}\n", "0".repeat(64));
        for (files, message) in [
            (&[list][..], "requirements.txt: `b.txt`, which it includes, is not in the project; add it"),
            (&[list, ("b.txt", "-r ../c.txt")], "b.txt:1: `../c.txt` is outside the project; move it into the project"),
            (&[list, ("b.txt", "===")], "b.txt:1: "),
            (&[list, ("b.txt", &hash)], "requirements.txt: `a` has no hash, but the file needs one"),
        ] {
            let error = read(files).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn files_that_include_themselves_are_included_once() {
        let file = read(&[
            ("requirements.txt", "a # comment\n--pre -r req/b.txt -c pins.txt\n"),
            ("req/b.txt", "--requirement=../requirements.txt --pre\nb \\\n  >= 1\n"),
            ("pins.txt", "-rpins.txt\nc<2\n"),
        ]);
        let text = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let expected = [
            text("requirements.txt", "a\n--pre\n-c pins.txt\n-r req/b.txt\n"),
            text("pins.txt", "\nc<2\n"),
            text("req/b.txt", "--pre\nb   >= 1\n"),
        ];
        assert_eq!(file.unwrap().installed_texts(), expected);
        let plain = "a # comment\n-r b.txt\n";
        let file = read(&[("requirements.txt", plain), ("b.txt", "b # too\n")]).unwrap();
        assert_eq!(file.installed_texts(), [text("requirements.txt", plain), text("b.txt", "b # too\n")]);
    }

    #[test]
    fn many_includes_take_little_time() {
        let started = Instant::now();
        let lines = "-r b.txt\n".repeat(40_000);
        assert_eq!(read(&[("requirements.txt", &lines), ("b.txt", "c")]).unwrap().included().len(), 1);
        let chain: Vec<(String, String)> =
            (0..100_000).map(|index| (format!("{index}.txt"), format!("-r {}.txt", index + 1))).collect();
        let chain = chain.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let files: Vec<(&str, &str)> = [("requirements.txt", "-r 0.txt")].into_iter().chain(chain).collect();
        let error = read(&files).unwrap_err().to_string();
        assert_eq!(error, "requirements.txt: includes more than 1000 files; join some of them");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
}
