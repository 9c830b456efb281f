use super::{DEEPEST, LONGEST, MOST_COMPARISONS, Requirement, is_too_complex, may_hold_on_linux};

#[test]
fn the_text_is_kept_as_written() {
    for (text, name) in [
        ("rich", "rich"),
        (" Rich[jupyter]>=13,<15 ; python_version > \"3.10\" ", "rich"),
        ("torch @ https://example.org/torch-2.0%2Bcu121.whl", "torch"),
        ("x @ git+ssh://git@example.org/x.git@v1", "x"),
    ] {
        let requirement: Requirement = text.parse().unwrap();
        assert_eq!((requirement.as_str(), requirement.name().as_str()), (text.trim(), name));
    }
    let of_pdm: Requirement = "lib @ file:///${PROJECT_ROOT}/../lib".parse().unwrap();
    assert_eq!((of_pdm.as_str(), of_pdm.file()), ("lib @ file:../lib", Some("../lib")));
    for (written, path) in [
        ("{root:uri}/lib", "lib"),
        ("{root:uri}/../lib ; os_name == 'posix'", "../lib"),
        ("{root:parent:uri}/lib", "../lib"),
        ("{root:parent:parent:uri}/lib", "../../lib"),
        ("{root:parent:uri}", "../"),
        ("{root:uri}", "."),
    ] {
        let of_hatch: Requirement = format!("lib @ {written}").parse().unwrap();
        assert_eq!(of_hatch.file(), Some(path), "{written}");
    }
    assert!("lib @ {root:sister:uri}/lib".parse::<Requirement>().is_err());
}

/// PEP 440: a short version ends in zeros.
#[test]
fn a_series_is_compared_with_a_short_version() {
    let allows = |text: &str, version: &str| text.parse::<Requirement>().unwrap().allows(&version.parse().unwrap());
    assert!(allows("x!=1.2.*", "1") && !allows("x==1.2.*", "1") && allows("x==1.0.*", "1"));
    assert!(!allows("x!=1.2.*", "1.2.3") && allows("x", "1") && allows("x @ https://e.example/x", "1"));
}

#[test]
fn invalid_requirements_are_rejected() {
    for text in [
        "",
        "rich==",
        "rich\n--index-url https://example.org",
        "-r x.txt",
        "./lib",
        "a b",
        "x; os_name != ''é '",
        "x @ https://e/\u{2028}y",
        "rich-",
        "rich->=13",
        "rich. ; os_name == 'nt'",
        "rich[a_]",
        "rich[a, b-",
    ] {
        assert!(text.parse::<Requirement>().is_err(), "{text:?}");
    }
}

#[test]
fn requirements_that_a_requirements_file_misreads_are_rejected() {
    for end in ["\\", "/ --pre", "/${HOME}", "; os_name == ' #'", "; os_name == ' -r x'"] {
        let text = format!("x @ https://example.org/{end}");
        assert!(text.parse::<Requirement>().is_err(), "{text:?}");
    }
    for end in [" #", " -r x", "${HOME}"] {
        let error = format!("x ; os_name == '{end}'").parse::<Requirement>().unwrap_err().to_string();
        assert!(error.contains("would be") || error.contains("would read"), "{error}");
    }
    assert!("x @ https://example.org/a-b#subdirectory=c".parse::<Requirement>().is_ok());
}

#[test]
fn credentials_are_rejected_and_not_repeated() {
    for url in ["https://me:hunter2@example.org/x.whl", "https:hunter2@example.org", "git+https://hunter2@example.org"]
    {
        let error = format!("x @ {url}").parse::<Requirement>().unwrap_err().to_string();
        assert!(error.contains("…@example.org") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn what_no_person_writes_is_too_complex() {
    let nested = |depth: usize| format!("{}os_name == 'nt'{}", "(".repeat(depth), ")".repeat(depth));
    assert!(!is_too_complex(&nested(DEEPEST)) && is_too_complex(&nested(DEEPEST + 1)));
    let in_a_row = "(os_name == 'nt') or ".repeat(MOST_COMPARISONS - 1) + "(os_name == 'nt')";
    assert!(!is_too_complex(&in_a_row) && is_too_complex(&format!("{in_a_row} or os_name == 'nt'")));
    assert!(!is_too_complex(&"()".repeat(2 * DEEPEST)) && is_too_complex(&"(()".repeat(DEEPEST + 1)));
    assert!(!is_too_complex(&"a".repeat(LONGEST)) && is_too_complex(&"a".repeat(LONGEST + 1)));
}

/// The parser panics on some characters, and is recursive.
#[test]
fn a_marker_that_cannot_be_read_may_hold() {
    let nested = format!("{}os_name == 'nt'{}", "(".repeat(100_000), ")".repeat(100_000));
    for marker in [&nested, "os_name == 'é'", "os_name == 'nt' é", "os_name", ""] {
        assert!(may_hold_on_linux(marker), "{}", marker.len());
    }
    assert!(may_hold_on_linux("sys_platform == 'linux'") && !may_hold_on_linux("sys_platform == 'win32'"));
}
