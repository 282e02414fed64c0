//! All that the screen knows. Changed by `update` alone, read by `view`; does no I/O and reads no
//! clock: `now` is set before every message.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::desk::view::{Draft, DraftKey, Outlook, TicketView};
use crate::domain::inbox::{Counters, InboxFilter, InboxRow};
use crate::domain::{
    Action, Actor, Attachment, Category, Decision, Refusal, Teammate, TicketId, Time,
};
use crate::tui::commands::{Keymap, Scope};
use crate::tui::keys::Key;
use crate::tui::line_edit::LineEdit;
use crate::tui::pictures::Way;
use crate::tui::update::composer::Composer;
use crate::tui::update::messenger::MessengerPane;
use crate::tui::update::overlay::Overlay;
use crate::tui::view::text;
use crate::tui::view::theme::Theme;

/// The whole state of the screen.
#[derive(Debug)]
pub struct Model {
    pub now: Time,
    /// How fast the desk's clock runs: 1.0, or more in a demo.
    pub speed: f64,
    /// Columns and rows.
    pub size: (u16, u16),
    pub me: Teammate,
    pub is_demo: bool,
    /// N15, as this desk has it.
    pub grace: Duration,
    /// Whether this desk lets a teammate act as the customer.
    pub may_act: bool,
    pub keymap: Keymap,
    pub theme: Theme,
    /// How pictures are shown; None where they are not to be.
    pub pictures: Option<Way>,
    /// The name in the Messenger settings.
    pub desk_name: String,
    pub focus: Focus,
    pub tab: Tab,
    pub list: ListPane,
    pub thread: ThreadPane,
    pub messenger: MessengerPane,
    /// Open on the ticket of the thread, or closed.
    pub composer: Option<Composer>,
    /// The last one is on top and takes the keys.
    pub overlays: Vec<Overlay>,
    pub toast: Option<Toast>,
    pub counters: Counters,
    pub outlook: Outlook,
    pub drafts: BTreeMap<DraftKey, Draft>,
    pub teammates: Vec<Teammate>,
    /// The ticket last opened on purpose.
    pub visited: Option<TicketId>,
    /// The one opened before it, for `-`.
    pub last_ticket: Option<TicketId>,
    /// The first key of a two-key command, while the second is waited for.
    pub leader: Option<Leader>,
    /// 80 to 109 columns: the Messenger stands where the list was.
    pub messenger_for_list: bool,
    /// The list has been read once: before that an empty desk cannot be told from a slow one.
    pub ready: bool,
    /// What was typed while the ticket it is meant for was still being read.
    pub early: std::collections::VecDeque<crate::tui::message::Input>,
    /// The offer of an empty desk was made, or was not needed.
    pub welcomed: bool,
}

/// Which pane takes the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    List,
    Thread,
    Messenger,
}

/// Which tickets the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Of(Category),
    All,
}

impl Tab {
    pub const EVERY: [Self; 4] = [
        Self::Of(Category::Customer),
        Self::Of(Category::BackOffice),
        Self::Of(Category::Tracker),
        Self::All,
    ];

    #[must_use]
    pub const fn category(self) -> Option<Category> {
        match self {
            Self::Of(category) => Some(category),
            Self::All => None,
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Of(category) => category.label(),
            Self::All => "All",
        }
    }
}

/// The inbox list: the rows read so far, in order.
#[derive(Debug, Default)]
pub struct ListPane {
    pub rows: Vec<InboxRow>,
    /// No further rows follow those read.
    pub complete: bool,
    pub selected: Option<TicketId>,
    /// First row drawn.
    pub offset: usize,
    pub filter: LineEdit,
    /// The filter line has the keys.
    pub filtering: bool,
    /// Grows with each question asked; answers to older ones are thrown away.
    pub generation: u64,
    /// A ticket that was gone to and is not among the rows.
    pub sought: Option<Sought>,
    /// A further page is on its way.
    pub loading_more: bool,
}

/// A ticket that was gone to: selected once it is among the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought {
    pub id: TicketId,
    /// It has been read, so it is there.
    pub found: bool,
    /// Where one was before: focus, the ticket visited, and the one before that.
    pub back: (Focus, Option<TicketId>, Option<TicketId>),
}

impl ListPane {
    /// Where the selected ticket stands among the rows.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let id = self.selected?;
        self.rows.iter().position(|r| r.id == id)
    }
}

/// The thread of one ticket.
#[derive(Debug, Default)]
pub struct ThreadPane {
    /// The ticket that is to be shown.
    pub wanted: Option<TicketId>,
    /// The ticket as last read; may still be the one before.
    pub view: Option<Box<TicketView>>,
    /// A read that has not come back. One at a time, so a held key floods nothing.
    pub loading: Option<TicketId>,
    /// Lines above the newest: 0 keeps the end in sight as it grows.
    pub scroll: usize,
    /// The marked line among the linked tickets.
    pub link: usize,
}

/// A line that goes away by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub kind: ToastKind,
    pub until: Time,
    /// The ticket this tells of, and until when `u` takes it back there.
    pub undo: Option<(TicketId, Time)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    Done,
    Info,
    Trouble,
}

/// A leader key that waits for its second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leader {
    pub key: Key,
    /// When the box with the possible keys comes up.
    pub show_at: Time,
}

/// Seconds a toast stays, real ones.
const TOAST_SECONDS: i64 = 6;

