//! The Messenger settings: its name, and the logo that its mails carry (N11).

use std::fs::File;
use std::io::Read;

use anyhow::Context as _;
use serde_json::json;

use crate::cli::args::SettingsOf;
use crate::cli::{Setting, print};
use crate::mail::logo::MAX_BYTES;

pub fn run(setting: &Setting, what: &SettingsOf) -> anyhow::Result<()> {
    let SettingsOf::Messenger { name, logo } = what;
    let desk = setting.open(true)?;
    // The logo first: when it is refused, the name stays as it was, too.
    if let Some(path) = logo {
        let cannot = || format!("The logo {} cannot be read", path.display());
        let mut bytes = Vec::new();
        // One byte more than fits tells a file that is too large, without reading all of it.
        File::open(path)
            .with_context(cannot)?
            .take(MAX_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .with_context(cannot)?;
        desk.set_messenger_logo(bytes)?;
    }
    if let Some(name) = name {
        desk.set_messenger_name(name)?;
    }
    let settings = desk.messenger_settings()?;
    let logo = settings.logo.as_ref();
    if setting.args.json {
        return print::json(&json!({
            "name": settings.name,
            "logo": logo.map(|l| json!({
                "type": l.mime(), "bytes": l.bytes().len(), "width": l.width(), "height": l.height(),
            })),
        }));
    }
    let logo = logo.map_or("deskbell's own".to_owned(), |l| {
        format!("{}, {} × {} pixels, {} bytes", l.mime(), l.width(), l.height(), l.bytes().len())
    });
    print::data(&format!("Name  {}\nLogo  {logo}", settings.name))
}
