//! Files from the command line: attached, listed and saved.

use serde_json::json;

use crate::cli::print;
use crate::desk::{Desk, DeskError, TicketView, files};
use crate::domain::{Attachment, PartId, Refusal};

/// The files named, read: their names, and their bytes.
pub fn take(paths: &[String]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    Ok(paths.iter().map(|path| files::take(path)).collect::<Result<_, DeskError>>()?)
}

/// What they would be known as. Nothing is kept.
pub fn described(taken: &[(String, Vec<u8>)]) -> anyhow::Result<Vec<Attachment>> {
    let described = taken.iter().map(|(name, bytes)| Desk::describe_file(name, bytes));
    Ok(described.collect::<Result<_, DeskError>>()?)
}

pub fn keep(desk: &Desk, taken: Vec<(String, Vec<u8>)>) -> anyhow::Result<Vec<Attachment>> {
    let kept = taken.into_iter().map(|(name, bytes)| desk.keep_file(&name, bytes));
    Ok(kept.collect::<Result<_, DeskError>>()?)
}

/// What many mail servers would say to so much.
pub fn warning(files: &[Attachment]) -> Option<String> {
    files::large_for_mail(files.iter().map(|f| f.size).sum())
}

/// Every file of a ticket, in the order of its history: the part, which of its files, the file.
fn numbered(view: &TicketView) -> impl Iterator<Item = (PartId, usize, bool, &Attachment)> {
    view.parts.iter().flat_map(|part| {
        let seen = part.visible && part.withdrawn_at.is_none() && view.ticket.shared;
        part.files.iter().enumerate().map(move |(n, file)| (part.id, n, seen, file))
    })
}

pub fn list(view: &TicketView, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let rows: Vec<_> = (1..)
            .zip(numbered(view))
            .map(|(number, (part, _, seen, file))| {
                json!({ "n": number, "part": part, "customer_sees_it": seen, "file": file })
            })
            .collect();
        return print::json(&rows);
    }
    let lines: Vec<String> = (1..)
        .zip(numbered(view))
        .map(|(number, (_, _, seen, file))| {
            let seen = if seen { "customer sees it" } else { "team only" };
            format!("{number:>3}  {} · {seen}", file.describe())
        })
        .collect();
    if lines.is_empty() {
        print::talk(&format!("{} has no files.", view.ticket.id));
        return Ok(());
    }
    print::data(&lines.join("\n"))
}

pub fn save(desk: &Desk, view: &TicketView, number: usize, to: Option<&str>) -> anyhow::Result<()> {
    let id = view.ticket.id;
    let found = number.checked_sub(1).and_then(|n| numbered(view).nth(n));
    let Some((part, n, ..)) = found else {
        anyhow::bail!("{id} has no file {number}. `deskbell attachments {}` lists them.", id.0);
    };
    match desk.attachment(id, part, n)? {
        Some((file, bytes)) => put(&file, &bytes, to),
        None => anyhow::bail!("{id} has no file {number} any more."),
    }
}

/// The same for a customer: what they cannot see is not there.
pub fn save_theirs(
    desk: &Desk,
    contact: crate::domain::ContactId,
    part: i64,
    n: usize,
    to: Option<&str>,
) -> anyhow::Result<()> {
    match desk.customer(contact).attachment(PartId(part), n)? {
        Some((file, bytes)) => put(&file, &bytes, to),
        None => Err(DeskError::from(Refusal::NoFileOfTheirs).into()),
    }
}

/// Saves it, and says where it went.
fn put(file: &Attachment, bytes: &[u8], to: Option<&str>) -> anyhow::Result<()> {
    let folder = to.map_or_else(files::default_folder, str::to_owned);
    let path = files::save(&folder, &file.name, bytes)?;
    print::data(&path.to_string_lossy())
}
