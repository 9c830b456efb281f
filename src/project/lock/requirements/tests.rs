use super::{FileRequirement, LockError, RequirementsFile};

fn read(text: &str) -> Result<RequirementsFile, LockError> {
    RequirementsFile::parse("req/base.txt", text)
}

/// Describes the requirement of a line, or its error.
fn asked(line: &str) -> String {
    match read(line).map(|file| file.requirements()[0].clone()) {
        Ok(FileRequirement::Specifier { requirement, .. }) => format!("specifier {requirement}"),
        Ok(FileRequirement::LocalPath { path, extras, .. }) => format!("path {path} [{extras}]"),
        Ok(FileRequirement::Url { url, .. }) => format!("url {url}"),
        Err(error) => error.to_string(),
    }
}

/// The rules are those of pip, without its look-up of paths on disk.
#[test]
fn paths_urls_and_specifiers_are_distinguished() {
    for (line, expected) in [
        (".", "path . []"),
        ("..", "path .. []"),
        (".[x,y]", "path . [x,y]"),
        ("./lib", "path lib []"),
        ("./lib@2", "path lib@2 []"),
        ("../lib@2", "path ../lib@2 []"),
        ("../lib ; os_name == ';'", "path ../lib []"),
        ("lib/../../x/./y", "path ../x/y []"),
        ("lib/x", "path lib/x []"),
        ("a-1.whl", "path a-1.whl []"),
        ("a-1.tar.gz;os_name=='nt'", "path a-1.tar.gz []"),
        ("a-1.zip[x]", "path a-1.zip [x]"),
        ("file:../lib", "path ../lib []"),
        ("file:../lib%202#subdirectory=x", "path ../lib 2/x []"),
        ("-e lib", "path lib []"),
        ("-e git+https://example.org/x", "url git+https://example.org/x"),
        ("-e x @ git+https://example.org/x", "specifier x @ git+https://example.org/x"),
        ("https://example.org/a.whl", "url https://example.org/a.whl"),
        ("https://example.org/a;b.whl ; os_name == 'nt'", "url https://example.org/a;b.whl"),
        ("https://example.org/a.whl?of=b://c", "url https://example.org/a.whl?of=b://c"),
        ("git+ssh://git@example.org/x", "url git+ssh://git@example.org/x"),
        ("https://example.org/a--b.whl --hash=sha256:00", "url https://example.org/a--b.whl"),
        ("six", "specifier six"),
        ("six @ https://example.org/six.whl", "specifier six @ https://example.org/six.whl"),
        ("six --config-settings a=b --global-option x", "specifier six"),
        ("/lib/a@b.whl", "path /lib/a@b.whl []"),
        ("file:///lib", "path /lib []"),
        (
            "file://host/lib",
            "req/base.txt:1: `file://host/lib`: its URL contains a host; write a relative path without `//`",
        ),
    ] {
        assert_eq!(asked(line), expected, "{line}");
    }
}

#[test]
fn options_are_parsed_in_every_form() {
    let text = "-i https://a.example.org --extra-index-url=https://b.example.org/?x=y\n-fhttps://c.example.org/?x=y\n\
                --trusted-host 'd.example.org'\n--pre --no-index\n--find-links \"https://e.example.org\"\n\
                -rmore.txt --requirement=./most.txt -c ../limits.txt\n";
    let file = read(text).unwrap();
    let options: Vec<_> = file.options().iter().map(|option| (option.name, option.value.as_deref())).collect();
    let expected = [
        ("--index-url", Some("https://a.example.org")),
        ("--extra-index-url", Some("https://b.example.org/?x=y")),
        ("--find-links", Some("https://c.example.org/?x=y")),
        ("--trusted-host", Some("d.example.org")),
        ("--pre", None),
        ("--no-index", None),
        ("--find-links", Some("https://e.example.org")),
    ];
    assert_eq!(options, expected);
    let paths =
        |paths: &[crate::value::ProjectPath]| paths.iter().map(|path| path.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(file.includes()), ["req/more.txt", "req/most.txt"]);
    assert_eq!(paths(file.constraints()), ["limits.txt"]);
    assert_eq!((file.file(), file.text()), ("req/base.txt", text));
    let at_root: RequirementsFile = "-r ./base.txt\n./lib\n".parse().unwrap();
    assert_eq!(paths(at_root.includes()), ["base.txt"]);
    assert!(matches!(&at_root.requirements()[0], FileRequirement::LocalPath { path, .. } if path == "lib"));
}

#[test]
fn only_hash_algorithms_that_pip_trusts_are_accepted() {
    for hash in ["sha256:0f", "sha384:0F", "sha512:00"] {
        let file = read(&format!("six==1 --hash={hash}")).unwrap();
        assert_eq!(file.requirements()[0].hashes(), [hash]);
    }
    for hash in ["", "sha256", "sha256:", "sha256:0g", "sha256:g0", "sha1:00", "md5:00", "sha256:00:11"] {
        let error = read(&format!("six==1 --hash={hash}")).unwrap_err().to_string();
        assert!(error.ends_with("a hash must have the form `sha256:DIGEST`"), "{hash}: {error}");
    }
}

#[test]
fn invalid_lines_are_errors() {
    for (text, expected) in [
        ("six==1\nidna==3\n--require-hashes", "req/base.txt: `six==1` has no hash"),
        ("-r ..", "req/base.txt:1: `-r ..`: the path must name a file in the project"),
        ("six --user", "req/base.txt:1: `six --user`: `--user` is not an option of a requirement"),
        ("--index-url ''", "req/base.txt:1: `--index-url ''`: `--index-url` needs a value"),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    let error = RequirementsFile::from_bytes(b"six\n\xff").unwrap_err().to_string();
    assert!(error.starts_with("requirements.txt:2: not UTF-8"), "{error}");
}

#[test]
fn a_list_has_a_maximum_size() {
    let of_size = |size: u64| RequirementsFile::from_bytes(&vec![b'#'; usize::try_from(size).unwrap()]);
    assert!(of_size(RequirementsFile::LARGEST).is_ok());
    let error = of_size(RequirementsFile::LARGEST + 1).unwrap_err();
    assert_eq!(error.to_string(), "requirements.txt: larger than 5 MB; a file of that size is a mistake");
}
