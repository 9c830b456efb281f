use super::{Template, blocks};
use crate::bundle::Bundle;
use crate::dockerfile::templates::TEMPLATES;
use crate::dockerfile::{RenderError, render};
use crate::files::Listing;
use crate::project::Config;
use crate::value::Dialect;

/// What a label holds: a line of its own if it ever gets out.
const HOSTILE: &str = "x\" `id` $HOME \\ {{ 7 }} {% raw %} RUN evil";

fn bundle(template: &str) -> Bundle {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'";
    let listing = Listing::from_files([("pyproject.toml", manifest)]).unwrap();
    let mut flags = Config::default();
    flags.label.insert("key".parse().unwrap(), HOSTILE.parse().unwrap());
    let bundle = Bundle::new(manifest.parse::<crate::project::Project>().unwrap(), listing, flags).unwrap();
    bundle.with_template(Template::new("site.dockerfile", template))
}

fn extended(template: &str) -> Result<String, String> {
    render(&bundle(template), Dialect::BuildKit).map_err(|error| match error {
        RenderError::Template(error) => error.to_string(),
        other => panic!("{other:?}"),
    })
}

fn at_the_end(text: &str) -> Result<String, String> {
    extended(&format!("{{% extends 'bundle.dockerfile' %}}\n{{% block end %}}\n{text}{{% endblock %}}"))
}

#[test]
fn a_block_is_filled_and_the_rest_is_ours() {
    let ours = extended("{% extends 'bundle.dockerfile' %}").unwrap();
    assert_eq!(at_the_end("").unwrap(), ours);
    assert_eq!(at_the_end("\n# Mine.\nUSER 1000\n").unwrap(), format!("{ours}\n# Mine.\nUSER 1000\n"));
    assert_eq!(
        at_the_end("LABEL base={{ runtime_image }}\n").unwrap(),
        format!("{ours}LABEL base=agentix/runtime:0.1.0\n")
    );
    let quoted = at_the_end("LABEL copy={{ labels[0].value | quote }}\n").unwrap();
    assert!(quoted.ends_with("LABEL copy=\"x\\\" `id` \\$HOME \\\\ {{ 7 }} {% raw %} RUN evil\"\n"), "{quoted}");
}

#[test]
fn what_a_block_had_can_be_kept() {
    let ours = extended("{% extends 'bundle.dockerfile' %}").unwrap();
    for block in blocks(TEMPLATES.iter().find(|(name, _)| *name == super::BASE).unwrap().1) {
        let kept =
            format!("{{% extends 'bundle.dockerfile' %}}{{% block {} %}}{{{{ super() }}}}{{% endblock %}}", block.1);
        assert_eq!(extended(&kept).unwrap(), ours, "{}", block.1);
    }
}

#[test]
fn each_block_has_its_place() {
    let fills = ["before_dependencies", "after_dependencies", "project", "after_project", "end"]
        .map(|name| format!("{{% block {name} %}}\n{{{{ super() }}}}# {name}\n{{% endblock %}}"));
    let text = extended(&format!("{{% extends 'bundle.dockerfile' %}}{}", fills.concat())).unwrap();
    let mut at = 0;
    for mark in [
        "\nFROM agentix/runtime:0.1.0\n",
        "\n# before_dependencies\n",
        "\n# after_dependencies\n",
        "\nCOPY project/ ",
        "\n# project\n",
        "\n# after_project\n",
        "\nLABEL key=",
        "\n# end\n",
    ] {
        at += text[at..].find(mark).unwrap_or_else(|| panic!("{mark:?} is not where it should be in\n{text}"));
    }
}

