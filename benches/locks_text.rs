//! Makes locks of five megabytes: as many packages, files, dependencies and markers as the locks of large projects have.

use std::fmt::{Display, Write as _};

/// The size of each lock in bytes. A list for pip may not be larger.
const SIZE: usize = 4_990_000;

type Make = fn() -> String;

/// Each kind of lock, by its file name.
pub(crate) const LOCKS: [(&str, Make); 6] = [
    ("uv.lock", uv),
    ("pylock.toml", pylock),
    ("poetry.lock", poetry),
    ("pdm.lock", pdm),
    ("Pipfile.lock", pipfile),
    ("requirements.txt", requirements),
];

/// A package of a lock.
struct Package {
    index: usize,
}

/// The file of a package.
struct File {
    name: String,
    hash: String,
    size: usize,
}

impl Package {
    fn name(&self) -> String {
        format!("package-{}", self.index)
    }

    fn version(&self) -> String {
        format!("{}.{}.{}", self.index % 7, self.index % 23, self.index % 5)
    }

    /// Returns the files: an archive of the source, and one wheel, or one for each Python and platform.
    fn files(&self) -> Vec<File> {
        let tags: Vec<String> = if self.index.is_multiple_of(3) {
            let platforms = [
                "macosx_11_0_arm64",
                "manylinux_2_17_aarch64.manylinux2014_aarch64",
                "manylinux_2_17_x86_64.manylinux2014_x86_64",
                "musllinux_1_2_x86_64",
                "win32",
                "win_amd64",
            ];
            let pythons = ["cp310", "cp311", "cp312", "cp313", "cp314"];
            let of = |python| platforms.iter().map(move |platform| format!("-{python}-{python}-{platform}.whl"));
            pythons.into_iter().flat_map(of).collect()
        } else {
            vec!["-py3-none-any.whl".to_owned()]
        };
        let name = format!("package_{}-{}", self.index, self.version());
        let file = |(n, tag): (usize, String)| File {
            name: format!("{name}{tag}"),
            hash: digest(self.index * 64 + n),
            size: 10_000 + self.index * 7 + n,
        };
        [".tar.gz".to_owned()].into_iter().chain(tags).enumerate().map(file).collect()
    }

    /// Returns the names of the dependencies, each with its marker if it has one.
    fn dependencies(&self) -> impl Iterator<Item = (String, Option<&'static str>)> {
        const MARKERS: [Option<&str>; 5] = [
            None,
            None,
            Some("python_version < '3.11'"),
            None,
            Some("sys_platform == 'win32' and platform_python_implementation != 'PyPy'"),
        ];
        let index = self.index;
        let place = move |n: usize| (format!("package-{}", index + 1 + n * n), MARKERS[(index + n) % MARKERS.len()]);
        (0..index % 6).map(place)
    }
}

/// Returns 64 hexadecimal digits.
fn digest(seed: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut digits = String::with_capacity(64);
    for _ in 0..4 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Writing to a string cannot fail.
        _ = write!(digits, "{:016x}", state ^ state >> 29);
    }
    digits
}

/// Appends packages until the text has its size. Returns it, with `end`.
fn filled(mut text: String, end: &str, package: impl Fn(&Package) -> String) -> String {
    for index in 0.. {
        let next = package(&Package { index });
        if text.len() + next.len() + end.len() > SIZE {
            break;
        }
        text += &next;
    }
    text + end
}

fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().fold(String::new(), |text, item| text + &item.to_string())
}

fn url(file: &File) -> String {
    let hash = &file.hash;
    format!("https://files.pythonhosted.org/packages/{}/{}/{}/{}", &hash[..2], &hash[2..4], &hash[4..], file.name)
}

