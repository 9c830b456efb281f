//! A `requirements.txt`, without the folders and archives that it names: these are siblings, which the build installs.

use super::Dependencies;
use super::alternatives::can_be_resolved;
use super::covered::Check;
use crate::bundle::error::BundleError;
use crate::project::{Closure, Config, List, Project, Workspace};

/// How to make the list again.
const REMEDY: &str = "run `uv pip compile pyproject.toml --output-file requirements.txt`";

/// Returns the dependencies of a list. What its folders require is resolved together with it, as an installer does for the
/// list itself.
pub(super) fn dependencies(
    workspace: &Workspace,
    closure: &Closure<'_>,
    config: &Config,
    list: List,
) -> Result<Dependencies, BundleError> {
    let List { file, is_lock } = list;
    file.refuse_variables(|name| config.build_arg.keys().any(|argument| argument.as_str() == name))?;
    // What a lock or a list with hashes lacks is not added, but an error.
    let is_strict = is_lock || file.has_hashes();
    let names_siblings = !workspace.listed().is_empty();
    let is_own = |project: &Project| std::ptr::eq(project, workspace.project());
    let (mut needed, mut added) = (Vec::new(), Vec::new());
    for (project, requirement) in closure.asked() {
        if is_strict && (is_own(project) || !names_siblings) {
            needed.push((project, requirement));
        } else if !added.contains(&requirement) {
            can_be_resolved(project, requirement)?;
            added.push(requirement);
        }
    }
    Check::new("requirements.txt", REMEDY, workspace, config)?.is_covered_by(&file, needed)?;
    let file = file.with_requirements(added.into_iter().cloned());
    Ok(if file.installs_anything() { Dependencies::Requirements(file) } else { Dependencies::None })
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Bundle, Dependencies};
    use crate::files::Listing;
    use crate::project::{Config, Workspace};

    fn bundle_of(files: &[(&str, &str)], flags: &str) -> Result<Bundle, String> {
        let listing = Listing::from_files(files.iter().copied()).unwrap();
        let flags: Config = toml::from_str(&format!("tag = 'notes:1'\n{flags}")).unwrap();
        let workspace = Workspace::in_listing(&listing, "notes", &flags).map_err(|error| error.to_string())?;
        Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())
    }

    /// Returns the packages that are built, and the texts of the installed lists.
    fn installed(files: &[(&str, &str)], flags: &str) -> Result<(Vec<String>, String), String> {
        let bundle = bundle_of(files, flags)?;
        let packages = bundle.packages().iter().map(|package| package.folder.to_string()).collect();
        let texts = match bundle.dependencies() {
            Dependencies::None => String::new(),
            Dependencies::Requirements(list) => {
                let texts = list.installed_texts().into_iter();
                texts.map(|(path, text)| format!("{path}:\n{text}")).collect::<Vec<_>>().concat()
            }
            other => format!("{other:?}"),
        };
        Ok((packages, texts))
    }

    /// PowerShell writes UTF-16: `pip freeze > requirements.txt`.
    #[test]
    fn a_byte_order_mark_says_how_a_list_is_encoded() {
        let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let utf32 = |text: &str| -> Vec<u8> { text.chars().flat_map(|one| u32::from(one).to_be_bytes()).collect() };
        let list = |bytes: Vec<u8>, more: Vec<u8>| {
            let listing = Listing::from_files([("notes/requirements.txt", bytes), ("notes/more.txt", more)]).unwrap();
            let flags: Config = toml::from_str("tag = 'notes:1'").unwrap();
            let workspace = Workspace::in_listing(&listing, "notes", &flags).map_err(|error| error.to_string())?;
            let bundle = Bundle::new(workspace, listing, flags).map_err(|error| error.to_string())?;
            // A step of an in-tree Dockerfile writes the text: uv does not read UTF-32 from the folder.
            let files = bundle.requirement_files().into_iter();
            let texts = files.map(|file| format!("{}{}", file.text, if file.lock.is_some() { "own" } else { "" }));
            Ok::<_, String>(texts.collect::<Vec<_>>())
        };
        let marked = utf16("\u{feff}six==1.17.0\r\n-r more.txt\r\n");
        let expected = ["six==1.17.0\r\n-r more.txt\r\n", "idna # \u{142}\n"];
        assert_eq!(list(marked.clone(), utf32("\u{feff}idna # \u{142}\n")).unwrap(), expected);
        let plain = list(b"six==1.17.0\n-r more.txt\n".to_vec(), b"idna\n".to_vec()).unwrap();
        assert_eq!(plain, ["six==1.17.0\n-r more.txt\nown", "idna\nown"]);
        let not_utf8 = |file: &str| format!("`/notes/{file}` is not UTF-8; save it as UTF-8");
        assert_eq!(list(marked.clone(), b"idna # \xe9".to_vec()).unwrap_err(), not_utf8("more.txt"));
        let half = [utf16("\u{feff}six"), vec![0, 0xd8]].concat();
        assert_eq!(list(half, Vec::new()).unwrap_err(), not_utf8("requirements.txt"));
        let url = utf16("\u{feff}--index-url https://me:secret@pypi.example.org/simple\nsix\n");
        assert!(list(url, Vec::new()).unwrap_err().contains("contains credentials"));
    }

    const LIB: &str = "[project]\nname = 'my-lib'\nversion = '1'\ndependencies = ['six>=1.16']\n\
                       optional-dependencies.x = ['idna']\n";

    /// The forms are those of pip. A path is relative to the project, also in a file that the list includes.
    #[test]
    fn a_folder_in_a_list_is_a_sibling() {
        for (line, folder, more) in [
            ("./lib", "notes/lib", ""),
            ("lib/", "notes/lib", ""),
            ("-e ./lib", "notes/lib", ""),
            ("-e lib", "notes/lib", ""),
            ("--editable=../lib", "lib", ""),
            ("-e file:lib#egg=my-lib", "notes/lib", ""),
            ("file:///${PROJECT_ROOT}/lib", "notes/lib", ""),
            ("-e file:../repo#subdirectory=lib", "repo/lib", ""),
            ("../lib[x]", "lib", "idna\n"),
            ("./lib [x] ; python_version > '3'", "notes/lib", "idna\n"),
            ("My.Lib @ file:../lib", "lib", ""),
            ("my-lib[x] @ file:./lib ; os_name == 'posix'", "notes/lib", "idna\n"),
            ("-e my-lib[x] @ file:./lib", "notes/lib", "idna\n"),
        ] {
            let manifest = format!("{folder}/pyproject.toml");
            let list = format!("rich # comment\n{line}\n");
            let own = [("notes/requirements.txt", &*list), (&manifest, LIB)];
            let expected = (vec![folder.to_owned()], format!("requirements.txt:\nrich\nsix>=1.16\n{more}"));
            assert_eq!(installed(&own, ""), Ok(expected.clone()), "{line}");
            let list = format!("{line}\n");
            let nested =
                [("notes/requirements.txt", "rich\n-r req/a.txt"), ("notes/req/a.txt", &*list), (&manifest, LIB)];
            let text = format!("requirements.txt:\nrich\n-r req/a.txt\nsix>=1.16\n{more}req/a.txt:\n");
            assert_eq!(installed(&nested, ""), Ok((expected.0, text)), "{line}");
        }
    }

    #[test]
    fn a_folder_without_requirements_needs_no_list() {
        let lib = "[project]\nname = 'notes'\nversion = '1'";
        let files = [("notes/requirements.txt", "./lib"), ("notes/lib/pyproject.toml", lib)];
        assert_eq!(
            installed(&files, ""),
            Ok((vec!["notes/lib".to_owned()], String::new())),
            "it has the folder's name"
        );
        assert_eq!(bundle_of(&files, "").unwrap().warnings(), []);
        let nested = [
            ("notes/requirements.txt", "-r reqs/a.txt"),
            ("notes/reqs/a.txt", "./lib"),
            ("notes/lib/pyproject.toml", lib),
        ];
        assert_eq!(bundle_of(&nested, "").unwrap().warnings(), []);
        let files = [("notes/requirements.txt", "./lib; sys_platform == 'win32'"), ("notes/lib/pyproject.toml", lib)];
        assert_eq!(installed(&files, ""), Ok((vec![], String::new())));
    }

    /// What a setup script requires is known after its build only.
    #[test]
    fn a_folder_with_a_setup_script_is_a_sibling() {
        let files = [("notes/requirements.txt", "rich\n./lib\n"), ("notes/lib/setup.py", "")];
        let bundle = bundle_of(&files, "").unwrap();
        assert_eq!(bundle.packages()[0].folder, "notes/lib");
        assert!(!bundle.dependencies_are_complete());
        let files = [("notes/requirements.txt", "rich\nother @ file:lib\n"), ("notes/lib/setup.py", "")];
        assert_eq!(bundle_of(&files, "").unwrap().workspace().members()[0].project.name().as_str(), "other");
    }

    #[test]
    fn an_archive_in_a_list_is_a_sibling() {
        let files = [
            ("notes/requirements.txt", "rich\n./my_lib-1.0-py3-none-any.whl[x]\n"),
            ("notes/my_lib-1.0-py3-none-any.whl", ""),
        ];
        let bundle = bundle_of(&files, "").unwrap();
        let (archive, extras) = bundle.archives().next().unwrap();
        assert_eq!((archive.place.as_str(), extras[0].as_str()), ("notes/my_lib-1.0-py3-none-any.whl", "x"));
        assert!(!bundle.dependencies_are_complete(), "it may require more");
    }

    /// The project is built anyway. Its extras are installed with it.
    #[test]
    fn a_list_may_name_the_project() {
        let manifest =
            "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['six']\noptional-dependencies.x = ['idna']\n";
        let with = |list: &str| installed(&[("notes/requirements.txt", list), ("notes/pyproject.toml", manifest)], "");
        let pinned = "six==1.17\nidna==3.10\n";
        for line in ["-e .", ".[x]", "notes @ file:.", "-e file:."] {
            let expected = (vec!["notes".to_owned()], format!("requirements.txt:\n{pinned}"));
            assert_eq!(with(&format!("{pinned}{line}")), Ok(expected), "{line}");
        }
        let elsewhere = with("six==1.17 ; sys_platform == 'win32'\nidna==3.10\n-e .").unwrap_err();
        assert!(elsewhere.starts_with("requirements.txt: out of date: `six` is missing"), "{elsewhere}");
        let stale = with("six==1.17\n.[x]").unwrap_err();
        assert!(stale.starts_with("requirements.txt: out of date: `idna` is missing"), "{stale}");
        let missing = with("six==1.17\n.[y]").unwrap_err();
        assert!(missing.contains("has no extra `y`"), "{missing}");
    }

    /// The list says what is installed with the project; the project's own requirements are added.
    #[test]
    fn an_open_list_that_names_the_project_is_used() {
        let manifest =
            "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['idna']\noptional-dependencies.x = ['rich']\n";
        let with = |list: &str| installed(&[("notes/requirements.txt", list), ("notes/pyproject.toml", manifest)], "");
        for (list, text) in
            [("six\n-e .\n", "six\nidna\n"), ("six\n.[x]\n", "six\nidna\nrich\n"), ("-e .[x]\n", "idna\nrich\n")]
        {
            assert_eq!(with(list), Ok((vec!["notes".to_owned()], format!("requirements.txt:\n{text}"))), "{list}");
        }
        let script = [("notes/requirements.txt", "six\n-e ."), ("notes/setup.py", "setup(install_requires=['idna'])")];
        let bundle = bundle_of(&script, "").unwrap();
        assert!(matches!(bundle.dependencies(), Dependencies::Requirements(_)));
        assert!(!bundle.dependencies_are_complete());
        assert_eq!(bundle.warnings(), []);
        let alone = with("-e .\n").unwrap().1;
        assert!(alone.starts_with("Listed("), "the list says nothing: {alone}");
    }

    #[test]
    fn a_pinned_list_need_not_repeat_what_its_folders_require() {
        let manifest = "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['rich']\n";
        let files = [
            ("notes/pyproject.toml", manifest),
            ("notes/requirements.txt", "rich==13\n./lib\n"),
            ("notes/lib/pyproject.toml", LIB),
        ];
        let text = "requirements.txt:\nrich==13\nsix>=1.16\n".to_owned();
        assert_eq!(installed(&files, ""), Ok((vec!["notes/lib".to_owned(), "notes".to_owned()], text)));
    }

    #[test]
    fn what_cannot_be_installed_is_named() {
        let hash = "0".repeat(64);
        let hashed = format!("six==1 --hash=sha256:{hash}\n./lib\n");
        let archive = format!("six==1 --hash=sha256:{hash}\n./lib-1.zip --hash=sha256:{hash}\n");
        for (list, message) in [
            (&*hashed, "requirements.txt: `lib` is a local path, which no installer checks by hashes; name it"),
            (&archive, "requirements.txt: `lib-1.zip` is a local path, which no installer checks by hashes; name it"),
            ("six\n./gone", "/notes/requirements.txt: gone: `/notes/gone` does not exist"),
            ("../../far/lib", "/notes/requirements.txt: ../../far/lib: `/far/lib` does not exist"),
            ("./empty", "/notes/requirements.txt: empty: `/notes/empty` is not a project: it has no pyproject.toml or"),
            ("./a.txt", "/notes/requirements.txt: a.txt: `/notes/a.txt` is not a folder, a wheel"),
            ("./lib[a b]", "/notes/requirements.txt: lib: `my-lib[a b] @ file:lib` is not a valid requirement"),
            ("other @ file:./lib", "/notes/requirements.txt: ./lib: `/notes/lib` is `my-lib`, not `other`"),
            ("six\n-c a.txt", "a.txt: `lib` is a local path, which constrains no version; remove the line"),
        ] {
            let files = [
                ("notes/requirements.txt", list),
                ("notes/lib/pyproject.toml", LIB),
                ("notes/empty/x", ""),
                ("notes/a.txt", "./lib"),
            ];
            let error = installed(&files, "").unwrap_err();
            assert!(error.starts_with(message), "{list}: {error}");
        }
    }

    /// The list is used if nothing else names dependencies.
    #[test]
    fn an_open_list_beside_a_setup_script() {
        let uses = |files: &[(&str, &str)]| {
            let files = files.iter().copied().chain([("notes/requirements.txt", "six")]).collect::<Vec<_>>();
            let bundle = bundle_of(&files, "").unwrap();
            let is_used = matches!(bundle.dependencies(), Dependencies::Requirements(_));
            let is_named =
                bundle.warnings().iter().any(|warning| warning.to_string().starts_with("requirements.txt is"));
            assert_ne!(is_used, is_named);
            (is_used, bundle.dependencies_are_complete())
        };
        assert_eq!(uses(&[("notes/setup.py", "setup()")]), (true, false));
        assert_eq!(uses(&[("notes/setup.cfg", "[metadata]")]), (true, false));
        assert_eq!(uses(&[("notes/setup.py", "setup(install_requires=['idna'])")]), (false, false));
        assert_eq!(
            uses(&[("notes/setup.py", ""), ("notes/setup.cfg", "[options]\ninstall-requires = x")]),
            (false, false)
        );
        let dynamic = "[project]\nname = 'notes'\nversion = '1'\ndynamic = ['dependencies']";
        assert_eq!(uses(&[("notes/setup.py", ""), ("notes/pyproject.toml", dynamic)]), (false, false));
        let plain = "[project]\nname = 'notes'\nversion = '1'\n";
        assert_eq!(uses(&[("notes/setup.py", ""), ("notes/pyproject.toml", plain)]), (true, true));
    }

    /// A `pylock.toml` does not repeat the requirements either.
    #[test]
    fn a_pylock_must_cover_the_manifest() {
        let manifest = "[project]\nname = 'notes'\nversion = '1'\ndependencies = ['six>=1.16']\n";
        let with = |packages: &str| {
            let lock = format!("lock-version = '1.0'\ncreated-by = 'x'\n{packages}");
            let files = [("notes/pyproject.toml", manifest), ("notes/pylock.toml", &lock)];
            bundle_of(&files, "").map(|_| ())
        };
        assert_eq!(with("[[packages]]\nname = 'six'\nversion = '1.17'"), Ok(()));
        let always = "[[packages]]\nname = 'six'\nversion = '1.17'\nmarker = \"python_version >= '3'\"";
        assert_eq!(with(always), Ok(()));
        for overrides in
            ["[tool.uv]\noverride-dependencies = ['six==1.15']", "[tool.pdm.resolution.overrides]\nsix = '1.15'"]
        {
            let lock = "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'six'\nversion = '1.15'";
            let manifest = format!("{manifest}{overrides}");
            let files = [("notes/pyproject.toml", &*manifest), ("notes/pylock.toml", lock)];
            assert_eq!(bundle_of(&files, "").map(|_| ()), Ok(()), "{overrides}");
        }
        for (packages, start) in [
            ("packages = []", "pylock.toml: out of date: `six>=1.16` is missing, which `notes` requires"),
            ("[[packages]]\nname = 'six'\nversion = '1.15'", "pylock.toml: out of date:"),
            (
                "[[packages]]\nname = 'six'\nversion = '1.17'\nmarker = \"sys_platform == 'win32'\"",
                "pylock.toml: out of date:",
            ),
        ] {
            let error = with(packages).unwrap_err();
            assert!(error.starts_with(start), "{packages}: {error}");
        }
    }
}
