//! What the ending of a file name says of its content, as data.

use super::buckets::{Buckets, bucket};

/// The endings of modules and of what extension modules are compiled from. Without one of them the program breaks, so they
/// are never excluded.
const SOURCE: &[&str] = &["py", "pyi", "pyx", "pxd", "pxi", "c", "h", "cc", "cpp", "cxx", "hpp", "rs", "f90"];

/// The endings of formats without text.
const BINARY: &[&str] = &[
    "png",
    "jpg",
    "jpeg",
    "gif",
    "webp",
    "ico",
    "bmp",
    "tif",
    "tiff",
    "psd",
    "pdf",
    "zip",
    "gz",
    "tgz",
    "bz2",
    "xz",
    "zst",
    "7z",
    "rar",
    "whl",
    "egg",
    "jar",
    "so",
    "dylib",
    "dll",
    "a",
    "o",
    "pyc",
    "pyd",
    "exe",
    "class",
    "wasm",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "eot",
    "mp3",
    "mp4",
    "mkv",
    "avi",
    "mov",
    "wav",
    "flac",
    "ogg",
    "webm",
    "parquet",
    "feather",
    "arrow",
    "npy",
    "npz",
    "h5",
    "hdf5",
    "pt",
    "pth",
    "ckpt",
    "safetensors",
    "onnx",
    "gguf",
    "mo",
];

/// The endings of programs that are not Python, and of notebooks.
const PROGRAM: &[&str] = &[
    "js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx", "vue", "svelte", "sql", "go", "java", "kt", "kts", "scala",
    "groovy", "gradle", "rb", "php", "pl", "pm", "lua", "r", "jl", "swift", "dart", "cs", "vb", "vbs", "fs", "ex",
    "exs", "erl", "clj", "bicep", "ps1", "psm1", "ipynb",
];

const PROSE: &[&str] = &[
    "md", "rst", "adoc", "css", "scss", "less", "svg", "po", "pot", "tex", "j2", "jinja", "jinja2", "tmpl", "tpl",
    "lock", "patch", "diff", "pub",
];

/// What the ending of a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Modules, and what extension modules are compiled from.
    Source,
    /// A format without text.
    Binary,
    /// A program that is not Python, a notebook or a page.
    Program,
    /// Documentation, and other texts that show how something looks.
    Prose,
}

const LISTS: [(&[&str], Ending); 4] =
    [(SOURCE, Ending::Source), (BINARY, Ending::Binary), (PROGRAM, Ending::Program), (PROSE, Ending::Prose)];

const COUNT: usize = SOURCE.len() + BINARY.len() + PROGRAM.len() + PROSE.len();

/// Every name is looked up, so the lists are not searched.
static ENDINGS: Buckets<COUNT> = Buckets::new(&{
    let mut buckets = [None; COUNT];
    let (mut entry, mut list) = (0, 0);
    while list < LISTS.len() {
        let mut at = 0;
        while at < LISTS[list].0.len() {
            buckets[entry] = Some(bucket(LISTS[list].0[at].as_bytes()));
            entry += 1;
            at += 1;
        }
        list += 1;
    }
    buckets
});

/// Returns what an ending says, if it is in a list.
pub(super) fn meaning(ending: &str) -> Option<Ending> {
    ENDINGS.of(bucket(ending.as_bytes())).find_map(|mut entry| {
        let (names, meaning) = LISTS.into_iter().find(|(names, _)| {
            let is_here = entry < names.len();
            entry -= if is_here { 0 } else { names.len() };
            is_here
        })?;
        (names[entry] == ending).then_some(meaning)
    })
}
