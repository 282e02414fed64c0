//! A picture among a ticket's files, looked at. It is read and decoded away from the screen, anew
//! for each size; when it goes, what the terminal drew over the cells is wiped.

use crate::domain::{PartId, TicketId};
use crate::tui::message::Command;
use crate::tui::model::{Model, ToastKind};
use crate::tui::pictures::{Shown, Way};
use crate::tui::update::files;
use crate::tui::update::overlay::Overlay;
use crate::tui::view::overlay::room_of_picture;

/// The box over the list of files.
#[derive(Debug)]
pub struct ViewerBox {
    pub ticket: TicketId,
    pub part: PartId,
    /// Which of the part's files, from 0.
    pub n: usize,
    pub name: String,
    /// None until it is decoded for the size it has now.
    pub shown: Option<Shown>,
}

/// Why no picture is shown here.
#[must_use]
pub fn why_not(model: &Model) -> Option<String> {
    let save = model.keymap.key("files.save").unwrap_or_default();
    if model.pictures.is_none() {
        return Some(format!(
            "No pictures are shown in plain ASCII or without colours; {save} saves the file."
        ));
    }
    // One of no known type may be a picture yet.
    let file = files::marked(model)?.file;
    let none = !file.is_picture() && file.mime != "application/octet-stream";
    none.then(|| format!("{} is no picture that is shown here; {save} saves it.", file.name))
}

pub fn open(model: &mut Model) -> Vec<Command> {
    let Some(ticket) = model.thread.wanted else { return Vec::new() };
    let Some(row) = files::marked(model) else { return Vec::new() };
    let (part, n, name) = (row.part.id, row.n, row.file.name.clone());
    model.overlays.push(Overlay::Viewer(ViewerBox { ticket, part, n, name, shown: None }));
    load(model)
}

/// Asks for the picture in the size there is room for.
fn load(model: &Model) -> Vec<Command> {
    let (Some(Overlay::Viewer(b)), Some(way)) = (model.overlays.last(), model.pictures) else {
        return Vec::new();
    };
    let room = room_of_picture(model);
    vec![Command::LoadPicture { ticket: b.ticket, part: b.part, n: b.n, way, room }]
}

/// The screen has another size: the picture is made anew for it.
pub fn resized(model: &mut Model) -> Vec<Command> {
    if let Some(Overlay::Viewer(b)) = model.overlays.last_mut() {
        b.shown = None;
    }
    load(model)
}

/// Takes a picture, unless another or another size is wanted by now.
pub fn take(model: &mut Model, file: (PartId, usize), room: (u16, u16), shown: Shown) {
    let fits = room == room_of_picture(model);
    if let Some(Overlay::Viewer(b)) = model.overlays.last_mut()
        && (b.part, b.n) == file
        && fits
    {
        b.shown = Some(shown);
    }
}

/// It cannot be shown: back to the list, with the reason.
pub fn failed(model: &mut Model, file: (PartId, usize), sentence: String) {
    let this = |o: &Overlay| matches!(o, Overlay::Viewer(b) if (b.part, b.n) == file);
    if model.overlays.pop_if(|o| this(o)).is_some() {
        model.toast(ToastKind::Trouble, sentence);
    }
}

/// Whether the terminal has drawn a picture over the cells.
#[must_use]
pub fn lies_over_cells(model: &Model) -> bool {
    model.pictures.is_some_and(Way::is_graphic)
        && matches!(model.overlays.last(), Some(Overlay::Viewer(b)) if b.shown.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Teammate, TeammateId};
    use crate::tui::commands::Keymap;
    use crate::tui::keys::Key;
    use crate::tui::message::{Input, Message};
    use crate::tui::pictures;
    use crate::tui::update::update;
    use crate::tui::view::theme::Theme;

    /// A model with a picture open, shown by `way`.
    fn looking(way: Way) -> Model {
        let me = Teammate { id: TeammateId(1), name: "Mara Holt".into() };
        let now = "2026-06-09T14:05:29Z".parse().unwrap();
        let mut model = Model::new(now, (80, 24), me, Keymap::default(), Theme::default());
        model.pictures = Some(way);
        let image = image::RgbaImage::from_pixel(4, 4, image::Rgba([9, 9, 9, 255]));
        let mut png = std::io::Cursor::new(Vec::new());
        image.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let room = room_of_picture(&model);
        let shown = pictures::show("a.png", png.into_inner(), way, room, None).unwrap();
        let (ticket, part) = (TicketId(7), PartId(3));
        let name = "a.png".to_owned();
        model.overlays.push(Overlay::Viewer(ViewerBox { ticket, part, n: 0, name, shown: None }));
        take(&mut model, (part, 1), room, shown.clone());
        take(&mut model, (part, 0), (1, 1), shown.clone());
        assert!(!lies_over_cells(&model), "another file's, or for another size");
        take(&mut model, (part, 0), room, shown);
        model
    }

    #[test]
    fn what_a_terminal_drew_over_the_cells_is_wiped_when_it_goes() {
        for (way, wiped) in [(Way::HalfBlocks, false), (Way::Kitty, true), (Way::Sixel, true)] {
            let mut model = looking(way);
            let key = Message::Input(Input::Key(Key::char('q')));
            let commands = update(&mut model, key);
            assert!(model.overlays.is_empty());
            assert_eq!(commands.contains(&Command::Redraw), wiped, "{way:?} {commands:?}");
        }
    }

    #[test]
    fn another_size_asks_for_the_picture_anew() {
        let mut model = looking(Way::Iterm2);
        let commands = update(&mut model, Message::Input(Input::Resize(120, 36)));
        assert!(commands.contains(&Command::Redraw), "{commands:?}");
        let asked = commands.iter().find_map(|c| match c {
            Command::LoadPicture { room, .. } => Some(*room),
            _ => None,
        });
        assert_eq!(asked, Some(room_of_picture(&model)));
        assert!(!lies_over_cells(&model));
    }
}
