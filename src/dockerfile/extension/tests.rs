use super::{Template, blocks};
use crate::bundle::Bundle;
use crate::dockerfile::templates::TEMPLATES;
use crate::dockerfile::{RenderError, render};
use crate::files::Listing;
use crate::project::Config;
use crate::value::Dialect;

/// The value of the label. It must never become an instruction.
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
fn a_block_can_be_filled_and_the_rest_stays_the_same() {
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
fn super_keeps_the_content_of_a_block() {
    let ours = extended("{% extends 'bundle.dockerfile' %}").unwrap();
    for block in blocks(TEMPLATES.iter().find(|(name, _)| *name == super::BASE).unwrap().1) {
        let kept =
            format!("{{% extends 'bundle.dockerfile' %}}{{% block {} %}}{{{{ super() }}}}{{% endblock %}}", block.1);
        assert_eq!(extended(&kept).unwrap(), ours, "{}", block.1);
    }
}

#[test]
fn blocks_are_rendered_in_order() {
    let fills = ["before_dependencies", "after_dependencies", "project", "after_project", "end"]
        .map(|name| format!("{{% block {name} %}}\n{{{{ super() }}}}# {name}\n{{% endblock %}}"));
    let text = extended(&format!("{{% extends 'bundle.dockerfile' %}}{}", fills.concat())).unwrap();
    let mut at = 0;
    for expected in [
        "\nFROM agentix/runtime:0.1.0\n",
        "\n# before_dependencies\n",
        "\n# after_dependencies\n",
        "\nCOPY --from=build ",
        "\n# project\n",
        "\n# after_project\n",
        "\nLABEL key=",
        "\n# end\n",
    ] {
        at += text[at..].find(expected).unwrap_or_else(|| panic!("{expected:?} is missing or out of order in\n{text}"));
    }
}

/// No template construct prints an unchecked value.
#[test]
fn no_construct_prints_an_unchecked_value() {
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
fn only_built_in_templates_can_be_included() {
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
fn messages_name_the_file_the_line_and_the_error() {
    for (template, message) in [
        ("USER x", "site.dockerfile: the template must start with `{% extends \"bundle.dockerfile\" %}`"),
        (
            "{% extends 'bundle.dockerfile' %}\n{% block end %}{{ nothing }}{% endblock %}",
            "site.dockerfile:2: unknown variable `nothing`; known variables: account, agentix_version, apt, ",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{% block end %}{{ super() }}{{ labels[0].colour }}{% endblock %}",
            "site.dockerfile:2: undefined value in `{% block end %}{{ super() }}{{ labels[0].colour }}{% endblock %}`",
        ),
        (
            "{% extends 'bundle.dockerfile' %}{% block end %}\n{% for one in labels %}\n{{ one.none }}{% endfor %}{% endblock %}",
            "site.dockerfile:3: undefined value in `{{ one.none }}{% endfor %}{% endblock %}`",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n\n{% block end %}\n{{ labels[0].value }}{% endblock %}",
            "site.dockerfile:4: bad string escape: the template prints a value that is neither checked nor quoted",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{# {% block other %} #}\n{%- block  ende %}{% endblock %}",
            "site.dockerfile:3: unknown block `ende`; known blocks: ",
        ),
        (
            "{% extends 'bundle.dockerfile' %}\n{# #}{%+ block ende %}{% endblock %}{# #}",
            "site.dockerfile:2: unknown block `ende`; known blocks: ",
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
        (
            "{% extends 'bundle.dockerfile' %}\n{% block end %}\nRUN x https://me:hunter2@h.example.org{% endblock %}",
            "site.dockerfile:3: `https://…@h.example.org` contains credentials",
        ),
    ] {
        let error = extended(template).unwrap_err();
        assert!(error.starts_with(message), "{error}");
    }
}

/// Each variable that the message lists is always defined.
#[test]
fn all_listed_variables_are_defined() {
    let error = at_the_end("{{ nothing }}").unwrap_err();
    let listed: Vec<&str> = error.split_once("; known variables: ").unwrap().1.split(", ").collect();
    assert!(listed.contains(&"runtime_image") && listed.contains(&"labels") && listed.len() > 20, "{listed:?}");
    let uses = |name: &str| at_the_end(&format!("{{% if {name} %}}{{% endif %}}"));
    uses("nothing").unwrap_err();
    for name in listed {
        uses(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn a_template_that_runs_too_long_is_stopped() {
    let loops = "{% for a in all %}".repeat(9) + &"{% endfor %}".repeat(9);
    let started = std::time::Instant::now();
    let error = at_the_end(&format!("{{% set all = [0,1,2,3,4,5,6,7,8,9] %}}{loops}")).unwrap_err();
    assert!(error.contains("rendering takes more than"), "{error}");
    let long = format!("{}{}{}", "{% for a in all %}".repeat(4), "x".repeat(10_000), "{% endfor %}".repeat(4));
    let error = at_the_end(&format!("{{% set all = [0,1,2,3,4,5,6,7,8,9] %}}{long}")).unwrap_err();
    assert!(error.contains("is longer than"), "{error}");
    assert!(at_the_end("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").is_err());
    assert!(at_the_end("{{ self.end() }}").is_err());
    assert!(at_the_end(&"(".repeat(100_000)).is_ok());
    assert!(at_the_end(&format!("{{{{ {} }}}}", "(".repeat(100_000))).is_err());
    assert!(started.elapsed() < std::time::Duration::from_secs(30));
}

/// A project that uses every feature renders every block, and a user's text replaces the content of each one.
#[test]
fn every_documented_block_can_be_replaced() {
    let page = include_str!("../../../docs/templates.md");
    let table = page.split_once("| block | holds |\n|---|---|\n").unwrap().1.split_once("\n\n").unwrap().0;
    let documented: Vec<&str> = table.lines().map(|line| line.split('`').nth(1).unwrap()).collect();
    let base = TEMPLATES.iter().find(|(name, _)| *name == super::BASE).unwrap().1;
    assert_eq!(documented, blocks(base).map(|(_, name)| name).collect::<Vec<_>>());

    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['rich']";
    let flags = "standalone = true\ninstaller = 'uv'\napt = ['git']\nbuild-apt = ['gcc']\nuser = 'agent'\nnix-plugins = true\nenv = { A = 'b' }";
    for name in documented {
        let template =
            format!("{{% extends 'bundle.dockerfile' %}}{{% block {name} %}}\n# Replacement.\n{{% endblock %}}");
        let listing = Listing::from_files([("pyproject.toml", manifest), ("default.nix", "{}")]).unwrap();
        let project = manifest.parse::<crate::project::Project>().unwrap();
        let bundle = Bundle::new(project, listing, toml::from_str::<Config>(flags).unwrap()).unwrap();
        let ours = render(&bundle, Dialect::Classic).unwrap();
        let theirs = render(&bundle.with_template(Template::new("own", template)), Dialect::Classic).unwrap();
        assert!(theirs.contains("\n# Replacement.\n"), "{name}:\n{theirs}");
        let kept = theirs.replace("\n# Replacement.\n", "\n");
        let is_empty = matches!(name, "before_dependencies" | "after_dependencies" | "after_project" | "end");
        assert_eq!(kept.lines().count() == ours.lines().count(), is_empty, "{name}:\n{theirs}");
    }
}

#[test]
fn the_written_text_has_a_greatest_length() {
    use std::io::Write;

    let mut writer = super::Bounded::default();
    writer.write_all(&vec![b'x'; super::LONGEST]).unwrap();
    assert!(!writer.overflows && writer.bytes.len() == super::LONGEST);
    assert!(writer.write_all(b"x").is_err() && writer.overflows);
}

#[test]
fn an_error_has_the_number_of_its_line() {
    let line = |template: &str| match render(&bundle(template), Dialect::BuildKit) {
        Err(RenderError::Template(error)) => error.line(),
        other => panic!("{other:?}"),
    };
    assert_eq!(line("{% extends 'bundle.dockerfile' %}\n\n{% if a * 2 %}"), Some(3));
    assert_eq!(line(&"a".repeat(300_000)), None);
}
