//! The names of files that list packages of conda.

use camino::Utf8Path;

/// Words in the names of such files. A folder with such files has one of them as its name.
const WORDS: [&str; 6] = ["conda", "env", "environment", "environments", "envs", "mamba"];

/// Folders of such files: `binder` is that of repo2docker.
const FOLDERS: [&str; 2] = ["binder", ".binder"];

/// Returns whether a path of a project has a usual name of a file that lists packages of conda: `environment-prod.yml`,
/// `conda/env.yaml`, `conda-lock.yml`, `conda-linux-64.lock`, `pixi.toml`.
pub(crate) fn is_of_conda(path: &str) -> bool {
    let (folder, file) = path.rsplit_once('/').map_or((None, path), |(folder, file)| (Some(folder), file));
    let (Some(stem), Some(end)) = (Utf8Path::new(file).file_stem(), Utf8Path::new(file).extension()) else {
        return false;
    };
    let has_word =
        |words: &[&str]| stem.split(['-', '_', '.']).any(|word| words.contains(&&*word.to_ascii_lowercase()));
    let is_named = match end {
        "yml" | "yaml" => has_word(&WORDS) && !stem.starts_with('.'),
        "lock" => has_word(&["conda"]) || stem == "pixi",
        "toml" => stem == "pixi",
        _ => false,
    };
    is_named && folder.is_none_or(|folder| WORDS.contains(&folder) || FOLDERS.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::is_of_conda;

    #[test]
    fn files_of_conda_have_usual_names() {
        for path in [
            "environment.yml",
            "environment.yaml",
            "environment-prod.yml",
            "prod_environment.yml",
            "env.yml",
            "conda.yaml",
            "conda/environment.yml",
            "binder/environment.yml",
            "envs/env.prod.yml",
            "conda-lock.yml",
            "conda-linux-64.lock",
            "pixi.toml",
            "pixi.lock",
        ] {
            assert!(is_of_conda(path), "{path}");
        }
        for path in [
            "poetry.toml",
            "tox.ini",
            "noxfile.py",
            "poetry.lock",
            "uv.lock",
            "environment.py",
            "environment.toml",
            ".env.yml",
            "docker-compose.yml",
            "src/environment.yml",
            "conda/a/environment.yml",
            "conda/meta.yaml",
            "config/pixi.toml",
        ] {
            assert!(!is_of_conda(path), "{path}");
        }
    }
}
