//! What was done to the desk: toasts that say what the customer was told, and what follows from
//! it on the screen. A failure keeps what was typed.

use crate::domain::{Action, TicketId};
use crate::tui::consequence;
use crate::tui::message::{Command, Done};
use crate::tui::model::{Model, Toast, ToastKind};
use crate::tui::update::overlay::Overlay;
use crate::tui::update::{composer, go, messenger, prompt, quarantine, settings, viewer};

/// Real milliseconds that a toast with a consequence stays at least.
const TOLD_MS: i64 = 8_000;

pub fn take(model: &mut Model, done: Done) -> Vec<Command> {
    match done {
        Done::Performed { id, action, decision } => {
            say_told(model, id, consequence::done(&action, id), &decision);
            let sent = match (&action, model.composer.as_ref()) {
                (Action::Reply { .. } | Action::Note { .. }, Some(c)) if c.ticket == id => {
                    c.sending
                }
                _ => false,
            };
            match model.composer.take_if(|_| sent) {
                Some(sent) => composer::forget(model, sent.key()),
                None => Vec::new(),
            }
        }
        Done::Submitted { id, decision } => {
            model.overlays.retain(|o| !matches!(o, Overlay::NewTicket(_)));
            say_told(model, id, format!("{id} is submitted."), &decision);
            let mut commands = composer::forget(model, crate::desk::view::DraftKey::NewTicket);
            commands.extend(go::to(model, id));
            commands
        }
        Done::Undone { id, undo } => {
            let what = undo.event.label();
            match undo.text {
                Some(text) => {
                    let key = crate::desk::view::DraftKey::Reply(id);
                    if model.thread.wanted == Some(id) {
                        let mut kept = composer::save(model);
                        kept.extend(composer::give_files(model, key, undo.files));
                        composer::open_with(model, id, composer::Kind::Reply, Some(&text));
                        kept.extend(composer::save(model));
                        model.toast(
                            ToastKind::Done,
                            "The reply is taken back before it was seen; its text is here again.",
                        );
                        return kept;
                    }
                    let mut kept = composer::give_files(model, key, undo.files);
                    model.toast(
                        ToastKind::Done,
                        format!("The reply on {id} is taken back; its text is among the drafts."),
                    );
                    kept.extend(composer::keep(model, key, text));
                    kept
                }
                None => {
                    model.toast(ToastKind::Done, format!("Taken back on {id}: {what}."));
                    Vec::new()
                }
            }
        }
        Done::Acted { contact, ticket } => messenger::acted(model, contact, ticket),
        Done::CustomerTook { contact, file } => messenger::took(model, contact, file),
        Done::DraftSaved { key, at } => {
            if let Some(composer) = model.composer.as_mut().filter(|c| c.key() == key) {
                composer.saved_at = Some(at);
            }
            Vec::new()
        }
        Done::DraftDropped(_) => Vec::new(),
        Done::MailAccepted { mail, ticket, told } => {
            quarantine::accepted(model, mail, ticket, &told)
        }
        Done::MailDropped(mail) => quarantine::dropped(model, mail),
        Done::DraftFiles { key, files } => {
            composer::take_files(model, key, files);
            prompt::answered(model);
            Vec::new()
        }
        Done::FileSaved(sentence) => {
            prompt::answered(model);
            model.toast(ToastKind::Done, sentence);
            Vec::new()
        }
        Done::SettingsSaved => settings::saved(model),
        Done::Said(sentence) => {
            model.toast(ToastKind::Done, sentence);
            Vec::new()
        }
        Done::Failed { command, sentence } => failed(model, &command, sentence),
    }
}

/// "Reply sent. Ada: badge, Recent, email in 3:00 if unseen" with how long `u` works.
fn say_told(model: &mut Model, id: TicketId, what: String, decision: &crate::domain::Decision) {
    let told = consequence::told_in_short(decision, model.mail_leaves(), model.now);
    model.toast(
        ToastKind::Done,
        match told {
            Some(told) => format!("{what} {told}"),
            None => what,
        },
    );
    let undo = consequence::undo_until(decision).map(|until| (id, until));
    let at_least = model.now + model.real_ms(TOLD_MS);
    if let Some(toast) = model.toast.as_mut() {
        *toast = Toast { until: at_least, undo, ..toast.clone() };
    }
}

fn failed(model: &mut Model, command: &Command, sentence: String) -> Vec<Command> {
    match command {
        Command::Perform { .. } => {
            if let Some(composer) = model.composer.as_mut() {
                composer.sending = false;
            }
        }
        Command::Submit { .. } => {
            if let Some(Overlay::NewTicket(form)) = model.overlays.last_mut() {
                form.sending = false;
            }
        }
        Command::LoadTicket(id) => {
            if model.thread.loading == Some(*id) {
                model.thread.loading = None;
            }
            // Not asked again by itself: that would be a loop. The next change does.
            model.thread.wanted = model.thread.view.as_ref().map(|v| v.ticket.id);
            go::not_found(model, *id);
        }
        Command::WouldAccept { mail, as_new } => {
            return quarantine::take_answer(model, *mail, *as_new, Err(sentence));
        }
        Command::LoadInbox { .. } => model.list.loading_more = false,
        Command::CustomerReplies { .. }
        | Command::CustomerSubmits { .. }
        | Command::CustomerOpens { .. } => {
            model.toast(ToastKind::Trouble, sentence.clone());
            return messenger::failed(model, command, &sentence);
        }
        Command::CustomerTakes { contact, .. } => {
            return messenger::took_not(model, *contact, sentence);
        }
        Command::SaveSettings { .. } => return settings::failed(model, sentence),
        Command::LoadPicture { part, n, .. } => {
            viewer::failed(model, (*part, *n), sentence);
            return Vec::new();
        }
        Command::AttachFile { .. } | Command::SaveFile { .. } if prompt::waits(model) => {
            return prompt::failed(model, sentence);
        }
        _ => {}
    }
    model.toast(ToastKind::Trouble, sentence);
    Vec::new()
}
