//! Programs, libraries and headers that builds of packages ask for, and the Debian packages that contain them; and Python
//! modules, which other packages bring.

/// What a line reports as missing, and the remedy. A line matches if it contains one of the texts; each is a phrase of a
/// compiler or of a build script, not a word that a log may contain by accident.
const TOOLS: &[(&[&str], &str)] = &[
    (
        &["pg_config executable not found", "pg_config: not found", "Error: pg_config"],
        "add PostgreSQL to [tool.agentix]: build-apt = [\"libpq-dev\", \"gcc\", \"libc6-dev\"], and its library for the \
         image: apt = [\"libpq5\"]; or depend on a binary \
         package such as psycopg2-binary",
    ),
    (
        &["mysql_config: not found", "mysql_config not found", "Can not find valid pkg-config name"],
        "add MySQL to [tool.agentix]: build-apt = [\"default-libmysqlclient-dev\", \"pkg-config\", \"gcc\", \"libc6-dev\"], and \
         its library for the image: apt = [\"libmariadb3\"]",
    ),
    (
        &["mariadb_config: not found", "mariadb_config not found"],
        "add MariaDB to [tool.agentix]: build-apt = [\"libmariadb-dev\", \"gcc\", \"libc6-dev\"], and its library for the image: \
         apt = [\"libmariadb3\"]",
    ),
    (
        &["fatal error: lber.h: No such", "fatal error: ldap.h: No such", "fatal error: sasl/"],
        "add OpenLDAP and SASL to [tool.agentix]: build-apt = [\"libldap-dev\", \"libsasl2-dev\", \"gcc\", \"libc6-dev\"], and their \
         libraries for the image: apt = [\"libldap2\", \"libsasl2-2\"] (before Debian 13: libldap-2.5-0)",
    ),
    (
        &["fatal error: portaudio.h: No such"],
        "add PortAudio to [tool.agentix]: build-apt = [\"portaudio19-dev\", \"gcc\", \"libc6-dev\"], and its library for the image: \
         apt = [\"libportaudio2\"]",
    ),
    (
        &["fatal error: cups/"],
        "add CUPS to [tool.agentix]: build-apt = [\"libcups2-dev\", \"gcc\", \"libc6-dev\"], and its library for the image: \
         apt = [\"libcups2\"]",
    ),
    (
        &["curl-config: not found", "No such file or directory: 'curl-config'", "Could not run curl-config"],
        "add curl to [tool.agentix]: build-apt = [\"libcurl4-openssl-dev\", \"libssl-dev\", \"gcc\", \"libc6-dev\"], and its library \
         for the image: apt = [\"libcurl4\"]",
    ),
    (
        &["gdal-config: not found", "No such file or directory: 'gdal-config'"],
        "add GDAL to [tool.agentix]: build-apt = [\"libgdal-dev\", \"g++\", \"libc6-dev\"], and its library for the image: \
         apt = [\"gdal-bin\"]; the version of the package must be that of Debian's GDAL",
    ),
    (
        &["fatal error: ffi.h: No such file or directory"],
        "add libffi to [tool.agentix]: build-apt = [\"libffi-dev\", \"gcc\", \"libc6-dev\"]",
    ),
    (
        &["fatal error: openssl/"],
        "add OpenSSL's headers to [tool.agentix]: build-apt = [\"libssl-dev\", \"gcc\", \"libc6-dev\"]",
    ),
    (
        &["fatal error: libxml/", "Please make sure the libxml2 and libxslt development packages are installed"],
        "add libxml2 and libxslt to [tool.agentix]: build-apt = [\"libxml2-dev\", \"libxslt1-dev\", \"gcc\", \"libc6-dev\"], and \
         the libraries for the image: apt = [\"libxml2\", \"libxslt1.1\"]",
    ),
    (
        &["krb5-config: not found", "fatal error: gssapi/"],
        "add Kerberos to [tool.agentix]: build-apt = [\"libkrb5-dev\", \"gcc\", \"libc6-dev\"], and its library for the image: \
         apt = [\"libgssapi-krb5-2\"]",
    ),
    (
        &["ModuleNotFoundError: No module named 'pkg_resources'"],
        "setuptools has this module before version 82: requires = [\"setuptools<82\"] in [build-system]; of a package that is not \
         yours, choose a version with a wheel",
    ),
    (
        &[
            "fatal error: Python.h: No such file or directory",
            "Could NOT find Python (missing: Interpreter Development.Module)",
            "Could NOT find Python (missing: Development.Module)",
        ],
        "the runtime image has no Python headers: use one that is built from an official Python image, or add those of \
         Debian's Python to [tool.agentix]: build-apt = [\"python3-dev\"]",
    ),
    (
        &[
            "error: can't find Rust compiler",
            "Rust not found, installing into a temporary directory",
            "Cargo, the Rust package manager, is not installed or is not on PATH.",
            "error: command 'cargo' failed: No such file or directory",
            "[Errno 2] No such file or directory: 'cargo'",
        ],
        "add Rust to [tool.agentix]: build-apt = [\"cargo\", \"rustc\", \"gcc\", \"libc6-dev\"]; or choose a version of the package \
         with a wheel for this Python",
    ),
    (
        &[
            "Unknown compiler(s): [['gfortran'",
            "No Fortran compiler found",
            "error: command 'gfortran' failed: No such",
            "CMake Error: CMAKE_Fortran_COMPILER not set",
        ],
        "add Fortran to [tool.agentix]: build-apt = [\"gfortran\", \"gcc\", \"libc6-dev\"], and its library for the image: \
         apt = [\"libgfortran5\"]",
    ),
    (
        &[
            "CMake must be installed to build",
            "CMakeNotFoundError: ",
            "Problem with the CMake installation, aborting build. CMake executable is cmake",
            "[Errno 2] No such file or directory: 'cmake'",
            "error: command 'cmake' failed: No such file or directory",
        ],
        "add CMake to [tool.agentix]: build-apt = [\"cmake\", \"gcc\", \"g++\", \"libc6-dev\"]",
    ),
    (
        &["CMake Error: CMAKE_C_COMPILER not set", "CMake Error: CMAKE_CXX_COMPILER not set"],
        "add the compilers of C and C++ to [tool.agentix]: build-apt = [\"gcc\", \"g++\", \"libc6-dev\"]",
    ),
    (
        &[
            "pkg-config: not found",
            "Did not find pkg-config",
            "pkg-config binary is required",
            "Pkg-config binary 'pkg-config' not found",
            "[Errno 2] No such file or directory: 'pkg-config'",
        ],
        "add pkg-config to [tool.agentix]: build-apt = [\"pkg-config\"], and the library that it should find",
    ),
    (
        &["No such file or directory: 'make'", "make: not found"],
        "add make to [tool.agentix]: build-apt = [\"make\", \"gcc\", \"libc6-dev\"]",
    ),
    (
        &[
            "' found in the pkg-config search path",
            "not found in the pkg-config search path",
            "not found (tried pkgconfig",
            "not found, tried pkgconfig",
        ],
        "add the Debian package with the library's `.pc` file to [tool.agentix]: build-apt = [\"pkg-config\", \"NAME-dev\"], and the \
         library for the image: apt; packages.debian.org finds both",
    ),
    (
        &[
            "ERROR: Cannot find command 'git'",
            "error: Git executable not found",
            "[Errno 2] No such file or directory: 'git'",
        ],
        "add git to [tool.agentix]: build-apt = [\"git\"]",
    ),
    (
        &["ERROR: Cannot find command 'hg'", "[Errno 2] No such file or directory: 'hg'"],
        "add Mercurial to [tool.agentix]: build-apt = [\"mercurial\"]",
    ),
    (
        &["ERROR: Cannot find command 'svn'", "[Errno 2] No such file or directory: 'svn'"],
        "add Subversion to [tool.agentix]: build-apt = [\"subversion\"]",
    ),
    (
        &["ERROR: Cannot find command 'bzr'", "[Errno 2] No such file or directory: 'bzr'"],
        "add Breezy to [tool.agentix]: build-apt = [\"bzr\"]",
    ),
    (
        &["error: cannot run ssh: No such file or directory", "1: ssh: not found"],
        "add an ssh client to [tool.agentix]: build-apt = [\"git\", \"openssh-client\"]",
    ),
];

