use serde_json::json;

use super::Plan;
use crate::bundle::Bundle;
use crate::files::Listing;
use crate::project::{Config, Workspace};
use crate::value::Dialect;

fn plan(files: &[(&str, &str)], flags: &str) -> serde_json::Value {
    pinned_plan(files, flags, &crate::bundle::pins::Pins::default())
}

fn bundle(files: &[(&str, &str)], flags: &str) -> Bundle {
    let listing = Listing::from_files(files.iter().copied()).unwrap();
    let flags: Config = toml::from_str(flags).unwrap();
    let workspace = Workspace::in_listing(&listing, "", &flags).unwrap();
    Bundle::new(workspace, listing, flags).unwrap()
}

fn pinned_plan(files: &[(&str, &str)], flags: &str, pins: &crate::bundle::pins::Pins) -> serde_json::Value {
    serde_json::to_value(Plan::new(&bundle(files, flags).with_pins(pins), Dialect::Classic)).unwrap()
}

const MANIFEST: &str = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['rich']\n\
                        [tool.agentix]\nlabel = { team = 'a' }\nruntime-image = 'written:1'\n";

#[test]
fn each_decision_has_a_source() {
    let plan = plan(&[("pyproject.toml", MANIFEST)], "runtime-image = 'given:1'\napt = ['git']");
    let decision = |key: &str| plan["decisions"][key].clone();
    assert_eq!(decision("runtime-image"), json!({ "value": "given:1", "from": "option" }));
    assert_eq!(decision("apt"), json!({ "value": ["git"], "from": "option" }));
    assert_eq!(decision("label")["from"], "[tool.agentix]");
    assert_eq!(decision("tag"), json!({ "value": ["hello:1.0"], "from": "name and version" }));
    assert_eq!(decision("installer"), json!({ "value": "pip", "from": "default" }));
    assert_eq!(decision("dialect")["value"], "classic");
    assert_eq!(decision("platform"), serde_json::Value::Null);
}

#[test]
fn the_requirements_of_a_list_are_shown() {
    const LIB: &str =
        "[project]\nname = 'lib'\nversion = '1'\n[build-system]\nrequires = ['flit_core']\nbuild-backend = 'x'\n";
    let planned = |list: &str| {
        let files = [("requirements.txt", list), ("run.py", ""), ("lib/pyproject.toml", LIB)];
        let listing = Listing::from_files(files.map(|(path, text)| (format!("app/{path}"), text))).unwrap();
        let flags: Config = toml::from_str("tag = 'a:1'").unwrap();
        let workspace = Workspace::in_listing(&listing, "app", &flags).unwrap();
        let bundle = Bundle::new(workspace, listing, flags).unwrap();
        let planned = serde_json::to_value(Plan::new(&bundle, Dialect::Classic)).unwrap()["dependencies"].clone();
        assert_eq!(planned["from"], "requirements.txt");
        planned["requirements"].clone()
    };
    let locked = format!("six==1.17.0 --hash=sha256:{}\n", "0".repeat(64));
    assert_eq!(planned(&locked), json!(["six==1.17.0"]));
    let open = "rich>=13 # why\n./lib[x] ; python_version > '3'\nhttps://x.example/a-1-py3-none-any.whl";
    let expected = json!(["rich>=13", "lib[x]; python_version > '3'", "https://x.example/a-1-py3-none-any.whl"]);
    assert_eq!(planned(open), expected);
}

#[test]
fn the_python_has_a_range_with_its_sources() {
    let group = "requires-python = '>=3.9'\n[dependency-groups]\nrun = []\n\
                 [tool.uv.dependency-groups]\nrun = { requires-python = '>=3.13' }\n[tool.agentix]";
    let manifest = MANIFEST.replace("[tool.agentix]", group);
    let from = json!(["requires-python of `hello` (`>=3.9`)", "requires-python of group `run` of `hello` (`>=3.13`)"]);
    let selected = plan(&[("pyproject.toml", &manifest)], "group = 'run'");
    assert_eq!(selected["requires-python"], json!({ "range": ">=3.13", "from": from }));
    let plain = plan(&[("pyproject.toml", &manifest)], "");
    assert_eq!(plain["requires-python"], json!({ "range": ">=3.9", "from": [from[0]] }));
    assert_eq!(plan(&[("pyproject.toml", MANIFEST)], "")["requires-python"], serde_json::Value::Null);
}

