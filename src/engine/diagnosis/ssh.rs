//! What builders and git print if a step cannot use ssh.

/// The remedy for a step without an agent or key.
pub(super) const ACCESS: &str = "pass an agent that has the key, `ssh = [\"default\"]` in [tool.agentix] with SSH_AUTH_SOCK set, or the key \
                                 itself: --ssh default=~/.ssh/id_ed25519";

/// The remedy for a file that is no usable key.
const KEY: &str = "name the file of a private key without a passphrase, or add the key to an agent (ssh-add) and use `ssh = [\"default\"]`";

/// The remedy for a server that the step does not know.
const HOST: &str = "the step does not know the server: trust the key that it shows, with `GIT_SSH_COMMAND = \"ssh -o \
                    StrictHostKeyChecking=accept-new\"` in [tool.agentix.build-arg], or copy a known_hosts file to the base image";

/// Texts of lines, and the remedy.
const TEXTS: &[(&[&str], &str)] = &[
    (&["ssh: no key found", "ssh: this private key is passphrase protected"], KEY),
    (&["Host key verification failed."], HOST),
    (
        &[
            // BuildKit, and docker's client.
            "unset ssh forward key ",
            "invalid empty ssh agent socket: ",
            // Podman and buildah.
            "$SSH_AUTH_SOCK not set",
            "ssh required but no ssh with id ",
            // git.
            ": Permission denied (publickey",
        ],
        ACCESS,
    ),
];

/// Returns the remedy if a line reports that a step cannot use ssh.
pub(super) fn remedy(line: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(texts, _)| texts.iter().any(|text| line.contains(text))).map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use crate::engine::{Cause, CauseKind};

    /// Lines of docker 20.10, buildx 0.13, podman 4.3 and buildah 1.28, and of git in a step.
    #[test]
    fn each_line_has_its_remedy() {
        for (line, remedy) in [
            ("ERROR: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set", "pass an agent"),
            ("Error: creating build executor: $SSH_AUTH_SOCK not set", "pass an agent"),
            (
                "resolving mountpoints for container \"0ef\": ssh required but no ssh with id default found",
                "pass an agent",
            ),
            ("ERROR: failed to solve: rpc error: code = Unknown desc = unset ssh forward key default", "pass an agent"),
            ("#9 1.2       git@git.example.org: Permission denied (publickey).", "pass an agent"),
            ("ERROR: failed to parse /keys/a: ssh: no key found", "without a passphrase"),
            ("Error: creating build executor: cannot parse ssh key: ssh: no key found", "without a passphrase"),
            ("#9 1.2       Host key verification failed.", "GIT_SSH_COMMAND"),
        ] {
            let cause = Cause::from_line(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(cause.kind, CauseKind::Ssh, "{line}");
            assert!(cause.remedy().contains(remedy), "{line}: {}", cause.remedy());
        }
        let cause = Cause::from_line("ssh: Could not resolve hostname git.example.org: Name or service not known");
        assert_eq!(cause.map(|cause| cause.kind), Some(CauseKind::Network));
    }
}
