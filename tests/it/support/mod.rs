//! What the rooms of this binary share.
pub mod program;
pub mod pty;
pub mod sink;