/// Returns the remedy for the program, library or header that a line reports as missing.
pub(super) fn remedy(line: &str) -> Option<&'static str> {
    TOOLS.iter().find(|(texts, _)| texts.iter().any(|text| line.contains(text))).map(|(_, remedy)| *remedy)
}

/// How Python says that a module is missing.
pub(super) const NO_MODULE: &str = "ModuleNotFoundError: No module named '";

/// Returns the remedy for what no row names: a header, a module, or a program.
pub(super) fn usual_remedy(line: &str) -> &'static str {
    if line.contains(": fatal error: ") {
        "add the Debian package with this header to [tool.agentix]: build-apt = [\"NAME-dev\"], and its library for the image: apt; \
         packages.debian.org finds packages by a file name. Those of C are in libc6-dev"
    } else if line.starts_with(NO_MODULE) {
        "the build imports a module that its requirements do not bring: name the package of the module in [build-system] requires; \
         of a package that is not yours, choose a version with a wheel"
    } else {
        "add the Debian packages that contain it to [tool.agentix]: build-apt = [\"gcc\", \"libc6-dev\"] for a C compiler"
    }
}

#[cfg(test)]
mod tests {
    use super::remedy;
    use crate::engine::{Cause, CauseKind};

    /// Lines that builds printed: psycopg2, mysqlclient, cffi, cryptography, lxml, gssapi, tokenizers, scipy, a `CMake`
    /// extension, pycairo, and pip with a git requirement.
    #[test]
    fn each_missing_tool_has_its_packages() {
        for (line, package) in [
            ("#9 3.21       Error: pg_config executable not found.", "libpq-dev"),
            ("      /bin/sh: 1: mysql_config: not found", "default-libmysqlclient-dev"),
            ("#5 5.219       /bin/sh: 1: mariadb_config: not found", "libmariadb-dev"),
            ("#5 4.1 Modules/common.h:15:10: fatal error: lber.h: No such file or directory", "libldap-dev"),
            (
                "#5 4.1 src/pyaudio/device_api.c:9:10: fatal error: portaudio.h: No such file or directory",
                "portaudio19-dev",
            ),
            ("#5 4.1 cupsconnection.h:26:10: fatal error: cups/http.h: No such file or directory", "libcups2-dev"),
            ("#5 11.47       FileNotFoundError: [Errno 2] No such file or directory: 'gdal-config'", "libgdal-dev"),
            ("#5 4.822       error: [Errno 2] No such file or directory: 'make'", "make"),
            ("#5 2.1 x.c:1:10: fatal error: some/lib.h: No such file or directory", "NAME-dev"),
            ("c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory", "libffi-dev"),
            ("_openssl.c:62:10: fatal error: openssl/opensslv.h: No such file or directory", "libssl-dev"),
            ("Error: Please make sure the libxml2 and libxslt development packages are installed.", "libxml2-dev"),
            ("/bin/sh: 1: krb5-config: not found", "libkrb5-dev"),
            ("      error: can't find Rust compiler", "cargo"),
            ("../meson.build:80:0: ERROR: Unknown compiler(s): [['gfortran'], ['flang-new'], ['flang']]", "gfortran"),
            ("RuntimeError: CMake must be installed to build the following extensions: x", "cmake"),
            ("../cairo/meson.build:31:12: ERROR: Pkg-config binary 'pkg-config' not found", "pkg-config"),
            ("      error: cannot run ssh: No such file or directory", "openssh-client"),
            ("      ssh -o StrictHostKeyChecking=accept-new: 1: ssh: not found", "openssh-client"),
            ("#10 0.95 FileNotFoundError: [Errno 2] No such file or directory: 'git'", "git"),
            ("error: [Errno 2] No such file or directory: 'cmake'", "cmake"),
            ("scikit_build_core.errors.CMakeNotFoundError: Could not find CMake with version >=3.15", "cmake"),
            ("      CMake Error: CMAKE_C_COMPILER not set, after EnableLanguage", "gcc"),
            ("      error: linker `cc` not found", "gcc"),
            ("ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?", "git"),
            ("ERROR: Cannot find command 'hg' - do you have 'hg' installed and in your PATH?", "mercurial"),
            ("ERROR: Cannot find command 'svn' - do you have 'svn' installed and in your PATH?", "subversion"),
            ("ERROR: Cannot find command 'bzr' - do you have 'bzr' installed and in your PATH?", "bzr"),
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::Tool, "{line}");
            let named = cause.remedy().split("build-apt = [").nth(1).and_then(|rest| rest.split(']').next());
            assert!(named.is_some_and(|named| named.contains(&format!("\"{package}\""))), "{line}: {}", cause.remedy());
        }
    }

    /// Lines of the builds of thefuck 3.32, of fava with a hook of hatchling, and of a `CMake` extension.
    #[test]
    fn a_module_that_a_build_lacks_has_a_remedy() {
        for (line, part) in [
            ("#5 5.518       ModuleNotFoundError: No module named 'pkg_resources'", "setuptools<82"),
            ("#9 1.2 ModuleNotFoundError: No module named 'typing_extensions'", "name the package of the module"),
            ("#8 3.727         Could NOT find Python (missing: Interpreter Development.Module)", "python3-dev"),
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::Tool, "{line}");
            assert!(cause.remedy().contains(part), "{line}: {}", cause.remedy());
        }
        // The last step tells it better.
        let module = Cause::from_line("ModuleNotFoundError: No module named 'fastapi'").unwrap();
        let server = Cause::from_line("the entry point /nix/runtime/bin/agentix-server cannot be loaded").unwrap();
        assert!(server.is_better_than(Some(&module)) && !module.is_better_than(Some(&server)));
    }

    #[test]
    fn a_log_that_mentions_a_tool_reports_nothing() {
        for line in
            ["checking for pg_config... /usr/bin/pg_config", "copying cmake.py", "using Rust 1.80", "ffi.h found"]
        {
            assert_eq!(remedy(line), None, "{line}");
        }
    }
}
