//! The README's table of keys is made from the registry.

use deskbell::tui::commands::{Keymap, markdown};

#[test]
fn the_table_of_keys() {
    insta::assert_snapshot!("keys_markdown", markdown(&Keymap::default()));
}
