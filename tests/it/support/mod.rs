//! What the rooms of this binary share.
pub mod bench;
pub mod post;
pub mod program;
pub mod pty;
pub mod runner;
pub mod sink;
pub mod story;