/// However it is turned, a value that was not checked is not printed.
#[test]
fn there_is_no_way_around_the_rules() {
    for text in [
        "{{ labels[0].value }}",
        "{% autoescape false %}{{ labels[0].value }}{% endautoescape %}",
        "{% autoescape 'none' %}{{ labels[0].value }}{% endautoescape %}",
        "{% autoescape 'html' %}{{ labels[0].value }}{% endautoescape %}",
        "{% autoescape true %}{{ labels[0].value }}{% endautoescape %}",
        "{{ labels[0].value | safe }}",
        "{{ labels[0].value | escape }}",
        "{{ labels[0].value | e | safe }}",
        "{{ labels[0].value ~ runtime_image }}",
        "{{ runtime_image ~ labels[0].value }}",
        "{{ runtime_image + labels[0].value }}",
        "{{ (labels[0].value | quote)[1:] }}",
        "{{ (labels[0].value | quote) ~ '' }}",
        "{{ (labels[0].value | quote) * 2 }}",
        "{{ labels[0] }}{{ labels }}{{ labels[0].value.upper() }}",
        "{% set mine = labels[0].value %}{{ mine }}",
        "{% set mine %}{{ labels[0].value }}{% endset %}{{ mine }}",
        "{% autoescape false %}{% set mine %}{{ labels[0].value }}{% endset %}{% endautoescape %}{{ mine }}",
        "{% macro mine(x) %}{{ x }}{% endmacro %}{{ mine(labels[0].value) }}",
        "{% macro mine(x) %}{% autoescape false %}{{ x }}{% endautoescape %}{% endmacro %}{{ mine(labels[0].value) }}",
        "{% macro mine() %}{{ caller() }}{% endmacro %}{% call mine() %}{{ labels[0].value }}{% endcall %}",
        "{% for label in labels %}{{ label.value }}{% endfor %}",
        "{% for c in labels[0].value %}{{ c }}{% endfor %}",
        "{% with mine = labels[0].value %}{{ mine }}{% endwith %}",
        "{% filter safe %}{{ labels[0].value }}{% endfilter %}",
        "{{ labels[0].value if true }}",
        "{{ [labels[0].value][0] }}",
        "{{ {'a': labels[0].value}.a }}",
    ] {
        let error = at_the_end(text).unwrap_err();
        assert!(error.starts_with("site.dockerfile:") && !error.contains("RUN evil"), "{text}: {error}");
    }
}

#[test]
fn nothing_but_our_templates_can_be_reached() {
    for tag in ["include", "import", "extends"] {
        let as_name = if tag == "import" { " as x" } else { "" };
        for file in ["/etc/passwd", "pyproject.toml", "../x", "<template>"] {
            let text = format!("{{% {tag} '{file}'{as_name} %}}");
            assert!(at_the_end(&text).is_err(), "{text}");
        }
    }
    assert!(at_the_end("{% include labels[0].value %}").is_err());
}

