//! A standalone bundle needs no runtime image. It is built on an image that has only Python.

use crate::engines::builder::Builder;
use crate::engines::container::Container;
use crate::engines::image::Image;
use crate::engines::outcome::Outcome;
use crate::engines::project::hello_agent;

on_every_builder!(a_standalone_image_serves);

fn a_standalone_image_serves(builder: Builder) {
    for installer in ["pip", "uv"] {
        let image = Image::with(builder, &hello_agent(), &["--standalone", "--installer", installer]);
        let container = Container::start(&image);
        assert_eq!(container.get("/health").unwrap(), r#"{"status":"ok","version":"0.1.0"}"#, "{installer}");
        let python = image.run(&["python", "-c", "import agentix, hello_agent, rich, sys; print(sys.prefix)"]);
        assert_eq!(python, "/nix/runtime\n", "{installer}");
        let tools = "import importlib.util as i; print([x for x in ('pip', 'setuptools', 'wheel') if i.find_spec(x)])";
        assert_eq!(image.python(tools), "[]\n", "{installer}");
        // The files that are needed to build the runtime stay in its stage.
        let left = "find /root /tmp /var/cache/pip /var/cache/uv /usr/local/bin/uv -type f -newer /nix/runtime/pyvenv.cfg \
                    2> /dev/null || true";
        assert_eq!(image.run(&["sh", "-c", left]), "", "{installer}");
        let below = image_layers(builder, "python:3.11-slim");
        assert!(image.layers().starts_with(&below), "{installer}");
    }
}

fn image_layers(builder: Builder, name: &str) -> Vec<String> {
    let mut command = builder.command(builder.runner());
    command.args(["image", "inspect", "--format", "{{json .RootFS.Layers}}", name]);
    serde_json::from_str(&Outcome::of_success(&mut command).stdout).unwrap()
}
