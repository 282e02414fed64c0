//! The table of commands. A row says what a command is; what it does stands in `update`.

use crate::domain::Action;
use crate::tui::commands::{Group, Scope, Spec};
use crate::tui::message::Command;
use crate::tui::model::{Model, Tab};
use crate::tui::update::messenger::Act;
use crate::tui::update::{
    arrival, assign, composer, confirm, drafts, files, first_run, go, help, inbox, ledger, letter,
    messenger, new_ticket, overlay, palette, prompt, quarantine, settings, share, state, system,
    thread, viewer,
};

const PANES: &[Scope] = Scope::PANES;
const ACTING: &[Scope] = &[Scope::Acting];
/// Fields of the Messenger, acting as the customer.
const ACTING_FIELDS: &[Scope] = &[Scope::ActingText, Scope::ActingPath];
/// Where a mail that arrived is marked or read.
const MAIL: &[Scope] = &[Scope::Quarantine, Scope::Arrival];
/// Beside the panes, where no field takes what is typed.
const NO_FIELD: &[Scope] = &[
    Scope::Acting,
    Scope::State,
    Scope::Share,
    Scope::Drafts,
    Scope::Files,
    Scope::Viewer,
    Scope::Ledger,
    Scope::Letter,
    Scope::Quarantine,
    Scope::Arrival,
];
/// Boxes with a list that arrow keys move in.
const CHOICES: &[Scope] =
    &[Scope::State, Scope::Assign, Scope::Palette, Scope::Drafts, Scope::Files];

const fn cmd(
    name: &'static str,
    keys: &'static [&'static str],
    label: &'static str,
    description: &'static str,
    run: fn(&mut Model) -> Vec<Command>,
) -> Spec {
    Spec {
        name,
        keys,
        label,
        description,
        group: Group::Move,
        scopes: PANES,
        consequence: None,
        changes: false,
        footer: 0,
        disabled: |_| None,
        run,
    }
}

impl Spec {
    const fn group(mut self, group: Group) -> Self {
        self.group = group;
        self
    }
    const fn within(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }
    const fn tells(mut self, consequence: &'static str) -> Self {
        self.consequence = Some(consequence);
        self
    }
    const fn changes(mut self) -> Self {
        self.changes = true;
        self
    }
    const fn footer(mut self, order: u8) -> Self {
        self.footer = order;
        self
    }
    const fn off(mut self, disabled: fn(&Model) -> Option<String>) -> Self {
        self.disabled = disabled;
        self
    }
}

