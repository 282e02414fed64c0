//! The ways out and in as the configuration names them: mail to a server or a folder and from a
//! mailbox, and webhooks.

use std::fs;
use std::sync::Arc;

use anyhow::Context as _;

use crate::api;
use crate::cli::Setting;
use crate::clock::Clock;
use crate::desk::Desk;
use crate::hook::Post;
use crate::intake::imap::Mailbox;
use crate::mail::smtp_settings::is_on_this_machine;
use crate::mail::tls::client_config;
use crate::mail::{ImapSettings, Secret, Smtp, SmtpSettings, Transport};
use crate::webhook_worker::WebhookWorker;

/// Where mails go: the configured server, else `outbox/` beside the desk. A demo desk's customers
/// are made up, so its mails never leave this machine.
pub(super) fn transport(setting: &Setting, desk: &Desk) -> anyhow::Result<Transport> {
    let mail = &setting.config.mail;
    let demo = desk.is_demo()?;
    let Some(url) = mail.smtp.as_ref().filter(|url| !demo || is_on_this_machine(url)) else {
        return Ok(Transport::Outbox(desk.path().with_file_name("outbox")));
    };
    if mail.address.is_none() && !is_on_this_machine(url) {
        anyhow::bail!(
            "mail.smtp is set, but mail.address is not. Set it to the address customers write to."
        );
    }
    let password = mail.password()?.map(Secret::new);
    let settings = SmtpSettings::parse(url, password, ca_pem(setting)?)?;
    let kept = mail.clone();
    let ask = move || kept.password().ok().flatten().map(Secret::new);
    Ok(Transport::Smtp(Box::new(Smtp::new(settings).asking(Arc::new(ask)))))
}

/// The mailbox that is read, if one is configured. A demo reads none: its desk is thrown away, and
/// the mail would be with it.
pub(super) fn mailbox(
    setting: &Setting,
    desk: &Desk,
    clock: &Clock,
) -> anyhow::Result<Option<Mailbox>> {
    let mail = &setting.config.mail;
    let Some(url) = mail.imap.as_ref() else { return Ok(None) };
    if desk.is_demo()? {
        return Ok(None);
    }
    let password = mail.imap_password()?.map(Secret::new);
    let folder = mail.imap_processed.as_deref();
    let settings = ImapSettings::parse(url, password, ca_pem(setting)?, folder)?;
    let kept = mail.clone();
    let ask = move || kept.imap_password().ok().flatten().map(Secret::new);
    Ok(Some(Mailbox::new(desk.clone(), clock.clone(), settings)?.asking(Arc::new(ask))))
}

/// Who tells the webhooks. A demo tells none: its customers are made up.
pub(super) fn webhooks(setting: &Setting, desk: &Desk) -> anyhow::Result<Option<WebhookWorker>> {
    if desk.is_demo()? {
        return Ok(None);
    }
    let tls = client_config(ca_pem(setting)?.as_deref()).map_err(anyhow::Error::msg)?;
    let hosts = setting.config.webhooks.private_hosts.clone();
    Ok(Some(WebhookWorker::new(desk.clone(), Post::new(tls), hosts, api::webhooks::item)))
}

fn ca_pem(setting: &Setting) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = &setting.config.mail.ca_file else { return Ok(None) };
    let read = fs::read(path).with_context(|| {
        format!("The certificates {} (mail.ca_file) cannot be read", path.display())
    })?;
    Ok(Some(read))
}
