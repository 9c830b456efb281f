//! Checks that the steps that fetch packages have git, an ssh client and a key if something that they install is in a git
//! repository.

use super::base_image::is_default_runtime;
use super::dependencies::Dependencies;
use super::error::BundleError;
use super::installer::Installer;
use crate::project::{
    Closure, Config, FileRequirement, PackageSource, PossibleRoot, Requirement, RequirementsFile, UvSource, Workspace,
};
use crate::value::{ImageRef, ProjectName};

/// A package in a git repository.
struct Cloned {
    requirement: String,
    /// Whether git reaches the repository through ssh.
    over_ssh: bool,
}

impl Cloned {
    fn new(requirement: &impl ToString, url: &str) -> Self {
        let url = url.strip_prefix("git+").unwrap_or(url);
        // The form of scp, `git@host:path`, has no scheme.
        let over_ssh = url.starts_with("ssh://") || !url.contains("://") && url.contains('@');
        Self { requirement: requirement.to_string(), over_ssh }
    }
}

/// Returns an error if a package needs git or an ssh client, the image that the bundle starts from is known to have none, and
/// neither `build-apt` nor `apt` installs it. Such an image has no key for ssh either, so the build must get one.
pub(super) fn check(
    workspace: &Workspace,
    closure: &Closure<'_>,
    dependencies: &Dependencies,
    installer: &Installer,
    config: &Config,
    base: &ImageRef,
) -> Result<(), BundleError> {
    let has_none = is_default_runtime(base) || base.tag().is_some_and(|tag| tag.ends_with("-slim"));
    let has = |is_it: fn(&str) -> bool| {
        let mut packages = config.apt.iter().chain(&config.build_apt);
        packages.any(|package| is_it(package.name().split(':').next().unwrap_or_default()))
    };
    let (has_git, has_client) =
        (has(|name| name == "git"), has(|name| name.contains("ssh") || name.contains("dropbear")));
    let can_have_key = !config.ssh.is_empty() || !config.secret.is_empty() || config.template.is_some();
    if !has_none || has_git && has_client && can_have_key {
        return Ok(());
    }
    let mut cloned = of_dependencies(workspace, closure, dependencies, config);
    cloned.extend(of_build(workspace, closure));
    if matches!(installer, Installer::Uv { .. }) {
        cloned.extend(of_sources(workspace, closure, dependencies)?);
    }
    let first = cloned.iter().position(|package| package.over_ssh).unwrap_or(0);
    match cloned.into_iter().nth(first) {
        Some(Cloned { requirement, over_ssh }) if !has_git || over_ssh && !has_client => {
            Err(BundleError::NeedsGit { requirement, over_ssh, image: Box::new(base.clone()) })
        }
        Some(Cloned { requirement, over_ssh: true }) if !can_have_key => Err(BundleError::NeedsSsh { requirement }),
        _ => Ok(()),
    }
}

/// Returns the repository of a requirement, if an installer clones it for Linux.
fn of_requirement(requirement: &Requirement) -> Option<Cloned> {
    let url = requirement.url().filter(|url| requirement.is_for_linux() && url.scheme().starts_with("git+"))?;
    Some(Cloned::new(&requirement, url.as_str()))
}

/// Returns the dependencies that an installer clones for Linux.
fn of_dependencies(
    workspace: &Workspace,
    closure: &Closure<'_>,
    dependencies: &Dependencies,
    config: &Config,
) -> Vec<Cloned> {
    match dependencies {
        Dependencies::None | Dependencies::Listed(_) => {
            closure.requirements.iter().filter_map(|requirement| of_requirement(requirement)).collect()
        }
        Dependencies::Exported { list, .. } | Dependencies::Requirements(list) => in_list(list),
        Dependencies::UvLock { lock, .. } => {
            let (extras, groups) = config.selection();
            let selected = lock.selected(workspace.project().name(), extras, groups);
            let cloned = selected.filter_map(|package| match &package.source {
                PackageSource::Git(url) => Some(Cloned::new(&package.name, url)),
                _ => None,
            });
            cloned.collect()
        }
        Dependencies::Pylock(lock) => {
            let (extras, groups) = config.selection();
            let names: Vec<ProjectName> = extras.iter().chain(groups).cloned().collect();
            let cloned = lock.selected(&names).filter(|package| package.vcs.as_deref() == Some("git"));
            cloned
                .map(|package| Cloned::new(&package.name, package.repository.as_deref().unwrap_or_default()))
                .collect()
        }
    }
}

fn in_list(list: &RequirementsFile) -> Vec<Cloned> {
    let cloned = list.all_requirements().filter_map(|listed| match listed {
        FileRequirement::Specifier { requirement, .. } => of_requirement(requirement),
        FileRequirement::Url { url, .. } => url.starts_with("git+").then(|| Cloned::new(&url, url)),
        FileRequirement::LocalPath { .. } => None,
    });
    cloned.collect()
}