/// Every command there is, in the order help shows them.
pub const COMMANDS: &[Spec] = &[
    // Moving about.
    cmd("move.down", &["j", "down"], "Down", "One line or ticket down.", |m| thread::or_list(m, 1)),
    cmd("move.up", &["k", "up"], "Up", "One line or ticket up.", |m| thread::or_list(m, -1)),
    cmd("move.first", &["g g", "home"], "First", "To the first ticket, or the oldest message.", |m| {
        thread::or_list(m, isize::MIN)
    }),
    cmd("move.last", &["G", "end"], "Last", "To the last ticket, or the newest message.", |m| {
        thread::or_list(m, isize::MAX)
    }),
    cmd("move.half_down", &["ctrl+d"], "Half down", "Half a page down.", |m| thread::pages(m, 1, 2)),
    cmd("move.half_up", &["ctrl+u"], "Half up", "Half a page up.", |m| thread::pages(m, -1, 2)),
    cmd("move.page_down", &["pgdn", "ctrl+f"], "Page down", "A page down.", |m| thread::pages(m, 1, 1)),
    cmd("move.page_up", &["pgup", "ctrl+b"], "Page up", "A page up.", |m| thread::pages(m, -1, 1)),
    cmd("pane.next", &["tab", "l", "right"], "Pane", "To the next pane.", |m| go::pane(m, 1)).footer(50),
    cmd("pane.previous", &["shift+tab", "h", "left"], "Pane back", "To the previous pane.", |m| go::pane(m, -1)),
    cmd("tab.customer", &["1", "g i"], "Customer", "Customer tickets.", |m| go::tab(m, Tab::EVERY[0])),
    cmd("tab.back_office", &["2", "g b"], "Back-office", "Back-office tickets.", |m| go::tab(m, Tab::EVERY[1])),
    cmd("tab.tracker", &["3", "g t"], "Tracker", "Tracker tickets.", |m| go::tab(m, Tab::EVERY[2])),
    cmd("tab.all", &["4", "g a"], "All", "Tickets of every category.", |m| go::tab(m, Tab::EVERY[3])),
    cmd("tab.next", &["]"], "Next tab", "The next category.", |m| go::tab_by(m, 1)),
    cmd("tab.previous", &["["], "Previous tab", "The previous category.", |m| go::tab_by(m, -1)),
    cmd("quarantine", &["g q"], "Quarantine", "Mail that was not accepted, and all that ever arrived.", quarantine::open),
    cmd("open", &["enter"], "Open", "Opens the ticket, or the linked ticket that is marked.", thread::open),
    cmd("back", &["esc"], "Back", "One step back; always safe.", system::back),
    cmd("ticket.last", &["-"], "Last ticket", "Back to the ticket looked at before.", go::last_ticket)
        .off(|m| m.last_ticket.is_none().then(|| "There is no ticket before this one.".into())),
    cmd("ticket.go", &["g #"], "Go to number", "Goes to a ticket by its number: g, the number, Enter.", go::by_number),
    // Answering.
    cmd("ticket.reply", &["r"], "Reply", "Writes a reply to the customer.", |m| composer::open(m, composer::Kind::Reply))
        .group(Group::Answer)
        .tells("The Messenger shows it at once; an email follows only if it is unseen for 3 minutes.")
        .changes()
        .footer(1)
        .off(|m| refused(m, &Action::reply("…"))),
    cmd("ticket.note", &["n"], "Note", "Writes a note that only the team sees.", |m| composer::open(m, composer::Kind::Note))
        .group(Group::Answer)
        .changes()
        .footer(2)
        .off(no_ticket),
    cmd("drafts", &["D", "g l"], "Drafts", "Lists the drafts that were begun and not sent.", drafts::open)
        .group(Group::Answer)
        .off(|m| m.drafts.is_empty().then(|| "There are no drafts.".into())),
    cmd("ticket.files", &["f"], "Files", "Lists the ticket's files, to be looked at or saved.", files::open)
        .group(Group::Answer)
        .off(files::why_not),
    // Acting on a ticket.
    cmd("ticket.state", &["s"], "State", "Changes the state; the box shows who is told before it is done.", state::open)
        .group(Group::Act)
        .tells("On a shared ticket: badge, Recent tickets, event and pill at once, and an email.")
        .changes()
        .footer(3)
        .off(no_ticket),
    cmd("ticket.share", &["S"], "Share", "Shares a Back-office ticket with its customer, or ends that.", share::open)
        .group(Group::Act)
        .tells("For the customer a shared ticket is a submission: badge, Recent tickets, event, pill and an email.")
        .changes()
        .footer(4)
        .off(share::why_not),
    cmd("ticket.assign", &["a"], "Assign", "Gives the ticket to a teammate, or to nobody.", assign::open)
        .group(Group::Act)
        .changes()
        .footer(5)
        .off(no_ticket),
    cmd("ticket.new", &["N"], "New", "Submits a new ticket.", new_ticket::open)
        .group(Group::Act)
        .tells("Shared with a customer it is told at once: badge, Recent tickets, event, pill and an email.")
        .changes()
        .footer(12),
    cmd("ticket.rename", &["e"], "Rename", "Changes the title.", |m| prompt::open(m, prompt::Kind::Rename))
        .group(Group::Act)
        .changes()
        .off(no_ticket),
    cmd("ticket.tag", &["t"], "Tag", "Adds a tag; with a minus before it, takes it away.", |m| prompt::open(m, prompt::Kind::Tag))
        .group(Group::Act)
        .changes()
        .off(no_ticket),
    cmd("ticket.priority", &["p"], "Priority", "Marks the ticket as priority, or not any more.", thread::priority)
        .group(Group::Act)
        .changes()
        .off(no_ticket),
    cmd("ticket.snooze", &["z"], "Snooze", "Puts the ticket to sleep for a time like 4h or 3d; empty wakes it.", |m| {
        prompt::open(m, prompt::Kind::Snooze)
    })
    .group(Group::Act)
    .changes()
    .off(no_ticket),
    cmd("ticket.link", &["+"], "Link", "Links the ticket to another one by its number; the customer never learns of it.", |m| {
        prompt::open(m, prompt::Kind::Link)
    })
    .group(Group::Act)
    .changes()
    .off(no_ticket),
    cmd("ticket.unlink", &["del"], "Unlink", "Ends a link, after asking for its number.", |m| {
        prompt::open(m, prompt::Kind::Unlink)
    })
    .group(Group::Act)
    .changes()
    .off(|m| {
        no_ticket(m).or_else(|| {
            let none = m.ticket().is_some_and(|v| v.links.is_empty());
            none.then(|| "This ticket has no links.".into())
        })
    }),
    cmd("ticket.contact", &["C"], "Contact", "Says whose ticket an internal Back-office ticket is.", |m| {
        prompt::open(m, prompt::Kind::Contact)
    })
    .group(Group::Act)
    .changes()
    .off(prompt::contact_why_not),
    cmd("ticket.undo", &["u"], "Undo", "Takes back the last reply, state change, sharing, close or assignment.", thread::undo)
        .group(Group::Act)
        .tells("Only while the customer has neither seen it nor been mailed about it.")
        .changes()
        .footer(11)
        .off(thread::undo_why_not),
    // The customer's side.
    cmd("messenger.toggle", &["m"], "Messenger", "To the customer's Messenger, or back to the list.", go::messenger)
        .group(Group::CustomerSide)
        .off(go::messenger_why_not)
        .footer(7),
    cmd("messenger.act", &["M"], "Act as customer", "Acts as the customer, in demo desks or where it is allowed.", messenger::act)
        .group(Group::CustomerSide)
        .tells("What is opened counts as seen by the customer.")
        .changes()
        .off(messenger::act_why_not),
    cmd("messenger.out", &["backspace"], "Out", "One step out of what the Messenger shows.", messenger::back)
        .group(Group::CustomerSide)
        .within(&[Scope::Messenger])
        .footer(8),
    cmd("messenger.collapse", &["c"], "Collapse", "Shows the Messenger collapsed to its launcher, or open.", messenger::collapse)
        .group(Group::CustomerSide)
        .within(&[Scope::Messenger])
        .footer(8),
    // Acting as the customer.
    cmd("acting.down", &["j", "down"], "Down", "One line or ticket down.", |m| messenger::scroll(m, 1)).within(ACTING),
    cmd("acting.up", &["k", "up"], "Up", "One line or ticket up.", |m| messenger::scroll(m, -1)).within(ACTING),
    cmd("acting.page_down", &["pgdn", "ctrl+d"], "Page down", "A page down.", |m| messenger::scroll(m, 10)).within(ACTING),
    cmd("acting.page_up", &["pgup", "ctrl+u"], "Page up", "A page up.", |m| messenger::scroll(m, -10)).within(ACTING),
    cmd("acting.open", &["enter"], "Open", "Opens the Messenger, the marked ticket, or what is behind the pill.", |m| {
        messenger::customer(m, Act::Open)
    })
    .group(Group::CustomerSide)
    .within(ACTING)
    .tells("An open conversation counts as seen: a reply that waits to be mailed is not mailed.")
    .changes()
    .footer(1),
    cmd("acting.back", &["esc", "backspace", "q"], "Back", "One step back; from the launcher, back to the mirror.", |m| {
        messenger::customer(m, Act::Back)
    })
    .group(Group::CustomerSide)
    .within(ACTING)
    .footer(2),
    cmd("acting.collapse", &["c"], "Collapse", "Collapses the Messenger, or opens it.", |m| {
        messenger::customer(m, Act::Collapse)
    })
    .group(Group::CustomerSide)
    .within(ACTING)
    .footer(3),
    cmd("acting.reply", &["r", "i"], "Reply", "Writes in the open conversation.", |m| messenger::customer(m, Act::Reply))
        .group(Group::CustomerSide)
        .within(ACTING)
        .footer(4)
        .off(messenger::reply_why_not),
    cmd("acting.new", &["n"], "New message", "Writes a new ticket.", |m| messenger::customer(m, Act::New))
        .group(Group::CustomerSide)
        .within(ACTING)
        .footer(5),
    cmd("acting.stop", &["M"], "Stop acting", "Back to the mirror.", messenger::act)
        .group(Group::CustomerSide)
        .within(ACTING)
        .footer(6),
    cmd("acting.next_mail", &["F"], "Next mail", "Turns a demo desk's clock to the next mail that is due.", system::fast_forward)
        .group(Group::CustomerSide)
        .within(ACTING)
        .footer(7)
        .off(system::fast_forward_why_not),
    cmd("acting.pane", &["tab"], "Pane", "To the next pane; the customer's Messenger stays as it is.", |m| go::pane(m, 1))
        .within(ACTING)
        .footer(8),
    cmd("acting.pane_back", &["shift+tab"], "Pane back", "To the previous pane.", |m| go::pane(m, -1)).within(ACTING),
    cmd("acting.send", &["ctrl+s", "alt+enter"], "Send", "Sends what was written, as the customer.", |m| {
        messenger::customer(m, Act::Send)
    })
    .group(Group::CustomerSide)
    .within(ACTING_FIELDS)
    .tells("Customers are not notified of what they do themselves; a new ticket is confirmed by email.")
    .changes()
    .off(messenger::writing_why_not)
    .footer(1),
    cmd("acting.attach", &["alt+a"], "Attach file", "Attaches a file by its path, as the customer.", |m| {
        messenger::customer(m, Act::Attach)
    })
    .group(Group::CustomerSide)
    .within(ACTING_FIELDS)
    .tells("It goes with what is written, for the team to see; it is not mailed back to the customer.")
    .changes()
    .off(messenger::writing_why_not)
    .footer(4),
    cmd("acting.detach", &["alt+x"], "Remove file", "Takes away the file that was attached last.", |m| {
        messenger::customer(m, Act::Detach)
    })
    .group(Group::CustomerSide)
    .within(ACTING_FIELDS)
    .off(messenger::detach_why_not)
    .footer(5),
    cmd("acting.leave", &["esc"], "Leave", "Leaves the field; what was typed stays.", |m| {
        messenger::customer(m, Act::LeaveField)
    })
    .group(Group::CustomerSide)
    .within(ACTING_FIELDS)
    .footer(2),
    cmd("acting.next_field", &["tab", "shift+tab"], "Next field", "To the other field.", |m| {
        messenger::customer(m, Act::NextField)
    })
    .within(&[Scope::ActingText])
    .footer(3)
    .off(messenger::next_field_why_not),
    cmd("acting.take", &["enter"], "Attach", "Attaches the file whose path was typed.", |m| {
        messenger::customer(m, Act::Take)
    })
    .group(Group::CustomerSide)
    .within(&[Scope::ActingPath])
    .footer(1),
    cmd("ticket.deliveries", &["d", "g d"], "Deliveries", "Shows why the customer was told or not.", overlay::open_ledger)
        .group(Group::CustomerSide)
        .footer(6)
        .off(no_ticket),
    cmd("ticket.mail", &["o"], "Original mail", "Shows the mails that came into the ticket, whole or as they arrived.", arrival::original)
        .group(Group::CustomerSide)
        .off(arrival::original_why_not),
    cmd("contact.lift_mail_stop", &["L"], "Lift mail stop", "Lets mail to the customer go again, after asking.", thread::lift_mail_stop)
        .group(Group::CustomerSide)
        .within(&[Scope::List, Scope::Thread, Scope::Messenger, Scope::Ledger])
        .tells("What comes from then on is mailed; what was held back stays held back.")
        .changes()
        .off(|m| refused(m, &Action::LiftMailStop)),
    cmd("demo.fast_forward", &["F"], "Next mail", "Turns a demo desk's clock to the next mail that is due.", system::fast_forward)
        .group(Group::CustomerSide)
        .footer(13)
        .off(system::fast_forward_why_not),
    // Finding.
    cmd("filter", &["/"], "Filter", "Filters the list while you type; state: from: assignee: tag: is: look at one field, ! turns a word around.", inbox::filter)
        .group(Group::Find)
        .footer(60),
    cmd("palette", &[":", "ctrl+p"], "Commands", "Finds a command by its words.", palette::open)
        .group(Group::Find)
        .footer(70),
    cmd("palette.here", &["ctrl+p"], "Commands", "Finds a command by its words, from the composer.", palette::open)
        .group(Group::Find)
        .within(&[Scope::Composer]),
    // The system.
    cmd("help", &["?", "f1"], "Help", "Shows every key.", overlay::open_help)
        .group(Group::System)
        .footer(80),
    cmd("help.here", &["?", "f1"], "Help", "Shows the keys that work here.", overlay::open_help)
        .group(Group::System)
        .within(NO_FIELD)
        .footer(80),
    cmd("help.writing", &["f1"], "Help", "Shows the keys that work here, where ? is a letter.", overlay::open_help)
        .group(Group::System)
        .within(&[Scope::Composer, Scope::NewTicket])
        .footer(80),
    cmd("settings", &["g s"], "Settings", "Name and logo of the Messenger.", overlay::open_settings)
        .group(Group::System),
    cmd("redraw", &["ctrl+l"], "Redraw", "Draws the screen anew.", |_| vec![Command::Redraw])
        .group(Group::System),
    cmd("suspend", &["ctrl+z"], "Suspend", "Back to the shell; fg returns.", |_| vec![Command::Suspend])
        .group(Group::System),
    cmd("quit", &["q"], "Quit", "Back, and from the list out of deskbell; drafts are kept.", system::quit)
        .group(Group::System)
        .footer(90),
    // The composer.
    cmd("composer.send", &["ctrl+s", "alt+enter", "ctrl+enter"], "Send", "Sends the reply, or saves the note.", composer::send)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .tells("A reply stands in the Messenger at once; an email follows only if it is unseen for 3 minutes. A note tells nobody.")
        .changes()
        .footer(1),
    cmd("composer.switch", &["ctrl+t"], "Switch kind", "Makes the reply a note, or the note a reply (asks first).", composer::switch)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .footer(5),
    cmd("composer.close", &["esc"], "Keep draft", "Closes the composer; the draft is kept.", composer::close)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .footer(2),
    cmd("composer.undo", &["ctrl+z"], "Undo typing", "Takes back typing.", composer::undo_typing)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .footer(7),
    cmd("composer.redo", &["ctrl+y"], "Redo typing", "Types again what was taken back.", composer::redo_typing)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .footer(8),
    cmd("composer.discard", &["alt+d"], "Discard draft", "Throws the draft away, after asking.", composer::discard)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .footer(6),
    cmd("composer.attach", &["alt+a"], "Attach file", "Attaches a file by its path; it is kept with the draft.", |m| {
        prompt::open(m, prompt::Kind::Attach)
    })
    .group(Group::Answer)
    .within(&[Scope::Composer])
    .tells("A reply's files go with its email and stand in the Messenger; a note's stay with the team.")
    .changes()
    .footer(3),
    cmd("composer.detach", &["alt+x"], "Remove file", "Takes a file away that was attached.", composer::detach)
        .group(Group::Answer)
        .within(&[Scope::Composer])
        .off(composer::detach_why_not)
        .footer(4),
    // The filter line.
    cmd("filter.keep", &["enter"], "Keep filter", "Keeps the filter and goes to the list.", inbox::filter_keep)
        .group(Group::Find)
        .within(&[Scope::Filter])
        .footer(1),
    cmd("filter.clear", &["esc"], "Clear filter", "Takes the filter away.", inbox::filter_clear)
        .group(Group::Find)
        .within(&[Scope::Filter])
        .footer(2),
    // Boxes.
    cmd("box.down", &["down", "ctrl+n"], "Down", "The next choice.", |m| overlay::choose(m, 1)).within(CHOICES),
    cmd("box.up", &["up"], "Up", "The choice before.", |m| overlay::choose(m, -1)).within(CHOICES),
    cmd("box.close", &["esc"], "Leave as it is", "Closes the box; nothing happens.", overlay::close)
        .within(&[Scope::State, Scope::Share, Scope::Assign, Scope::Prompt, Scope::Palette, Scope::Confirm, Scope::Drafts])
        .footer(40),
    cmd("state.do", &["enter"], "Do it", "Does what the marked row says.", state::confirm)
        .group(Group::Act)
        .within(&[Scope::State])
        .tells("The right half of the box says who is told.")
        .changes()
        .footer(1),
    cmd("share.do", &["S"], "Share and tell", "Shares the ticket, or ends that: the box says which.", share::confirm)
        .group(Group::Act)
        .within(&[Scope::Share])
        .tells("The box says what becomes visible and who is told.")
        .changes()
        .footer(2)
        .off(share::confirm_why_not),
    cmd("share.rename", &["e"], "Rename first", "Changes the title before the customer reads it.", share::rename)
        .off(share::rename_why_not)
        .group(Group::Act)
        .within(&[Scope::Share])
        .changes()
        .footer(3),
    cmd("share.keep", &["enter", "q"], "Keep it as it is", "The marked row: nothing changes.", overlay::close)
        .within(&[Scope::Share])
        .footer(1),
    cmd("assign.do", &["enter"], "Assign", "Assigns to the marked teammate, or to the name typed.", assign::confirm)
        .group(Group::Act)
        .within(&[Scope::Assign])
        .changes()
        .footer(1),
    cmd("prompt.do", &["enter"], "Do it", "Takes what was typed.", prompt::confirm)
        .group(Group::Act)
        .within(&[Scope::Prompt])
        .changes()
        .footer(1),
    cmd("palette.run", &["enter"], "Run", "Runs the marked command.", palette::run)
        .group(Group::Find)
        .within(&[Scope::Palette])
        .footer(1),
    cmd("confirm.yes", &["y"], "Yes", "Does what the question asks.", confirm::yes)
        .within(&[Scope::Confirm])
        .changes()
        .footer(2),
    cmd("confirm.no", &["enter", "n"], "No", "The marked row: nothing happens.", overlay::close)
        .within(&[Scope::Confirm])
        .footer(1),
    cmd("drafts.open", &["enter"], "Open", "Opens the marked draft.", drafts::confirm)
        .group(Group::Answer)
        .within(&[Scope::Drafts])
        .footer(1),
    cmd("drafts.discard", &["alt+d"], "Discard", "Throws the marked draft away, after asking.", drafts::discard)
        .group(Group::Answer)
        .within(&[Scope::Drafts])
        .footer(2),
    cmd("files.save", &["s", "enter"], "Save", "Saves the marked file: asks where, and never over another.", files::save)
        .group(Group::Answer)
        .within(&[Scope::Files])
        .footer(1),
    cmd("files.view", &["v"], "Look at", "Shows the marked file here, when it is a picture: PNG, JPEG or GIF.", viewer::open)
        .group(Group::Answer)
        .within(&[Scope::Files])
        .footer(2)
        .off(viewer::why_not),
    cmd("files.down", &["j"], "Down", "The next file.", |m| overlay::choose(m, 1)).within(&[Scope::Files]),
    cmd("files.up", &["k"], "Up", "The file before.", |m| overlay::choose(m, -1)).within(&[Scope::Files]),
    cmd("files.first", &["g g", "home"], "First", "The newest file.", |m| files::end(m, false)).within(&[Scope::Files]),
    cmd("files.last", &["G", "end"], "Last", "The oldest file.", |m| files::end(m, true)).within(&[Scope::Files]),
    cmd("files.close", &["esc", "q", "f"], "Back", "Back to the thread.", overlay::close)
        .group(Group::Answer)
        .within(&[Scope::Files])
        .footer(40),
    cmd("viewer.close", &["esc", "q", "v", "enter"], "Back", "Back to the files.", overlay::close)
        .group(Group::Answer)
        .within(&[Scope::Viewer])
        .footer(40),
    // Help, settings and the first start.
    cmd("help.close", &["esc"], "Close", "Closes help.", overlay::close)
        .group(Group::System)
        .within(&[Scope::Help])
        .footer(2),
    cmd("help.run", &["enter"], "Run", "Runs the marked command, as its key would.", help::run)
        .group(Group::System)
        .within(&[Scope::Help])
        .footer(1),
    cmd("help.all", &["f1"], "Everywhere", "Shows the commands of every place, or of this one.", help::all)
        .group(Group::System)
        .within(&[Scope::Help])
        .footer(3),
    cmd("help.down", &["down", "ctrl+n"], "Down", "The next command.", |m| help::choose(m, 1)).within(&[Scope::Help]),
    cmd("help.up", &["up"], "Up", "The command before.", |m| help::choose(m, -1)).within(&[Scope::Help]),
    cmd("help.page_down", &["pgdn"], "Page down", "A page down.", |m| help::choose(m, 10)).within(&[Scope::Help]),
    cmd("help.page_up", &["pgup"], "Page up", "A page up.", |m| help::choose(m, -10)).within(&[Scope::Help]),
    cmd("settings.save", &["ctrl+s", "alt+enter"], "Save", "Saves name and logo.", settings::save)
        .group(Group::System)
        .within(&[Scope::Settings])
        .tells("The Messenger and every mail from then on carry them.")
        .changes()
        .footer(1),
    cmd("settings.next", &["tab", "shift+tab"], "Next field", "To the other field.", settings::next_field)
        .group(Group::System)
        .within(&[Scope::Settings])
        .footer(2),
    cmd("settings.close", &["esc"], "Leave as it is", "Closes the settings; nothing is saved.", settings::close)
        .group(Group::System)
        .within(&[Scope::Settings])
        .footer(3),
    cmd("first.demo", &["1"], "Demo", "Opens a throwaway desk with demo data.", first_run::demo)
        .group(Group::System)
        .within(&[Scope::FirstRun])
        .footer(1),
    cmd("first.empty", &["2", "esc"], "Empty desk", "Opens the empty desk.", first_run::empty)
        .group(Group::System)
        .within(&[Scope::FirstRun])
        .footer(2),
    cmd("first.choose", &["enter"], "Choose", "Does what the marked line says.", first_run::confirm)
        .group(Group::System)
        .within(&[Scope::FirstRun])
        .footer(3),
    cmd("first.down", &["j", "down"], "Down", "The next line.", |m| first_run::choose(m, 1)).within(&[Scope::FirstRun]),
    cmd("first.up", &["k", "up"], "Up", "The line before.", |m| first_run::choose(m, -1)).within(&[Scope::FirstRun]),
    cmd("first.quit", &["q"], "Quit", "Leaves; the desk stays empty.", system::leave)
        .group(Group::System)
        .within(&[Scope::FirstRun])
        .footer(4),
    // Deliveries.
    cmd("ledger.down", &["j", "down"], "Older", "The part before.", |m| ledger::choose(m, 1)).within(&[Scope::Ledger]),
    cmd("ledger.up", &["k", "up"], "Newer", "The part after.", |m| ledger::choose(m, -1)).within(&[Scope::Ledger]),
    cmd("ledger.first", &["home"], "Newest", "The newest part.", |m| ledger::choose(m, isize::MIN)).within(&[Scope::Ledger]),
    cmd("ledger.last", &["G", "end"], "Oldest", "The oldest part.", |m| ledger::choose(m, isize::MAX)).within(&[Scope::Ledger]),
    cmd("ledger.read", &["o", "enter"], "Read email", "Shows the email that waits as the customer will read it; nothing is sent.", ledger::read)
        .group(Group::CustomerSide)
        .within(&[Scope::Ledger])
        .footer(1)
        .off(ledger::read_why_not),
    cmd("letter.down", &["j", "down"], "Down", "One line down.", |m| letter::scroll(m, 1)).within(&[Scope::Letter]).footer(1),
    cmd("letter.up", &["k", "up"], "Up", "One line up.", |m| letter::scroll(m, -1)).within(&[Scope::Letter]).footer(2),
    cmd("letter.page_down", &["pgdn", "ctrl+d", "space"], "Page down", "A page down.", |m| letter::page(m, 1)).within(&[Scope::Letter]),
    cmd("letter.page_up", &["pgup", "ctrl+u"], "Page up", "A page up.", |m| letter::page(m, -1)).within(&[Scope::Letter]),
    cmd("letter.first", &["home"], "Top", "The top of the email.", |m| letter::scroll(m, isize::MIN)).within(&[Scope::Letter]),
    cmd("letter.last", &["G", "end"], "End", "The end of the email.", |m| letter::scroll(m, isize::MAX)).within(&[Scope::Letter]),
    cmd("letter.close", &["esc", "q", "o", "enter"], "Back", "Back to the deliveries.", overlay::close)
        .group(Group::CustomerSide)
        .within(&[Scope::Letter])
        .footer(40),
    cmd("ledger.resend", &["R"], "Send again", "Queues an email again that failed or rests as unknown, after asking.", ledger::resend)
        .group(Group::CustomerSide)
        .within(&[Scope::Ledger])
        .tells("The customer may get an email twice whose answer was lost.")
        .changes()
        .footer(2)
        .off(ledger::resend_why_not),
    cmd("ledger.drop", &["X"], "Lay to rest", "Gives up an email that rests as unknown, after asking.", ledger::drop_unknown)
        .group(Group::CustomerSide)
        .within(&[Scope::Ledger])
        .changes()
        .footer(3)
        .off(ledger::drop_why_not),
    cmd("ledger.told_only", &["f"], "Told only", "Leaves out what stays with the team, or shows it again.", ledger::told_only)
        .group(Group::CustomerSide)
        .within(&[Scope::Ledger])
        .footer(4),
    cmd("ledger.next_mail", &["F"], "Next mail", "Turns a demo desk's clock to the next mail that is due.", system::fast_forward)
        .group(Group::CustomerSide)
        .within(&[Scope::Ledger])
        .footer(5)
        .off(system::fast_forward_why_not),
    cmd("ledger.close", &["esc", "q", "d"], "Back", "Back to the thread.", overlay::close)
        .group(Group::CustomerSide)
        .within(&[Scope::Ledger])
        .footer(40),
    // Mail that arrived.
    cmd("quarantine.down", &["j", "down"], "Down", "The mail before.", |m| quarantine::choose(m, 1)).within(&[Scope::Quarantine]),
    cmd("quarantine.up", &["k", "up"], "Up", "The mail after.", |m| quarantine::choose(m, -1)).within(&[Scope::Quarantine]),
    cmd("quarantine.page_down", &["pgdn", "ctrl+d"], "Page down", "A page down.", |m| quarantine::page(m, 1)).within(&[Scope::Quarantine]),
    cmd("quarantine.page_up", &["pgup", "ctrl+u"], "Page up", "A page up.", |m| quarantine::page(m, -1)).within(&[Scope::Quarantine]),
    cmd("quarantine.first", &["home"], "Newest", "The newest mail.", |m| quarantine::choose(m, isize::MIN)).within(&[Scope::Quarantine]),
    cmd("quarantine.last", &["G", "end"], "Oldest", "The oldest mail.", |m| quarantine::choose(m, isize::MAX)).within(&[Scope::Quarantine]),
    cmd("quarantine.read", &["enter"], "Read", "Opens the marked mail.", quarantine::read)
        .within(&[Scope::Quarantine])
        .footer(1)
        .off(quarantine::none_marked),
    cmd("quarantine.accept", &["a"], "Accept", "Lets the mail in: as the reply it would be, else as a new ticket; asks first.", |m| quarantine::accept(m, false))
        .group(Group::Act)
        .within(MAIL)
        .tells("The question says who is told, and of what.")
        .changes()
        .footer(2)
        .off(quarantine::accept_why_not),
    cmd("quarantine.accept_new", &["N"], "As new ticket", "Lets the mail in as a new ticket of its sender's; asks first.", |m| quarantine::accept(m, true))
        .group(Group::Act)
        .within(MAIL)
        .tells("The question says who is told, and of what.")
        .changes()
        .footer(3)
        .off(quarantine::accept_why_not),
    cmd("quarantine.drop", &["X"], "Drop", "Lays the mail aside for good, after asking; its row and its bytes stay.", quarantine::drop)
        .group(Group::Act)
        .within(MAIL)
        .changes()
        .footer(4)
        .off(quarantine::decide_why_not),
    cmd("quarantine.raw", &["R"], "Raw", "Shows the marked mail as it arrived.", quarantine::read_raw)
        .within(&[Scope::Quarantine])
        .footer(6)
        .off(quarantine::none_marked),
    cmd("quarantine.every", &["f"], "Everything", "Shows all mail that ever arrived, or only what is held.", quarantine::every)
        .group(Group::Find)
        .within(&[Scope::Quarantine])
        .footer(5),
    cmd("quarantine.ticket", &["t"], "Ticket", "To the ticket that the mail is in, or would go to.", quarantine::ticket)
        .within(MAIL)
        .footer(7)
        .off(quarantine::ticket_why_not),
    cmd("quarantine.close", &["esc", "q"], "Back", "Back to the tickets.", overlay::close)
        .within(&[Scope::Quarantine])
        .footer(40),
    cmd("arrival.down", &["j", "down"], "Down", "One line down.", |m| arrival::scroll(m, 1)).within(&[Scope::Arrival]),
    cmd("arrival.up", &["k", "up"], "Up", "One line up.", |m| arrival::scroll(m, -1)).within(&[Scope::Arrival]),
    cmd("arrival.page_down", &["pgdn", "ctrl+d", "space"], "Page down", "A page down.", |m| arrival::page(m, 1)).within(&[Scope::Arrival]),
    cmd("arrival.page_up", &["pgup", "ctrl+u"], "Page up", "A page up.", |m| arrival::page(m, -1)).within(&[Scope::Arrival]),
    cmd("arrival.first", &["home"], "Top", "The top of the mail.", |m| arrival::scroll(m, isize::MIN)).within(&[Scope::Arrival]),
    cmd("arrival.last", &["G", "end"], "End", "The end of the mail.", |m| arrival::scroll(m, isize::MAX)).within(&[Scope::Arrival]),
    cmd("arrival.whole", &["e"], "Quoted lines", "Shows quoted lines and the signature, or hides them.", arrival::whole)
        .within(&[Scope::Arrival])
        .footer(1),
    cmd("arrival.raw", &["R"], "Raw", "Shows the mail as it arrived, or as it reads.", arrival::raw)
        .within(&[Scope::Arrival])
        .footer(5),
    cmd("arrival.next", &["n"], "Next mail", "The mail that stands below this one.", |m| arrival::step(m, 1))
        .within(&[Scope::Arrival])
        .footer(8),
    cmd("arrival.previous", &["p"], "Mail before", "The mail that stands above this one.", |m| arrival::step(m, -1))
        .within(&[Scope::Arrival])
        .footer(9),
    cmd("arrival.close", &["esc", "q", "enter"], "Back", "Back to where it was opened.", overlay::close)
        .within(&[Scope::Arrival])
        .footer(40),
    cmd("new.submit", &["ctrl+s", "alt+enter"], "Submit", "Submits the ticket.", new_ticket::submit)
        .group(Group::Act)
        .within(&[Scope::NewTicket])
        .tells("The foot of the form says who is told.")
        .changes()
        .footer(1),
    cmd("new.close", &["esc"], "Keep draft", "Closes the form; what was typed is kept.", new_ticket::close)
        .group(Group::Act)
        .within(&[Scope::NewTicket])
        .footer(2),
    cmd("new.next", &["tab"], "Next field", "To the next field.", |m| new_ticket::field(m, 1))
        .within(&[Scope::NewTicket])
        .footer(5),
    cmd("new.previous", &["shift+tab"], "Field before", "To the field before.", |m| new_ticket::field(m, -1))
        .within(&[Scope::NewTicket]),
    cmd("new.attach", &["alt+a"], "Attach file", "Attaches a file by its path; it is kept with the draft.", |m| {
        prompt::open(m, prompt::Kind::Attach)
    })
    .group(Group::Act)
    .within(&[Scope::NewTicket])
    .tells("Of a ticket that is shared they go with its email and stand in the Messenger; else they stay with the team.")
    .changes()
    .footer(3),
    cmd("new.detach", &["alt+x"], "Remove file", "Takes a file away that was attached.", composer::detach)
        .group(Group::Act)
        .within(&[Scope::NewTicket])
        .off(composer::detach_why_not)
        .footer(4),
    cmd("new.category", &["ctrl+t"], "Category", "Makes it a Customer, a Back-office or a Tracker ticket, in turn.", new_ticket::next_category)
        .within(&[Scope::NewTicket])
        .footer(6),
    cmd("new.discard", &["alt+d"], "Discard draft", "Throws what was typed away, after asking.", new_ticket::discard)
        .group(Group::Act)
        .within(&[Scope::NewTicket])
        .footer(7),
    cmd("quit.now", &["ctrl+c"], "Quit", "Leaves deskbell at once; drafts are kept.", system::leave)
        .group(Group::System)
        .within(&Scope::EVERY),
];

/// "No ticket is selected.", when that is so.
pub(crate) fn no_ticket(model: &Model) -> Option<String> {
    model.ticket().is_none().then(|| "No ticket is open here.".to_owned())
}

/// Why the domain would refuse this now (V4): the same sentence as by every other way in.
pub(crate) fn refused(model: &Model, action: &Action) -> Option<String> {
    match model.would(action) {
        None => no_ticket(model),
        Some(decided) => decided.err().map(|refusal| refusal.to_string()),
    }
}
