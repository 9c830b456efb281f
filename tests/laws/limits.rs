//! The law of limits: what is exactly as large as a limit allows is accepted, and what is larger by one is refused.

use agentix_gen::project::{Config, Project, Requirement, RequirementsFile};
use agentix_gen::value::{Dialect, Pattern, Template};
use agentix_gen::{Bundle, ImageRef, Listing, dockerfile};

const MANIFEST: &str = "[project]\nname = 'hello'\nversion = '1'\n";

/// What is limited, the limit, and whether something of a size is accepted.
type Limit = (&'static str, usize, fn(usize) -> bool);

const LIMITS: &[Limit] = &[
    ("bytes of a pattern", 4096, |size| "a".repeat(size).parse::<Pattern>().is_ok()),
    ("bytes of the name of an image", 255, |size| {
        format!("e.example/{}", "a".repeat(size - 10)).parse::<ImageRef>().is_ok()
    }),
    ("bytes of a requirement", 16 * 1024, |size| {
        is_requirement(&format!("x @ https://e.example/{}", "a".repeat(size - 22)))
    }),
    ("comparisons of a marker", 100, |count| {
        is_requirement(&format!("x ; {}", vec!["os_name == 'a'"; count].join(" or ")))
    }),
    ("bytes of a manifest", 1_000_000, |size| {
        Project::from_bytes((MANIFEST.to_owned() + &spaces(size - MANIFEST.len())).as_bytes()).is_ok()
    }),
    ("lines of a list of requirements", 50_000, |count| is_list(&"a\n".repeat(count))),
    ("bytes of a line of a list", 256 * 1024, |size| {
        is_list(&format!("a==1{}--hash=sha256:{}", spaces(size - 82), "0".repeat(64)))
    }),
    ("bytes of a template", 256 * 1024, |size| is_template(&spaces(size))),
    ("operators in a tag of a template", 200, |count| is_template(&format!("{{{{ 1{} }}}}", " + 1".repeat(count)))),
    ("`elif` of a template", 100, |count| {
        is_template(&format!("{{% if 0 %}}{}{{% endif %}}", "{% elif 0 %}".repeat(count)))
    }),
    ("bytes of a variable", 16_000, |size| is_setting(&format!("env = {{ A = '{}' }}", "a".repeat(size)))),
    ("bytes of a name of a variable", 16_000, |size| is_setting(&format!("env = {{ {} = '' }}", "a".repeat(size)))),
    ("bytes of a command", 16_000, |size| is_setting(&format!("cmd = ['a', '{}']", "a".repeat(size - 9)))),
    ("bytes of an entry point", 16_000, |size| is_setting(&format!("entrypoint = ['a', '{}']", "a".repeat(size - 9)))),
    ("bytes of a folder", 16_000, |size| is_setting(&format!("workdir = '/{}'", "a".repeat(size - 1)))),
    ("bytes of all caches", 16_000, |size| {
        is_setting(&format!("substituters = ['https://a', 'https://{}']", "a".repeat(size - 19)))
    }),
];

fn spaces(count: usize) -> String {
    " ".repeat(count)
}

fn is_requirement(text: &str) -> bool {
    text.parse::<Requirement>().is_ok()
}

fn is_list(text: &str) -> bool {
    RequirementsFile::from_bytes(text.as_bytes()).is_ok()
}

fn is_setting(key: &str) -> bool {
    let listing = Listing::from_files([("pyproject.toml", MANIFEST)]).expect("a path");
    let config: Config = toml::from_str(key).unwrap_or_else(|error| panic!("{error}"));
    Bundle::new(MANIFEST.parse::<Project>().expect("a manifest"), listing, config).is_ok()
}

/// Whether a template is not too large. Another error is none of its limits.
fn is_template(text: &str) -> bool {
    let listing = Listing::from_files([("pyproject.toml", MANIFEST)]).expect("a path");
    let bundle =
        Bundle::new(MANIFEST.parse::<Project>().expect("a manifest"), listing, Config::default()).expect("a bundle");
    let rendered =
        dockerfile::render(&bundle.with_template(Template::new("template", text.to_owned())), Dialect::BuildKit);
    rendered.map_or_else(|error| !error.to_string().contains("may have at most"), |_| true)
}

#[test]
fn the_largest_is_accepted_and_one_more_is_not() {
    let mut wrong = Vec::new();
    for (what, limit, is_accepted) in LIMITS {
        wrong.extend((!is_accepted(*limit)).then(|| format!("{limit} {what} are refused")));
        wrong.extend(is_accepted(limit + 1).then(|| format!("{} {what} are accepted", limit + 1)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