fn uv() -> String {
    let file = |file: &File| {
        let (url, File { hash, size, .. }) = (url(file), file);
        format!(
            "{{ url = \"{url}\", hash = \"sha256:{hash}\", size = {size}, upload-time = \"2025-03-01T10:20:30.123Z\" }}"
        )
    };
    filled("version = 1\nrevision = 3\nrequires-python = \">=3.10\"\n".to_owned(), "", |package| {
        let files = package.files();
        let wheels = joined(files[1..].iter().map(|one| format!("    {},\n", file(one))));
        let edges = package.dependencies().map(|(name, marker)| {
            let marker = marker.map_or(String::new(), |marker| format!(", marker = \"{marker}\""));
            format!("    {{ name = \"{name}\"{marker} }},\n")
        });
        let (name, version, edges) = (package.name(), package.version(), joined(edges));
        format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = {{ registry = \"https://pypi.org/simple\" }}\ndependencies = [\n{edges}]\n\
             sdist = {}\nwheels = [\n{wheels}]\n",
            file(&files[0])
        )
    })
}

fn pylock() -> String {
    let file = |file: &File| {
        let (url, File { hash, size, .. }) = (url(file), file);
        format!(
            "{{ url = \"{url}\", upload-time = 2025-03-01T10:20:30Z, size = {size}, hashes = {{ sha256 = \"{hash}\" }} }}"
        )
    };
    filled("lock-version = \"1.0\"\ncreated-by = \"uv\"\nrequires-python = \">=3.10\"\n".to_owned(), "", |package| {
        let files = package.files();
        let wheels = joined(files[1..].iter().map(|one| format!("    {},\n", file(one))));
        let (name, version) = (package.name(), package.version());
        format!(
            "\n[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\nindex = \"https://pypi.org/simple\"\n\
             sdist = {}\nwheels = [\n{wheels}]\n",
            file(&files[0])
        )
    })
}

fn files_in_toml(package: &Package) -> String {
    let files = package.files();
    joined(files.iter().map(|file| format!("    {{file = \"{}\", hash = \"sha256:{}\"}},\n", file.name, file.hash)))
}

fn poetry() -> String {
    let end = "\n[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.10\"\ncontent-hash = \"00\"\n";
    filled("# This file is automatically @generated by Poetry 2.1.1.\n".to_owned(), end, |package| {
        let edges = package.dependencies().map(|(name, marker)| match marker {
            Some(marker) => format!("{name} = {{version = \">=1.0\", markers = \"{marker}\"}}\n"),
            None => format!("{name} = \">=1.0,<9\"\n"),
        });
        let (name, version, files, edges) = (package.name(), package.version(), files_in_toml(package), joined(edges));
        format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndescription = \"One of many packages\"\n\
             optional = false\npython-versions = \">=3.8\"\ngroups = [\"main\"]\nfiles = [\n{files}]\n\n\
             [package.dependencies]\n{edges}\n[package.extras]\ntest = [\"coverage (>=7)\", \"pytest (>=6)\"]\n"
        )
    })
}

fn pdm() -> String {
    let start = "[metadata]\ngroups = [\"default\"]\nstrategy = [\"inherit_metadata\"]\nlock_version = \"4.5.0\"\n\
                 content_hash = \"sha256:00\"\n\n[[metadata.targets]]\nrequires_python = \">=3.10\"\n";
    filled(start.to_owned(), "", |package| {
        let edges = package.dependencies().map(|(name, marker)| {
            let marker = marker.map_or(String::new(), |marker| format!("; {}", marker.replace('\'', "\\\"")));
            format!("    \"{name}<9,>=1.0{marker}\",\n")
        });
        let (name, version, files, edges) = (package.name(), package.version(), files_in_toml(package), joined(edges));
        format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nrequires_python = \">=3.8\"\n\
             summary = \"One of many packages\"\ngroups = [\"default\"]\ndependencies = [\n{edges}]\nfiles = [\n{files}]\n"
        )
    })
}

fn pipfile() -> String {
    let start = "{\n    \"_meta\": {\n        \"hash\": {\n            \"sha256\": \"00\"\n        },\n        \
                 \"pipfile-spec\": 6,\n        \"requires\": {\n            \"python_version\": \"3.11\"\n        },\n        \
                 \"sources\": [\n            {\n                \"name\": \"pypi\",\n                \
                 \"url\": \"https://pypi.org/simple\",\n                \"verify_ssl\": true\n            }\n        ]\n    \
                 },\n    \"default\": {\n        \"six\": \"==1\"";
    filled(start.to_owned(), "\n    },\n    \"develop\": {}\n}\n", |package| {
        let hashes: Vec<String> =
            package.files().iter().map(|file| format!("                \"sha256:{}\"", file.hash)).collect();
        let (name, version, hashes) = (package.name(), package.version(), hashes.join(",\n"));
        format!(
            ",\n        \"{name}\": {{\n            \"hashes\": [\n{hashes}\n            ],\n            \
             \"markers\": \"python_version >= '3.8'\",\n            \"version\": \"=={version}\"\n        }}"
        )
    })
}

fn requirements() -> String {
    filled("# made by pip-compile\n".to_owned(), "", |package| {
        let hashes = package.files().into_iter().map(|file| format!(" \\\n    --hash=sha256:{}", file.hash));
        format!("{}=={}{}\n    # via package-0\n", package.name(), package.version(), joined(hashes))
    })
}
