//! What the rooms of this binary share.
pub mod pty;
pub mod sink;