#[test]
fn each_secret_has_a_source() {
    let index = "[[tool.uv.index]]\nname = 'corp'\nurl = 'https://corp.example'\nauthenticate = 'always'\n";
    let manifest = format!("{MANIFEST}[tool.agentix.secret]\nnetrc = {{ src = '/netrc' }}\n{index}");
    let plan = plan(&[("pyproject.toml", &manifest)], "secret = { token = { env = 'TOKEN' } }");
    let credential =
        |id: &str| json!({ "id": id, "env": id, "required": true, "index": "corp", "from": "[[tool.uv.index]]" });
    let expected = json!([
        { "id": "netrc", "src": "/netrc", "required": true, "index": null, "from": "[tool.agentix]" },
        { "id": "token", "env": "TOKEN", "required": true, "index": null, "from": "option" },
        credential("UV_INDEX_CORP_USERNAME"),
        credential("UV_INDEX_CORP_PASSWORD"),
    ]);
    assert_eq!(plan["secrets"], expected);
}

#[test]
fn each_pin_has_a_source() {
    let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
    let locked: crate::value::ImageRef = format!("written:1@{}", digest("1")).parse().unwrap();
    let flags = format!("installer = 'uv'\nuv-image = 'uv@{}'", digest("2"));
    let files = [("pyproject.toml", MANIFEST), ("default.nix", "{}")];
    let plan = pinned_plan(&files, &flags, &crate::bundle::pins::Pins::new([locked]));
    let expected = json!([
        { "image": "written:1", "digest": digest("1"), "from": "agentix.lock" },
        { "image": "uv", "digest": digest("2"), "from": "option" },
    ]);
    assert_eq!(plan["pins"], expected);
    assert_eq!(plan["images"].as_array().unwrap().len(), 3);
}

#[test]
fn a_standalone_image_starts_from_python() {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\nrequires-python = '>=3.12'\n";
    let decisions = plan(&[("pyproject.toml", manifest)], "standalone = true")["decisions"].clone();
    let image = json!({ "value": "python:3.14-slim", "from": "requires-python and .python-version" });
    assert_eq!(decisions["python-image"], image);
    assert_eq!(decisions["agentix-version"], json!({ "value": "0.1.0", "from": "default" }));
    assert_eq!(decisions["standalone"]["from"], "option");
    assert_eq!(decisions["runtime-image"], serde_json::Value::Null);
}

#[test]
fn dependencies_come_from_the_lock() {
    let listed = plan(&[("pyproject.toml", MANIFEST)], "");
    assert_eq!(listed["dependencies"]["from"], "pyproject.toml");
    assert_eq!(listed["dependencies"]["requirements"], json!(["rich"]));
    let loose = plan(&[("pyproject.toml", MANIFEST), ("requirements.txt", "rich>=1\n")], "");
    assert_eq!(loose["dependencies"]["from"], "pyproject.toml");
    let fixed = plan(&[("pyproject.toml", MANIFEST), ("requirements.txt", "rich==13.0\n")], "");
    assert_eq!(fixed["dependencies"]["from"], "requirements.txt");
    let pylock = "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'rich'\n";
    let locked = plan(&[("pyproject.toml", MANIFEST), ("pylock.toml", pylock)], "");
    assert_eq!(locked["dependencies"]["from"], "pylock.toml");
    assert_eq!(locked["decisions"]["installer"], json!({ "value": "uv", "from": "pylock.toml" }));
}

/// Compares all decisions for a project without any configuration.
#[test]
fn unset_keys_get_defaults() {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\n";
    let plan = Plan::new(&bundle(&[("pyproject.toml", manifest)], ""), Dialect::BuildKit);
    assert_eq!((plan.schema, plan.kind, plan.dependencies.hashed), (1, "package", false));
    let label = json!({
        "org.opencontainers.image.base.name": crate::bundle::DEFAULT_RUNTIME_IMAGE,
        "org.opencontainers.image.title": "hello",
        "org.opencontainers.image.version": "1.0",
    });
    let expected = json!({
        "compile-bytecode": { "value": true, "from": "default" },
        "dialect": { "value": "buildkit", "from": "default" },
        "installer": { "value": "pip", "from": "default" },
        "label": { "value": label, "from": "pyproject.toml" },
        "layout": { "value": "staged", "from": "default" },
        "nix-plugins": { "value": false, "from": "default" },
        "project-version": { "value": "1.0", "from": "pyproject.toml" },
        "runtime-image": { "value": crate::bundle::DEFAULT_RUNTIME_IMAGE, "from": "default" },
        "ship-source": { "value": false, "from": "default" },
        "tag": { "value": ["hello:1.0"], "from": "name and version" },
        "user": { "value": null, "from": "runtime-image" },
    });
    assert_eq!(serde_json::to_value(plan.decisions).unwrap(), expected);
}

