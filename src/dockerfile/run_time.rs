//! Template values for the image's metadata and run-time settings.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::Value;

use super::templates::checked;
use crate::bundle::Bundle;
use crate::project::Config;
use crate::value::{Account, ExecForm, Healthcheck, USER_VARIABLE, User};

pub(super) fn values(bundle: &Bundle) -> Value {
    let config = bundle.config();
    let user = bundle.user();
    let account = user.as_ref().and_then(User::account);
    let folder = config.workdir.as_ref().map(ToString::to_string).or_else(|| account.map(Account::home));
    let env = environment(config, user.as_ref());
    let env = env.into_iter().map(|(name, value)| context! { name => checked(&name), value });
    let labels = bundle.labels().iter().map(|(key, value)| context! { key => checked(key), value => value.as_str() });
    context! {
        apt => bundle.apt().iter().map(checked).collect::<Vec<_>>(),
        build_apt => bundle.build_apt().iter().map(checked).collect::<Vec<_>>(),
        account => account.map(|account| account_values(account, config.user.is_none())),
        user => user.as_ref().map(checked),
        workdir => config.workdir.as_ref().map(checked),
        starts_in => folder.as_ref().map(checked),
        stop_signal => config.stop_signal.as_ref().map(checked),
        env => env.collect::<Vec<_>>(),
        expose => bundle.expose().iter().map(checked).collect::<Vec<_>>(),
        healthcheck => config.healthcheck.as_ref().map(healthcheck),
        entrypoint => config.entrypoint.as_ref().map(words),
        cmd => config.cmd.as_ref().map(words),
        labels => labels.collect::<Vec<_>>(),
    }
}

/// Returns the values of an account. The default one may be there already, under another name.
pub(super) fn account_values(account: &Account, is_default: bool) -> Value {
    context! {
        name => checked(&account.name),
        uid => checked(&account.uid),
        home => checked(&account.home()),
        is_default,
    }
}

/// Returns the variables of the image: those that are configured, and those that every image has.
fn environment(config: &Config, user: Option<&User>) -> BTreeMap<String, String> {
    let user = user.map(|user| (USER_VARIABLE.to_owned(), user.to_string()));
    // Python would otherwise keep the output of a program back, and lose it if the program is killed.
    let own = user.into_iter().chain([("PYTHONUNBUFFERED".to_owned(), "1".to_owned())]);
    own.chain(config.env.iter().map(|(name, value)| (name.to_string(), value.to_string()))).collect()
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
