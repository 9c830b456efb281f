//! Debian packages for the build and for the image.

use crate::engines::builder::Builder;
use crate::engines::image::Image;
use crate::engines::project::{IN_TREE, Project, WHEEL_BACKEND};

on_every_builder!(slow: packages_are_in_the_build_and_in_the_image, packages_of_the_build_stay_out_of_the_image);

fn packages_are_in_the_build_and_in_the_image(builder: Builder) {
    let manifest = format!("{IN_TREE}\n[tool.agentix]\napt = ['hello', 'sl']\n");
    let backend = format!("import subprocess\nsubprocess.run(['/usr/bin/hello'], check=True)\n{WHEEL_BACKEND}");
    let project = Project::with_backend(&backend).file("pyproject.toml", manifest);
    let image = Image::of(builder, project.path());
    assert_eq!(image.run(&["hello"]), "Hello, world!\n");
    assert_eq!(image.python("import sample; print(sample.told)"), "None\n");
    // The package lists, the archives and the logs with the time of the installation are deleted.
    let left = "find /var/cache/apt /var/lib/apt/lists -type f -size +4k; cd /var/log; ls -d apt dpkg.log 2> /dev/null || true";
    assert_eq!(image.run(&["sh", "-c", left]), "");
    assert_eq!(image.run(&["sh", "-c", "echo ${DEBIAN_FRONTEND-unset}"]), "unset\n");
}

/// The first project lists its dependencies. The dependencies of the second are known only after its build.
fn packages_of_the_build_stay_out_of_the_image(builder: Builder) {
    let backend = format!("import subprocess\nsubprocess.run(['/usr/bin/hello'], check=True)\n{WHEEL_BACKEND}");
    for kind in ["dependencies = ['six']", "dynamic = ['dependencies']"] {
        let manifest = IN_TREE.replacen("[project]\n", &format!("[project]\n{kind}\n"), 1);
        let manifest = format!("{manifest}\n[tool.agentix]\nbuild-apt = ['hello']\napt = ['sl']\n");
        let project = Project::with_backend(&backend).file("pyproject.toml", manifest);
        let image = Image::of(builder, project.path());
        assert_eq!(image.run(&["sh", "-c", "test ! -e /usr/bin/hello && ls /usr/games/sl"]), "/usr/games/sl\n");
        assert_eq!(image.python("import sample; print(sample.told)"), "None\n");
        // Nothing is left of what an installer has replaced in the other stage.
        let doubled = "from importlib.metadata import distributions as all\nnames = [one.name.lower() for one in all()]\n\
                       print(len(names) - len(set(names)))";
        assert_eq!(image.python(doubled), "0\n");
    }
}
