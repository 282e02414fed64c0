//! The way in for a mail server's pipe (Postfix pipe, procmail, maildrop): one mail on standard
//! input. Ends with 0 once the mail is on the disk, else with 75, never otherwise: a mail server
//! sends every other code back to the customer as a bounce.

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::Context as _;

use crate::cli::{Setting, print};
use crate::desk::receive::Arrival;
use crate::mail::inbound::RAW_BYTES;

/// EX_TEMPFAIL of sysexits.h: keep the mail and try again.
pub(super) const TRY_AGAIN: u8 = 75;

/// True when the arguments ask for this command, whatever else is wrong with them.
pub(super) fn is_asked_for(args: impl IntoIterator<Item = OsString>) -> bool {
    let mut args = args.into_iter().skip(1);
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("--desk" | "--at" | "--as" | "--config") => drop(args.next()),
            Some(option) if option.starts_with('-') => {}
            Some(command) => return command == "receive",
            None => return false,
        }
    }
    false
}

/// Takes in one mail.
pub fn run(setting: &Setting, recipient: &OsStr, sender: Option<&OsStr>) -> anyhow::Result<()> {
    // Never makes a desk: a pipe that runs as another user would fill one that nobody looks at.
    let desk = setting.open_at(&setting.desk_path()?, false)?;
    let now = setting.now(&desk)?;
    let mut raw = Vec::new();
    let mut input = std::io::stdin().lock();
    let cannot = "Standard input cannot be read";
    input.by_ref().take(RAW_BYTES as u64).read_to_end(&mut raw).context(cannot)?;
    let more = std::io::copy(&mut input, &mut std::io::sink()).context(cannot)?;
    let arrival = Arrival {
        mailbox: desk.policy().address().to_owned(),
        sender: sender.map(|sender| sender.to_string_lossy().into_owned()),
        recipient: recipient.to_string_lossy().into_owned(),
        raw,
        left_out: usize::try_from(more).unwrap_or(usize::MAX),
    };
    let id = desk.store_raw(arrival, now)?;
    // From here on the mail is ours, whatever happens: a worker takes up what fails now.
    let applied = catch_unwind(AssertUnwindSafe(|| desk.apply_mail(id, now)));
    match applied {
        Ok(Ok(_)) => {}
        Ok(Err(e)) => {
            print::talk(&format!("deskbell: the mail is kept as {}, and waits: {e}", id.0))
        }
        Err(_) => print::talk(&format!("deskbell: the mail is kept as {}, and waits.", id.0)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_asked_for;

    #[test]
    fn the_command_is_known_before_the_arguments_are_understood() {
        let asked = |line: &str| is_asked_for(line.split(' ').map(Into::into));
        assert!(asked("deskbell receive"));
        assert!(asked("deskbell --desk receive receive --bad"));
        assert!(asked("deskbell --json --config=x receive"));
        assert!(!asked("deskbell --desk receive list"));
        assert!(!asked("deskbell new customer receive"));
        assert!(!asked("deskbell"));
    }
}
