//! The terminal interface: `Message` in, `Command` out, the model between. `update` awaits
//! nothing, `view` changes nothing, the loop in `app` carries messages. Never decides what a
//! customer is told: it asks the domain and shows the answer.

pub mod app;
pub mod commands;
pub mod consequence;
pub mod exec;
pub mod keys;
pub mod line_edit;
pub mod mail_sheet;
pub mod message;
pub mod messenger_app;
pub mod model;
pub mod pictures;
pub mod terminal;
pub mod update;
pub mod view;
