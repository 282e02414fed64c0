//! Mail: a placeholder until the mail room moves in; take that room's side of any conflict.
pub mod compose;
pub mod logo;
pub mod transport;