#[test]
fn messages_name_the_file_the_line_and_the_fault() {
    for (template, message) in [
        ("USER x", "site.dockerfile: it does not start with {% extends \"bundle.dockerfile\" %}"),
        (
            "{% extends 'bundle.dockerfile' %}\n{% block end %}{{ nothing }}{% endblock %}",
            "site.dockerfile:2: there is no variable `nothing`; there are account, agentix_version, apt, ",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{% block end %}{{ super() }}{{ labels[0].colour }}{% endblock %}",
            "site.dockerfile:2: undefined value, in `{% block end %}{{ super() }}{{ labels[0].colour }}{% endblock %}`",
        ),
        (
            "{% extends 'bundle.dockerfile' %}{% block end %}\n{% for one in labels %}\n{{ one.none }}{% endfor %}{% endblock %}",
            "site.dockerfile:3: undefined value, in `{{ one.none }}{% endfor %}{% endblock %}`",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n\n{% block end %}\n{{ labels[0].value }}{% endblock %}",
            "site.dockerfile:4: bad string escape: a template prints a value that was neither checked nor quoted",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{# {% block other %} #}\n{%- block  ende %}{% endblock %}",
            "site.dockerfile:3: there is no block `ende`; there are ",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{# #}{%+ block ende %}{% endblock %}{# #}",
            "site.dockerfile:2: there is no block `ende`; there are ",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{% blocks %}",
            "site.dockerfile:2: syntax error: unknown statement blocks",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{% block end %}",
            "site.dockerfile:2: syntax error: unexpected end of input",
        ),
        ("{% extends 'base.dockerfile' %}", "site.dockerfile:1: template not found: "),
    ] {
        let error = extended(template).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
}

/// Each that is named is there: printed or not, it is never undefined.
#[test]
fn the_variables_that_are_named_are_there() {
    let error = at_the_end("{{ nothing }}").unwrap_err();
    let named: Vec<&str> = error.split_once("; there are ").unwrap().1.split(", ").collect();
    assert!(named.contains(&"runtime_image") && named.contains(&"labels") && named.len() > 20, "{named:?}");
    let uses = |name: &str| at_the_end(&format!("{{% if {name} %}}{{% endif %}}"));
    uses("nothing").unwrap_err();
    for name in named {
        uses(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_template_that_does_not_end_is_stopped() {
    let loops = "{% for a in all %}".repeat(9) + &"{% endfor %}".repeat(9);
    let started = std::time::Instant::now();
    let error = at_the_end(&format!("{{% set all = [0,1,2,3,4,5,6,7,8,9] %}}{loops}")).unwrap_err();
    assert!(error.contains("it does not end"), "{error}");
    let long = format!("{}{}{}", "{% for a in all %}".repeat(4), "x".repeat(10_000), "{% endfor %}".repeat(4));
    let error = at_the_end(&format!("{{% set all = [0,1,2,3,4,5,6,7,8,9] %}}{long}")).unwrap_err();
    assert!(error.contains("of more than"), "{error}");
    assert!(at_the_end("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").is_err());
    assert!(at_the_end("{{ self.end() }}").is_err());
    assert!(at_the_end(&"(".repeat(100_000)).is_ok());
    assert!(at_the_end(&format!("{{{{ {} }}}}", "(".repeat(100_000))).is_err());
    assert!(started.elapsed() < std::time::Duration::from_secs(30));
}

/// Every block is in the Dockerfile of a project that has all there is, and what a user puts in its place is there instead.
#[test]
fn each_block_that_is_documented_can_be_replaced() {
    let readme = include_str!("../../../README.md");
    let table = readme.split_once("| block | holds |\n|---|---|\n").unwrap().1.split_once("\n\n").unwrap().0;
    let documented: Vec<&str> = table.lines().map(|line| line.split('`').nth(1).unwrap()).collect();
    let base = TEMPLATES.iter().find(|(name, _)| *name == super::BASE).unwrap().1;
    assert_eq!(documented, blocks(base).map(|(_, name)| name).collect::<Vec<_>>());

    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['rich']";
    let flags = "standalone = true\ninstaller = 'uv'\napt = ['git']\nuser = 'agent'\nenv = { A = 'b' }";
    for name in documented {
        let template =
            format!("{{% extends 'bundle.dockerfile' %}}{{% block {name} %}}\n# In its place.\n{{% endblock %}}");
        let listing = Listing::from_files([("pyproject.toml", manifest), ("default.nix", "{}")]).unwrap();
        let project = manifest.parse::<crate::project::Project>().unwrap();
        let bundle = Bundle::new(project, listing, toml::from_str::<Config>(flags).unwrap()).unwrap();
        let ours = render(&bundle, Dialect::Classic).unwrap();
        let theirs = render(&bundle.with_template(Template::new("own", template)), Dialect::Classic).unwrap();
        assert!(theirs.contains("\n# In its place.\n"), "{name}:\n{theirs}");
        let kept = theirs.replace("\n# In its place.\n", "\n");
        let is_empty = matches!(name, "before_dependencies" | "after_dependencies" | "after_project" | "end");
        assert_eq!(kept.lines().count() == ours.lines().count(), is_empty, "{name}:\n{theirs}");
    }
}
