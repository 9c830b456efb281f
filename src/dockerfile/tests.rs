use super::{Dialect, render};
use crate::bundle::Bundle;
use crate::config::Config;
use crate::listing::Listing;

#[test]
fn show() {
    let manifest = "[project]\nname = 'hello'\nversion = '1.0'\ndependencies=['rich']";
    let listing = Listing::from_files([("pyproject.toml", manifest), ("default.nix", "")]).unwrap();
    let mut config: Config = toml::from_str("label = { a = 'b c' }\nbuild-arg = { X = '1' }").unwrap();
    for dialect in [Dialect::BuildKit, Dialect::Classic] {
        let bundle = Bundle::new(manifest.parse().unwrap(), listing.clone(), config.clone()).unwrap();
        println!("{}\n=======", render(&bundle, dialect).unwrap_or_else(|e| panic!("{:?}", e)));
    }
    let _ = &mut config;
}
