//! The check that the image can start, and the step that has it.

use super::super::inputs::{Backend, Inputs};
use super::instruction::{Instruction, instruction};

/// The check of the server at the end of a step, with what joins it to the step; empty if it belongs to another step.
pub(super) fn check_in(inputs: &Inputs, step: &str) -> String {
    let last = if inputs.nix.is_some() {
        "nix"
    } else if inputs.backend != Backend::Scripts && !inputs.is_complete() {
        "project"
    } else {
        "dependencies"
    };
    if step != last || inputs.run_time.entrypoint.is_some() {
        return String::new();
    }
    let joined = if step == "nix" { "; " } else { " && " };
    let condition = if inputs.standalone.is_some() { "" } else { "[ \"${AGENTIX_BIND_PORT:-}\" ] && " };
    let server = "/nix/runtime/bin/agentix-server";
    let load = "from importlib.metadata import distributions as d; \
                [__import__('agentix.runtime.server') for _ in d(name='agentixx')]";
    format!(
        "{joined}if {condition}[ ! -x {server} ]; then \
         echo 'the entry point {server} is missing or not executable' >&2; exit 1; \
         elif {condition}! /nix/runtime/bin/python -IBc \"{load}\"; then \
         echo 'the entry point {server} cannot be loaded' >&2; exit 1; fi"
    )
}

/// The check of a configured program.
pub(super) fn own_step(inputs: &Inputs) -> Option<Instruction> {
    let program = inputs.run_time.entrypoint.as_ref()?[0].as_str();
    let script = "IFS=:; case \"$0\" in */*) set -- \"\";; *) set -- $PATH;; esac; \
                  for folder; do file=\"${folder:+$folder/}$0\"; [ -f \"$file\" ] && [ -x \"$file\" ] && exit; done; \
                  echo \"the entry point $0 is missing or not executable\" >&2; exit 1";
    Some(Instruction { json: true, ..instruction("RUN", &["/bin/sh", "-c", script, program]) })
}