impl Model {
    /// A screen that has read nothing yet.
    #[must_use]
    pub fn new(now: Time, size: (u16, u16), me: Teammate, keymap: Keymap, theme: Theme) -> Self {
        Self {
            now,
            speed: 1.0,
            size,
            me,
            is_demo: false,
            grace: crate::domain::notify::DEFAULT_GRACE,
            may_act: false,
            keymap,
            theme,
            pictures: None,
            desk_name: String::new(),
            focus: Focus::List,
            tab: Tab::Of(Category::Customer),
            list: ListPane::default(),
            thread: ThreadPane::default(),
            messenger: MessengerPane::default(),
            composer: None,
            overlays: Vec::new(),
            toast: None,
            counters: Counters::default(),
            outlook: Outlook::default(),
            drafts: BTreeMap::new(),
            teammates: Vec::new(),
            visited: None,
            last_ticket: None,
            leader: None,
            messenger_for_list: false,
            ready: false,
            early: std::collections::VecDeque::new(),
            welcomed: false,
        }
    }

    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Teammate(self.me.clone())
    }

    /// The ticket in the thread, once it has been read.
    #[must_use]
    pub fn ticket(&self) -> Option<&TicketView> {
        self.thread.view.as_deref().filter(|v| Some(v.ticket.id) == self.thread.wanted)
    }

    /// What an action on the ticket in the thread would do now (L3). None without a ticket.
    #[must_use]
    pub fn would(&self, action: &Action) -> Option<Result<Decision, Refusal>> {
        Some(self.ticket()?.decide(action, &self.actor(), self.now))
    }

    /// False while no mail leaves this desk: then no time is promised for one.
    #[must_use]
    pub fn mail_leaves(&self) -> bool {
        self.outlook.trouble.is_none()
    }

    /// The files that a draft has.
    #[must_use]
    pub fn files_of(&self, key: DraftKey) -> &[Attachment] {
        self.drafts.get(&key).map_or(&[], |d| d.files.as_slice())
    }

    /// The first name of the ticket's contact for a sentence, or a word in its place.
    #[must_use]
    pub fn customer(&self) -> String {
        let contact = self.ticket().and_then(|v| v.contact.as_ref());
        contact.map_or("the customer".into(), |c| text::name(c.first_name()))
    }

    #[must_use]
    pub fn filter(&self) -> InboxFilter {
        InboxFilter::parse(self.tab.category(), self.list.filter.text())
    }

    /// Where keys go now.
    #[must_use]
    pub fn scope(&self) -> Scope {
        if let Some(overlay) = self.overlays.last() {
            return overlay.scope();
        }
        if self.composer.is_some() {
            return Scope::Composer;
        }
        if self.list.filtering {
            return Scope::Filter;
        }
        self.pane_scope()
    }

    /// The scope of the focused pane, whatever lies over it.
    #[must_use]
    pub fn pane_scope(&self) -> Scope {
        match self.focus {
            Focus::List => Scope::List,
            Focus::Thread => Scope::Thread,
            Focus::Messenger => self.messenger.scope(),
        }
    }

    /// The reply being written to this ticket, for the preview; nothing while it is empty.
    #[must_use]
    pub fn preview_text(&self) -> Option<String> {
        self.composer
            .as_ref()
            .filter(|c| c.is_reply())
            .map(Composer::text)
            .filter(|t| !t.trim().is_empty())
    }

    /// Desk time that passes in so many real milliseconds.
    #[must_use]
    pub fn real_ms(&self, ms: i64) -> Duration {
        #[expect(clippy::cast_possible_truncation, reason = "a few seconds times a small speed")]
        let scaled = (ms as f64 * self.speed.max(0.001)) as i64;
        Duration::milliseconds(scaled)
    }

    pub fn toast(&mut self, kind: ToastKind, text: impl Into<String>) {
        self.toast = Some(Toast {
            text: text.into(),
            kind,
            until: self.now + self.real_ms(TOAST_SECONDS * 1_000),
            undo: None,
        });
    }

    /// Until when `u` takes back what the toast tells of. None where the key would do something
    /// else: on another ticket, in a box or a field, or when it cannot be taken back any more.
    #[must_use]
    pub fn undo_until(&self) -> Option<Time> {
        let (id, until) = self.toast.as_ref()?.undo.filter(|(_, until)| *until > self.now)?;
        let here = self.ticket().is_some_and(|v| v.ticket.id == id && v.undo(self.now).is_ok());
        (here && Scope::PANES.contains(&self.scope())).then_some(until)
    }

    /// When the screen must be looked at again although nothing happens. None when it is at rest:
    /// then nothing is drawn and nothing wakes.
    #[must_use]
    pub fn next_wake(&self) -> Option<Time> {
        let second = self.counts_down().then(|| self.next_second());
        let toast = self.toast.as_ref().map(|t| t.until);
        let draft = self.composer.as_ref().and_then(Composer::autosave_at);
        let form = self.overlays.iter().filter_map(Overlay::autosave_at).min();
        let leader = self.leader.map(|l| l.show_at).filter(|at| *at > self.now);
        let due = self.outlook.next_due.filter(|at| *at > self.now);
        let due = due.filter(|_| self.counts_down());
        // A clock that is shown running has to run, if only once a real second.
        let clock = (self.speed > 1.0).then(|| self.now + self.real_ms(1_000));
        [clock, second, toast, draft, form, leader, due].into_iter().flatten().min()
    }

    /// True while a countdown stands on the screen.
    fn counts_down(&self) -> bool {
        let ahead = |at: Option<Time>| at.is_some_and(|at| at > self.now);
        ahead(self.outlook.next_due)
            || self.undo_until().is_some()
            || self.ticket().is_some_and(|v| ahead(v.next_mail().and_then(|d| d.due_at)))
    }

    /// The next whole second of the desk's clock, at most ten frames a real second.
    fn next_second(&self) -> Time {
        let into = Duration::milliseconds(self.now.timestamp_millis().rem_euclid(1_000));
        (self.now - into + Duration::seconds(1)).max(self.now + self.real_ms(100))
    }
}
