use super::{Config, Form};

fn config(text: &str) -> Config {
    toml::from_str(text).unwrap()
}

#[test]
fn overlay_replaces_values_joins_lists_and_merges_tables() {
    let file = config(
        "tag = 'a:1'\nruntime-image = 'base:1'\ninclude = ['x']\nsymlinks = 'follow'\nnetwork = 'host'\n\
         label = { a = '1', b = '1' }",
    );
    let flags = config("tag = ['b:1', 'c:1']\ninclude = 'y'\nlabel = { b = '2' }");
    let both = flags.overlay(file);
    let merged = "tag = ['b:1', 'c:1']\nruntime-image = 'base:1'\ninclude = ['y', 'x']\nsymlinks = 'follow'\n\
                  network = 'host'\nlabel = { a = '1', b = '2' }";
    assert_eq!(both, config(merged));
}

/// Parses the example of each option. A merge keeps its value on either side.
#[test]
fn every_option_is_parsed_and_merged() {
    for option in Config::OPTIONS {
        let set = config(&format!("{} = {}", option.key, option.example));
        assert_ne!(set, Config::default(), "{}", option.key);
        assert_eq!(set.clone().overlay(Config::default()), set, "{}", option.key);
        assert_eq!(Config::default().overlay(set.clone()), set, "{}", option.key);
    }
}

#[test]
fn every_key_is_its_serde_name() {
    let serde_json::Value::Object(written) = serde_json::to_value(Config::default()).unwrap() else { panic!() };
    let mut keys: Vec<&str> = Config::OPTIONS.iter().map(|option| option.key).collect();
    keys.sort_unstable();
    let mut written: Vec<&str> = written.keys().map(String::as_str).collect();
    written.sort_unstable();
    assert_eq!(keys, written);
}

#[test]
fn a_flag_sets_the_same_value_as_its_key() {
    let mut flags = Config::default();
    for (key, text) in [
        ("tag", "a:1"),
        ("tag", "b:1"),
        ("standalone", "true"),
        ("symlinks", "follow"),
        ("label", "a=x=y"),
        ("secret", "id=token,env=TOKEN"),
        ("max-context", "1KiB"),
    ] {
        Config::option(key).unwrap().flag.as_ref().unwrap().add(&mut flags, text).unwrap();
    }
    let keys = "tag = ['a:1', 'b:1']\nstandalone = true\nsymlinks = 'follow'\nlabel = { a = 'x=y' }\n\
                secret = { token = { env = 'TOKEN' } }\nmax-context = 1024";
    assert_eq!(flags, config(keys));
    let rejected = |key: &str, text: &str| {
        Config::option(key).unwrap().flag.as_ref().unwrap().add(&mut Config::default(), text).unwrap_err()
    };
    assert_eq!(rejected("symlinks", "copy"), "expected one of keep, follow");
    assert_eq!(rejected("label", "a"), "expected the form K=V");
}

#[test]
fn the_type_determines_the_form() {
    let form = |key: &str| Config::option(key).unwrap().form;
    assert_eq!(["standalone", "nix", "apt", "env"].map(form), [Form::Switch, Form::One, Form::Many, Form::Table]);
}

#[test]
fn help_is_one_line_without_a_final_full_stop() {
    for option in Config::OPTIONS {
        let help = option.help();
        assert!(!help.is_empty() && !help.ends_with('.') && !help.contains('\n'), "{}: {help}", option.key);
    }
}

/// TOML and JSON have different numbers.
#[test]
fn one_value_is_a_list() {
    let ports = |config: Config| config.expose.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ports(config("expose = 9000")), ports(config("expose = [9000]")));
    assert_eq!(ports(config("expose = 9000")).len(), 1);
    assert_eq!(ports(serde_json::from_str(r#"{ "expose": 9000 }"#).unwrap()), ports(config("expose = '9000'")));
    let error = toml::from_str::<Config>("expose = true").unwrap_err().to_string();
    assert!(error.contains("one value or a list of values"), "{error}");
}
