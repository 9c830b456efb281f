//! The signal that stops a container.

checked_text!(
    /// The signal with which an engine asks a container to stop, in the syntax of `STOPSIGNAL`.
    ///
    /// ```text
    /// signal = "SIG" ( "HUP" | "INT" | "QUIT" | "ABRT" | "USR1" | "USR2" | "ALRM" | "TERM" | "WINCH" )
    /// ```
    ///
    /// `SIGKILL` is missing: it is what an engine sends to a program that does not stop.
    StopSignal,
    "a signal that stops a program: SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGABRT, SIGALRM, SIGUSR1, SIGUSR2 or SIGWINCH",
    |text| {
        let known = ["HUP", "INT", "QUIT", "ABRT", "USR1", "USR2", "ALRM", "TERM", "WINCH"];
        text.strip_prefix("SIG").is_some_and(|name| known.contains(&name))
    }
);
