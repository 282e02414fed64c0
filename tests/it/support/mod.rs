//! What the rooms of this binary share.
pub mod bench;
pub mod http;
pub mod people;
pub mod post;
pub mod program;
pub mod pty;
pub mod receiver;
pub mod runner;
pub mod said;
pub mod served;
pub mod sink;
pub mod steps;
pub mod story;
