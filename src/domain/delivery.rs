//! The ledger: one row per part, channel and contact, also when nothing is sent (L1).

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::domain::{ContactId, DeliveryId, PartId, TicketId, Time};

/// Where a customer can be told something (N). The thread itself is not a delivery: it is what
/// the customer finds when they look, and a part's `visible` says whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Badge,
    Recent,
    Email,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Badge, Self::Recent, Self::Email];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::Recent => "recent",
            Self::Email => "email",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// How far a delivery is (L1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Due,
    Sending,
    Sent,
    Retrying,
    Failed,
    /// Twice the answer was lost after the message was handed over (L5).
    Unknown,
    Suppressed,
}

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Due,
        Self::Sending,
        Self::Sent,
        Self::Retrying,
        Self::Failed,
        Self::Unknown,
        Self::Suppressed,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Suppressed => "suppressed",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// Still going to happen, unless something changes.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        match self {
            Self::Due | Self::Sending | Self::Retrying => true,
            Self::Sent | Self::Failed | Self::Unknown | Self::Suppressed => false,
        }
    }
}

/// Why a customer was not told (L1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reason {
    NotShared,
    Internal,
    /// N4.
    ClosedUnresolved,
    /// N7, S3.
    OwnAction,
    /// N2, N12: when it was seen.
    SeenInMessenger(Time),
    /// N6.
    NotSharedAnyMore,
    /// N13, N15: another mail carries it.
    Superseded,
    /// U1.
    Undone,
    NoAddress,
    Unsubscribed,
    HardBounce,
    LoopBudget,
    Import,
    AskedNotToNotify,
    /// M3: a machine's mail is not answered.
    Automatic,
    /// N17.
    Unverified,
}

impl Reason {
    /// The word in the database. [`Reason::SeenInMessenger`] keeps its time beside it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotShared => "not_shared",
            Self::Internal => "internal",
            Self::ClosedUnresolved => "closed_unresolved",
            Self::OwnAction => "own_action",
            Self::SeenInMessenger(_) => "seen",
            Self::NotSharedAnyMore => "not_shared_any_more",
            Self::Superseded => "superseded",
            Self::Undone => "undone",
            Self::NoAddress => "no_address",
            Self::Unsubscribed => "unsubscribed",
            Self::HardBounce => "hard_bounce",
            Self::LoopBudget => "loop_budget",
            Self::Import => "import",
            Self::AskedNotToNotify => "asked_not_to_notify",
            Self::Automatic => "automatic",
            Self::Unverified => "unverified",
        }
    }

    /// The inverse of [`Reason::code`]; `at` is the time stored beside it.
    #[must_use]
    pub fn from_code(code: &str, at: Option<Time>) -> Option<Self> {
        Some(match code {
            "not_shared" => Self::NotShared,
            "internal" => Self::Internal,
            "closed_unresolved" => Self::ClosedUnresolved,
            "own_action" => Self::OwnAction,
            "seen" => Self::SeenInMessenger(at?),
            "not_shared_any_more" => Self::NotSharedAnyMore,
            "superseded" => Self::Superseded,
            "undone" => Self::Undone,
            "no_address" => Self::NoAddress,
            "unsubscribed" => Self::Unsubscribed,
            "hard_bounce" => Self::HardBounce,
            "loop_budget" => Self::LoopBudget,
            "import" => Self::Import,
            "asked_not_to_notify" => Self::AskedNotToNotify,
            "automatic" => Self::Automatic,
            "unverified" => Self::Unverified,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotShared => "not shared",
            Self::Internal => "internal",
            Self::ClosedUnresolved => "closed without being resolved",
            Self::OwnAction => "own action",
            Self::SeenInMessenger(at) => {
                return write!(f, "seen in Messenger at {}", at.format("%Y-%m-%dT%H:%M:%SZ"));
            }
            Self::NotSharedAnyMore => "not shared any more",
            Self::Superseded => "superseded",
            Self::Undone => "undone",
            Self::NoAddress => "no address",
            Self::Unsubscribed => "unsubscribed",
            Self::HardBounce => "hard bounce",
            Self::LoopBudget => "loop budget",
            Self::Import => "import",
            Self::AskedNotToNotify => "asked not to notify",
            Self::Automatic => "automatic mail is not answered",
            Self::Unverified => "not acknowledged: unverified address, limit",
        })
    }
}

