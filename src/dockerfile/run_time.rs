//! Template values for the image's metadata and run-time settings.

use minijinja::context;
use minijinja::value::Value;

use super::templates::checked;
use crate::bundle::Bundle;
use crate::value::{ExecForm, Healthcheck};

pub(super) fn values(bundle: &Bundle) -> Value {
    let config = bundle.config();
    let account = config.user.as_ref().and_then(|user| user.account());
    let env = config.env.iter().map(|(name, value)| context! { name => checked(name), value => value.as_str() });
    let labels = bundle.labels().iter().map(|(key, value)| context! { key => checked(key), value => value.as_str() });
    context! {
        apt => bundle.apt().iter().map(checked).collect::<Vec<_>>(),
        build_apt => bundle.build_apt().iter().map(checked).collect::<Vec<_>>(),
        account => account.map(|account| context! { name => checked(&account.name), uid => checked(&account.uid) }),
        user => config.user.as_ref().map(checked),
        workdir => config.workdir.as_ref().map(checked),
        env => env.collect::<Vec<_>>(),
        expose => bundle.expose().iter().map(checked).collect::<Vec<_>>(),
        healthcheck => config.healthcheck.as_ref().map(healthcheck),
        entrypoint => config.entrypoint.as_ref().map(words),
        cmd => config.cmd.as_ref().map(words),
        labels => labels.collect::<Vec<_>>(),
    }
}

fn healthcheck(check: &Healthcheck) -> Value {
    let durations = [
        ("interval", check.interval.as_ref()),
        ("timeout", check.timeout.as_ref()),
        ("start-period", check.start_period.as_ref()),
    ];
    let durations = durations.into_iter().filter_map(|(name, value)| Some(format!("--{name}={}", value?)));
    let retries = check.retries.map(|retries| format!("--retries={retries}"));
    let options = durations.chain(retries).map(|option| checked(&option));
    context! { options => options.collect::<Vec<_>>(), cmd => words(&check.cmd) }
}

fn words(command: &ExecForm) -> Vec<String> {
    command.words().map(str::to_owned).collect()
}
