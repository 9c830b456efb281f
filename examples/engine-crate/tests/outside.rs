//! Tests which items of `agentix-gen` another crate can create and call.

use std::fs;
use std::sync::Arc;

use agentix_engine_handover::Handover;
use agentix_gen::build_image::BuildError;
use agentix_gen::engine::EngineError;
use agentix_gen::value::ExecForm;
use agentix_gen::{
    BuildOptions, BuildRequest, Bundle, Config, Control, Engine, Listing, Outcome, Project, Registry, build,
};

const MANIFEST: &str = "[project]\nname = 'hello'\nversion = '1.0'\n";

fn bundle(config: Config) -> Bundle {
    let listing = Listing::from_files([("pyproject.toml", MANIFEST), ("hello.py", "")]).unwrap();
    Bundle::new(MANIFEST.parse::<Project>().unwrap(), listing, config).unwrap()
}

fn folder(name: &str) -> camino::Utf8PathBuf {
    let folder = camino::Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn an_engine_from_another_crate_builds() {
    let folder = folder("builds");
    let mut registry = Registry::default();
    registry.register(Arc::new(Handover { folder: folder.clone() }));
    let mut config = Config::default();
    config.entrypoint = Some(ExecForm::new(["python", "-m", "hello"]).unwrap());
    let mut ignore = |_: agentix_gen::Event<'_>| {};
    let mut control = Control::new(&folder, &mut ignore);
    let engine = registry.get("handover").unwrap();
    let built = build(&bundle(config), &*engine, &BuildOptions::default(), &mut control).unwrap();
    assert_eq!((built.engine.as_str(), built.up_to_date), ("handover", false));
    let archive = fs::read(folder.join("hello.tar")).unwrap();
    assert_eq!(archive.len() as u64, built.context_bytes);
    assert!(String::from_utf8_lossy(&archive).contains("ENTRYPOINT [\"python\", \"-m\", \"hello\"]"));
    assert!(!folder.join("hello.part").exists());
}

#[test]
fn an_external_error_has_a_source_and_a_remedy() {
    let folder = folder("fails");
    fs::write(&folder, "a file").unwrap();
    let engine = Handover { folder: folder.clone() };
    let mut ignore = |_: agentix_gen::Event<'_>| {};
    let mut control = Control::new(&folder, &mut ignore);
    let failed = build(&bundle(Config::default()), &engine, &BuildOptions::default(), &mut control);
    match failed {
        Err(BuildError::Engine(EngineError::External { engine, source, remedy, .. })) => {
            assert_eq!(engine, "handover");
            assert!(source.to_string().contains("cannot be written"), "{source}");
            assert!(remedy.is_some());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_and_outcomes_can_be_created() {
    let request = BuildRequest::new("hello:1".parse().unwrap());
    assert_eq!(request.tags.len(), 1);
    assert_eq!(Outcome::new("sha256:1", 7).context_bytes, 7);
    let engine: &dyn Engine = &Handover { folder: "x".into() };
    assert!(matches!(engine.digests(&request.tags[0], &Default::default()), Err(EngineError::Unsupported { .. })));
}

/// A caller can run a long operation on another thread.
#[test]
fn a_control_moves_to_another_thread() {
    let folder = folder("thread");
    let mut lines = 0;
    let mut count = |_: agentix_gen::Event<'_>| lines += 1;
    let mut control = Control::new(&folder, &mut count);
    let bundle = bundle(Config::default());
    std::thread::scope(|scope| {
        let engine = Handover { folder: folder.clone() };
        let work = scope.spawn(move || build(&bundle, &engine, &BuildOptions::default(), &mut control).unwrap());
        work.join().unwrap();
    });
    assert!(lines >= 3);
}