/// Returns the build requirements that an installer clones.
fn of_build(workspace: &Workspace, closure: &Closure<'_>) -> Vec<Cloned> {
    let projects = closure.members_of(workspace).map(|member| &member.project).chain([workspace.project()]);
    projects.flat_map(|project| &project.build_system().requires).filter_map(of_requirement).collect()
}

/// Returns the requirements that uv clones because `[tool.uv.sources]` says so. A `uv.lock` has these sources itself, and
/// with another lock nobody reads those of the dependencies.
fn of_sources(
    workspace: &Workspace,
    closure: &Closure<'_>,
    dependencies: &Dependencies,
) -> Result<Vec<Cloned>, BundleError> {
    let root = workspace.uv_root().map(|root| PossibleRoot::read(&root.manifest)).transpose()?;
    let root = root.as_ref().map(|root| &root.uv);
    let mut sources = if matches!(dependencies, Dependencies::Listed(_)) { closure.sources(root) } else { Vec::new() };
    sources.extend(closure.build_sources(workspace, root));
    let cloned = sources.into_iter().filter_map(|(name, source)| Some(Cloned::new(&name, repository(source)?)));
    Ok(cloned.collect())
}

/// Returns the repository that uv clones for a source.
fn repository(source: &UvSource) -> Option<&str> {
    source.elsewhere.get("git").filter(|_| source.may_apply())?.as_str()
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Bundle, BundleError};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle_of(files: &[(&str, &str)], flags: &str) -> Result<Bundle, BundleError> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(flags).unwrap();
        let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
        Bundle::new(workspace, listing, flags)
    }

    fn with_dependency(requirement: &str, flags: &str) -> Result<Bundle, BundleError> {
        let manifest = format!("[project]\nname = 'hello'\nversion = '1.0'\ndependencies = [\"{requirement}\"]\n");
        bundle_of(&[("pyproject.toml", &manifest)], flags)
    }

    const GIT: &str = "tinylib @ git+https://git.example.org/tinylib@v1";

    #[test]
    fn a_git_dependency_needs_git() {
        assert_eq!(
            with_dependency(GIT, "").unwrap_err().to_string(),
            "`tinylib @ git+https://git.example.org/tinylib@v1` needs git, which `agentix/runtime:0.1.0` does not have; \
             add it for the build: build-apt = [\"git\"] in [tool.agentix]",
        );
        for flags in [
            "build-apt = 'git'",
            "build-apt = 'git:amd64=1:2.39'",
            "apt = 'git'",
            "apt = 'git=1:2.39'",
            "runtime-image = 'own:1'",
        ] {
            assert!(with_dependency(GIT, flags).is_ok(), "{flags}");
        }
    }

    #[test]
    fn a_repository_behind_ssh_needs_a_client_and_a_key() {
        let manifest = |url: &str| format!("{START}dependencies = ['tinylib @ git+{url}']\n");
        let sources = |url: &str| {
            format!("{START}dependencies = ['tinylib']\n[tool.uv.sources]\ntinylib = {{ git = '{url}' }}\n")
        };
        let (client, key) = ("needs git with ssh", "needs an ssh agent or a key");
        for (manifest, flags, expected) in [
            (manifest("ssh://git@h/x"), "", client),
            (manifest("ssh://git@h/x"), "build-apt = 'git'", client),
            (manifest("ssh://git@h/x"), "build-apt = 'git'\nssh = 'default'", client),
            (manifest("ssh://git@h/x"), "build-apt = 'openssh-client'\nssh = 'default'", client),
            (manifest("ssh://git@h/x"), "build-apt = ['git', 'openssh-client']", key),
            (manifest("ssh://git@h/x"), "build-apt = ['git', 'openssh-client']\nssh = 'default'", ""),
            (
                manifest("ssh://git@h/x"),
                "build-apt = ['git', 'openssh-client']\nsecret = { key = { src = 'key' } }",
                "",
            ),
            (manifest("https://git@h/x"), "build-apt = 'git'", ""),
            (sources("ssh://git@h/x"), "build-apt = 'git'", client),
            (sources("git@h:x"), "build-apt = 'git'", client),
            (sources("https://h/x"), "build-apt = 'git'", ""),
        ] {
            let result = bundle_of(&[("pyproject.toml", &manifest)], flags);
            let error = result.err().map_or_else(String::new, |error| error.to_string());
            assert!(error.is_empty() == expected.is_empty() && error.contains(expected), "{manifest}{flags}: {error}");
        }
    }

    #[test]
    fn a_dependency_of_another_system_needs_nothing() {
        assert!(with_dependency(&format!("{GIT} ; sys_platform == 'win32'"), "").is_ok());
        assert!(with_dependency(&format!("{GIT} ; sys_platform == 'linux'"), "").is_err());
    }

    #[test]
    fn a_locked_git_package_needs_git_if_it_is_installed() {
        let manifest = "[project]\nname = 'hello'\nversion = '1.0'\n[dependency-groups]\ndev = ['tinylib']\n\
                        [tool.uv.sources]\ntinylib = { git = 'https://git.example.org/tinylib' }\n";
        let git = "https://git.example.org/tinylib";
        let lock = format!(
            "version = 1\n[[package]]\nname = 'hello'\nversion = '1.0'\nsource = {{ virtual = '.' }}\n\
             [package.dev-dependencies]\ndev = [{{ name = 'tinylib' }}]\n\
             [package.metadata.requires-dev]\ndev = [{{ name = 'tinylib', git = '{git}' }}]\n\
             [[package]]\nname = 'tinylib'\nversion = '1'\nsource = {{ git = '{git}#{}' }}\n",
            "0".repeat(40)
        );
        let files = [("pyproject.toml", manifest), ("uv.lock", lock.as_str())];
        bundle_of(&files, "").unwrap();
        let refused = bundle_of(&files, "group = 'dev'").unwrap_err().to_string();
        assert!(refused.starts_with("`tinylib` needs git"), "{refused}");
    }

    const START: &str = "[project]\nname = 'hello'\nversion = '1.0'\n";

    #[test]
    fn a_dependency_of_a_locked_package_counts() {
        let manifest = format!("{START}dependencies = ['lib']\n");
        let lock = format!(
            "version = 1\n[[package]]\nname = 'hello'\nversion = '1.0'\nsource = {{ virtual = '.' }}\n\
             dependencies = [{{ name = 'lib' }}]\n[package.metadata]\nrequires-dist = [{{ name = 'lib' }}]\n\
             [[package]]\nname = 'lib'\nversion = '1'\nsource = {{ registry = 'r' }}\ndependencies = [{{ name = 'tinylib' }}]\n\
             [[package]]\nname = 'tinylib'\nversion = '1'\nsource = {{ git = 'https://git.example.org/tinylib#{}' }}\n",
            "0".repeat(40)
        );
        let refused = bundle_of(&[("pyproject.toml", &manifest), ("uv.lock", &lock)], "").unwrap_err().to_string();
        assert!(refused.starts_with("`tinylib` needs git"), "{refused}");
    }

    #[test]
    fn each_place_that_names_a_repository_counts() {
        let sources = "[tool.uv.sources]\ntinylib = { git = 'https://git.example.org/tinylib' }\n";
        let pylock = "lock-version = '1.0'\ncreated-by = 'x'\nextras = ['web']\n[[packages]]\nname = 'tinylib'\n";
        let vcs = "vcs = { type = 'git', url = 'https://git.example.org/tinylib', commit-id = '0' }\n";
        let extra = format!("{START}optional-dependencies.web = ['tinylib']\n");
        let of_extra = format!("{pylock}marker = \"'web' in extras\"\n{vcs}");
        let backend = "[build-system]\nbuild-backend = 'x'\nrequires = ";
        let listed = format!("{START}dependencies = ['tinylib']\n");
        for (manifest, file, flags, needs) in [
            (format!("{listed}{sources}"), None, "", true),
            (format!("{listed}{sources}"), None, "installer = 'pip'", false),
            (format!("{START}{sources}"), None, "", false),
            (format!("{START}{backend}['{GIT}']\n"), None, "", true),
            (format!("{START}{backend}['tinylib']\n{sources}"), None, "", true),
            (listed.clone(), Some(("pylock.toml", format!("{pylock}{vcs}"))), "", true),
            (extra.clone(), Some(("pylock.toml", of_extra.clone())), "", false),
            (extra, Some(("pylock.toml", of_extra)), "extra = 'web'", true),
            (START.to_owned(), Some(("requirements.txt", format!("six==1\n{GIT}\n"))), "", true),
            (START.to_owned(), Some(("requirements.txt", "six==1\n".to_owned())), "", false),
        ] {
            let file = file.as_ref().map(|(name, text)| (*name, text.as_str()));
            let files: Vec<_> = [("pyproject.toml", manifest.as_str())].into_iter().chain(file).collect();
            let result = bundle_of(&files, flags);
            let is_refused = matches!(&result, Err(BundleError::NeedsGit { .. }));
            assert_eq!(is_refused, needs, "{manifest}{file:?}{flags}: {:?}", result.err());
        }
    }
}