/// A ledger row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    pub id: DeliveryId,
    pub ticket_id: TicketId,
    pub part_id: PartId,
    /// None when the ticket has no contact: then nobody could be told, and the row says why.
    pub contact_id: Option<ContactId>,
    pub channel: Channel,
    pub status: Status,
    pub reason: Option<Reason>,
    /// When the event happened.
    pub at: Time,
    /// When it falls due, or is tried next. None for what was never to be sent.
    pub due_at: Option<Time>,
    pub sent_at: Option<Time>,
    /// Fixed when the row was written (L2); without angle brackets. Email only.
    pub message_id: Option<String>,
    /// Counted before an attempt is made.
    pub attempts: u32,
    /// How often the answer was lost after the message was handed over (L5).
    pub lost_answers: u32,
    /// The mail that carries this one (N13, N15), while it is being sent and after.
    pub carried_by: Option<DeliveryId>,
    /// The server's last words, cleaned.
    pub last_error: Option<String>,
}

/// The last words of a row that a teammate laid to rest (L5).
pub const DROPPED: &str = "dropped by a teammate; it may have arrived";

impl Delivery {
    /// True for one that a teammate laid to rest (L5), which no server refused.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.status == Status::Failed && self.last_error.as_deref() == Some(DROPPED)
    }

    /// The verdict in one phrase, without times: "sent", "not sent: own action".
    #[must_use]
    pub fn verdict(&self) -> String {
        match (self.status, self.reason, &self.last_error) {
            (Status::Suppressed, Some(reason), _) => format!("not sent: {reason}"),
            (Status::Suppressed, None, _) => "not sent".into(),
            (Status::Failed, _, Some(words)) => format!("failed: {words}"),
            (Status::Retrying, _, Some(words)) => format!("retrying: {words}"),
            (Status::Unknown, _, _) => {
                "unknown: the server's answer was lost twice; resend or drop it".into()
            }
            (
                Status::Due | Status::Sending | Status::Sent | Status::Retrying | Status::Failed,
                ..,
            ) => self.status.code().into(),
        }
    }
}

/// How long temporary failures are tried: three days.
pub const RETRY_FOR: Duration = Duration::days(3);

/// When to try again after `attempts` failed ones (at least 1): 1, 5, 15, 60 minutes, then every
/// hour, each ±20 % by a jitter that is a pure function of the row, so a run can be replayed.
/// `None` once the next try would fall [`RETRY_FOR`] after `first_due`: the mail has failed.
#[must_use]
pub fn retry_at(id: DeliveryId, attempts: u32, first_due: Time, now: Time) -> Option<Time> {
    let minutes = match attempts {
        0 | 1 => 1,
        2 => 5,
        3 => 15,
        _ => 60,
    };
    let base_ms: i64 = minutes * 60_000;
    // SplitMix64 finaliser: spreads neighbouring ids over the whole range.
    let mut x = (id.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(attempts);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    let percent = 80 + i64::try_from(x % 41).unwrap_or(20);
    let next = now + Duration::milliseconds(base_ms * percent / 100);
    (next <= first_due + RETRY_FOR).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Time {
        Time::from_timestamp(s, 0).unwrap()
    }

    #[test]
    fn retries_back_off_with_jitter_and_end_after_three_days() {
        let start = at(1_000_000);
        let mut now = start;
        let mut gaps = Vec::new();
        let mut attempts = 1;
        while let Some(next) = retry_at(DeliveryId(7), attempts, start, now) {
            gaps.push((next - now).num_seconds());
            now = next;
            attempts += 1;
        }
        for (gap, minutes) in gaps.iter().zip([1, 5, 15, 60, 60]) {
            assert!((minutes * 48..=minutes * 72).contains(gap), "{gap} s for {minutes} min");
        }
        assert!(now <= start + RETRY_FOR && now > start + RETRY_FOR - Duration::minutes(73));
        assert_ne!(
            retry_at(DeliveryId(1), 4, start, start),
            retry_at(DeliveryId(2), 4, start, start)
        );
    }

    #[test]
    fn reasons_and_statuses_survive_the_database() {
        for reason in [
            Reason::NotShared,
            Reason::Internal,
            Reason::ClosedUnresolved,
            Reason::OwnAction,
            Reason::SeenInMessenger(at(5)),
            Reason::NotSharedAnyMore,
            Reason::Superseded,
            Reason::Undone,
            Reason::NoAddress,
            Reason::Unsubscribed,
            Reason::HardBounce,
            Reason::LoopBudget,
            Reason::Import,
            Reason::AskedNotToNotify,
            Reason::Automatic,
            Reason::Unverified,
        ] {
            assert_eq!(Reason::from_code(reason.code(), Some(at(5))), Some(reason));
        }
        for status in Status::ALL {
            assert_eq!(Status::from_code(status.code()), Some(status));
        }
    }
}