#[test]
fn the_user_is_of_the_base_image_if_it_is_not_ours() {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\n";
    let user = |flags: &str| plan(&[("pyproject.toml", manifest)], flags)["decisions"]["user"].clone();
    assert_eq!(user("runtime-image = 'own:1'"), json!({ "value": null, "from": "runtime-image" }));
    let account = json!({ "name": "agentix", "uid": 65532 });
    assert_eq!(user("standalone = true"), json!({ "value": account, "from": "standalone" }));
    for flags in ["user = 'root'", "standalone = true\nuser = 'root'"] {
        assert_eq!(user(flags), json!({ "value": "root", "from": "option" }));
    }
}

#[test]
fn decisions_from_other_files_name_the_file() {
    let manifest = "[project]\nname = 'hello'\ndynamic = ['version']\n[build-system]\nrequires = ['x']\n[tool.uv]\n";
    let metadata = "Metadata-Version: 2.4\nName: hello\nVersion: 2.5\n";
    let files = [("pyproject.toml", manifest), ("PKG-INFO", metadata), ("default.nix", "{}")];
    let plan = plan(&files, "source-date-epoch = 7");
    let decision = |key: &str| plan["decisions"][key].clone();
    assert_eq!(decision("project-version"), json!({ "value": "2.5", "from": "PKG-INFO" }));
    assert_eq!(decision("installer"), json!({ "value": "uv", "from": "[tool.uv]" }));
    assert_eq!(decision("uv-image"), json!({ "value": crate::bundle::DEFAULT_UV_IMAGE, "from": "default" }));
    assert_eq!(decision("nix"), json!({ "value": "default.nix", "from": "default.nix" }));
    assert_eq!(decision("nix-image"), json!({ "value": crate::bundle::DEFAULT_NIX_IMAGE, "from": "default" }));
    let arguments = json!({ "SOURCE_DATE_EPOCH": "7", "UV_NO_INSTALLER_METADATA": "1" });
    assert_eq!(decision("build-arg"), json!({ "value": arguments, "from": "default" }));
}

#[test]
fn an_image_is_listed_once() {
    let files = [("pyproject.toml", MANIFEST), ("default.nix", "{}")];
    let plan = plan(&files, "installer = 'uv'\nuv-image = 'tools:1'\nnix-image = 'tools:1'");
    assert_eq!(plan["images"], json!(["written:1", "tools:1"]));
}

#[test]
fn scripts_are_not_a_package() {
    assert_eq!(plan(&[("pyproject.toml", "[tool.poetry]\nname = 'hello'\n")], "tag = 'a:1'")["kind"], "scripts");
}

#[test]
fn hashes_depend_on_the_lock() {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies = ['rich']\n";
    let dependencies = |lock: &str, text: &str| {
        let plan = plan(&[("pyproject.toml", manifest), (lock, text)], "");
        (plan["dependencies"]["from"].clone(), plan["dependencies"]["hashed"].clone())
    };
    let uv = "version = 1\n[[package]]\nname = 'hello'\nversion = '1.0'\nsource = { editable = '.' }\n\
              metadata = { requires-dist = [{ name = 'rich' }] }\n";
    assert_eq!(dependencies("uv.lock", uv), ("uv.lock".into(), true.into()));
    let pylock = "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'rich'\n";
    assert_eq!(dependencies("pylock.toml", pylock), ("pylock.toml".into(), true.into()));
    let hashed = "rich==13.0 --hash=sha256:00\n";
    assert_eq!(dependencies("requirements.txt", hashed), ("requirements.txt".into(), true.into()));
    assert_eq!(dependencies("requirements.txt", "rich==13.0\n"), ("requirements.txt".into(), false.into()));
    assert_eq!(dependencies("other.txt", ""), ("pyproject.toml".into(), false.into()));
    let installer = |lock: &str, text: &str| {
        plan(&[("pyproject.toml", manifest), (lock, text)], "")["decisions"]["installer"]["from"].clone()
    };
    assert_eq!((installer("uv.lock", uv), installer("pylock.toml", pylock)), ("uv.lock".into(), "pylock.toml".into()));
    let settings = "link-mode = 'copy'\n";
    assert_eq!(installer("uv.toml", settings), "uv.toml");
    let with_table = format!("{manifest}[tool.uv]\nlink-mode = 'copy'\n");
    let with_both = plan(&[("pyproject.toml", &with_table), ("uv.toml", settings)], "");
    assert_eq!(with_both["decisions"]["installer"]["from"], "[tool.uv]");
    let with_table = plan(&[("pyproject.toml", &with_table)], "");
    assert_eq!(with_table["decisions"]["installer"]["from"], "[tool.uv]");
}
