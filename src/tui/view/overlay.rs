use crate::tui::model::Model;
pub fn choices(_: &Model) -> usize {
    0
}
