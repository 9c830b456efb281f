//! The runtime image, and its parts in a standalone image.

use super::container::default_account;
use super::instruction::{Instruction, instruction, run};
use super::with_tag;

pub(crate) fn runtime(python: &str, agentix: &str) -> Vec<Instruction> {
    // The images here have other names than official Python images, whose tags tell the version.
    let labels = instruction("LABEL", &["dev.agentix.python", "", "dev.agentix.version", agentix]);
    let base = vec![instruction("FROM", &[&with_tag(python)]), instruction("USER", &["0"])];
    let environment = vec![run(&make_environment(agentix)), default_account()];
    let runs = [
        instruction("ENV", &["AGENTIX_USER", "65532:65532"]),
        instruction("ENV", &["PYTHONUNBUFFERED", "1"]),
        instruction("WORKDIR", &["/home/agentix"]),
        instruction("USER", &["65532:65532"]),
    ];
    [base, environment, server().into(), runs.into(), vec![labels]].concat()
}

fn make_environment(agentix: &str) -> String {
    let install = "/nix/runtime/bin/pip install --no-cache-dir --upgrade pip";
    format!("python -m venv /nix/runtime && {install} agentixx=={agentix}{}", add_server(agentix))
}

/// Adds the program of the server, from the version on that does not install it.
pub(super) fn add_server(agentix: &str) -> String {
    let numbers: Vec<u64> = agentix.split('.').map_while(|number| number.parse().ok()).collect();
    if !agentix.contains('!') && numbers < vec![0, 2, 7] {
        return String::new();
    }
    let server = "/nix/runtime/bin/agentix-server";
    format!(
        " && printf '%s\\n' '#!/nix/runtime/bin/python' 'from agentix.runtime.server import main' 'main()' > \
         {server} && chmod 755 {server}"
    )
}

pub(super) fn server() -> [Instruction; 4] {
    let entrypoint = instruction("ENTRYPOINT", &["/nix/runtime/bin/agentix-server"]);
    [
        instruction("ENV", &["PATH", "/nix/runtime/bin:/usr/bin"]),
        instruction("ENV", &["AGENTIX_BIND_PORT", "8000"]),
        instruction("EXPOSE", &["8000"]),
        Instruction { json: true, ..entrypoint },
    ]
}
