//! deskbell: a help desk in the terminal that knows what the customer knows.
pub mod clock;
pub mod desk;
pub mod domain;
pub mod store;
