//! Pictures for the terminal: which way it shows them, by its environment alone, and a file's bytes
//! made into what is drawn. Only what a teammate asks to see is ever decoded.

use std::io::Cursor;
use std::sync::Arc;

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits};
use image::{Rgba, RgbaImage, imageops};
use ratatui::layout::Size;
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::halfblocks::Halfblocks;
use ratatui_image::protocol::iterm2::Iterm2;
use ratatui_image::protocol::kitty::Kitty;
use ratatui_image::protocol::sixel::Sixel;
use ratatui_image::{FontSize, Resize};

use crate::domain::attachment::size_in_words;
use crate::mail::file_type;
use crate::tui::view::theme::{Preset, Theme};

/// The name of the thread that decodes foreign pictures: a fault there is expected, and survived.
pub const PAINTER: &str = "picture-reader";
/// The longest side, in pixels.
const SIDE: u32 = 8_000;
/// The most pixels.
const PIXELS: u64 = 50_000_000;
/// The largest file, in bytes.
const BYTES: usize = 25 * 1024 * 1024;
/// The most memory a decoder may take, in bytes: four for each pixel, and some for itself.
const MEMORY: u64 = 256 * 1024 * 1024;
/// Pixels of a cell, where the terminal does not tell.
const CELL: (u16, u16) = (10, 20);
/// The number our one picture has in a Kitty: the next takes its place there.
const NUMBER: u32 = 0x00de_5bee;

/// How a terminal is made to show a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// Two coloured dots in a cell: any terminal with colours.
    #[default]
    HalfBlocks,
    Kitty,
    Iterm2,
    Sixel,
}

impl Way {
    /// By the environment alone. A terminal is never asked: its answer would be read as keys. In a
    /// multiplexer it is dots, for it alone knows what stands where.
    #[must_use]
    pub fn of(env: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name: &str| env(name).unwrap_or_default();
        let set = |name: &str| !var(name).is_empty();
        let (term, program) = (var("TERM"), var("TERM_PROGRAM"));
        let multiplexed = ["TMUX", "STY", "ZELLIJ"].into_iter().any(set)
            || ["screen", "tmux"].iter().any(|m| term.starts_with(m));
        if multiplexed {
            return Self::HalfBlocks;
        }
        match (term.as_str(), program.as_str()) {
            ("xterm-kitty" | "xterm-ghostty", _) | (_, "ghostty") => Self::Kitty,
            (_, "iTerm.app" | "WezTerm") => Self::Iterm2,
            (term, _) if ["foot", "mlterm"].iter().any(|t| term.starts_with(t)) => Self::Sixel,
            (term, _) if term.contains("sixel") => Self::Sixel,
            // Another terminal that was started from a Kitty has this from it, and says who it is.
            ("xterm-256color", "") if set("KITTY_WINDOW_ID") => Self::Kitty,
            _ => Self::HalfBlocks,
        }
    }

    /// The way where pictures are to be shown at all: not in plain ASCII, and not without colours.
    #[must_use]
    pub fn allowed(self, ascii: bool, theme: Theme) -> Option<Self> {
        (!ascii && theme.preset != Preset::Mono).then_some(self)
    }

    /// Whether the terminal draws it over the cells, where a frame does not wipe it away.
    #[must_use]
    pub const fn is_graphic(self) -> bool {
        !matches!(self, Self::HalfBlocks)
    }
}

/// A picture, made for one terminal and one size.
#[derive(Clone)]
pub struct Shown {
    pub drawn: Arc<Protocol>,
    /// Width and height of the file's own.
    pub pixels: (u32, u32),
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown {:?}", self.pixels)
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.drawn, &other.drawn)
    }
}

/// Decodes a file and makes it fit into `room` columns and rows. Blocking. `cell` is a cell's size
/// in pixels.
///
/// # Errors
/// One sentence with the file's name: it is no picture, too large, or damaged.
pub fn show(
    name: &str,
    bytes: Vec<u8>,
    way: Way,
    room: (u16, u16),
    cell: Option<(u16, u16)>,
) -> Result<Shown, String> {
    let failed = |what: String| format!("{name} {what}");
    let work = move || draw(&decode(bytes)?, way, room, cell.unwrap_or(CELL));
    // On a thread of its own: a decoder that falls over a foreign file takes nothing with it.
    let thread = std::thread::Builder::new().name(PAINTER.into()).spawn(work);
    let answer = thread.map_err(|e| failed(format!("cannot be shown: {e}.")))?.join();
    answer.unwrap_or_else(|_| Err(DAMAGED.into())).map_err(failed)
}

const DAMAGED: &str = "is damaged and cannot be shown; it can be saved as it is.";

fn decode(bytes: Vec<u8>) -> Result<DynamicImage, String> {
    let format = match file_type("", &bytes) {
        "image/png" => ImageFormat::Png,
        "image/jpeg" => ImageFormat::Jpeg,
        "image/gif" => ImageFormat::Gif,
        _ => return Err("is no picture that is shown here: those are PNG, JPEG and GIF.".into()),
    };
    let large = |what: String| format!("is too large to be shown ({what}); it can be saved.");
    if bytes.len() > BYTES {
        return Err(large(size_in_words(bytes.len() as u64)));
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY);
    let wrong = |error: ImageError| match error {
        ImageError::Limits(_) => large("it takes too much memory".into()),
        _ => DAMAGED.to_owned(),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > SIDE || height > SIDE || pixels > PIXELS || decoder.total_bytes() > MEMORY {
        return Err(large(format!("{width} x {height} pixels")));
    }
    let turned = decoder.orientation().map_err(wrong)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(wrong)?;
    image.apply_orientation(turned);
    Ok(image)
}

fn draw(
    image: &DynamicImage,
    way: Way,
    room: (u16, u16),
    cell: (u16, u16),
) -> Result<Shown, String> {
    let pixels = (image.width(), image.height());
    let room = Size::new(room.0.max(1), room.1.max(1));
    // Half a cell is a dot, and a dot shows one pixel at the most.
    let cell = if way.is_graphic() { cell } else { (1, 2) };
    let (fit, font) = (Resize::Fit(Some(FilterType::Triangle)), FontSize::from(cell));
    let size = fit.size_for(image, font, room);
    let size = Size::new(size.width.clamp(1, room.width), size.height.clamp(1, room.height));
    let small = on_white(&fit.resize(image, font, size, None));
    let drawn = match way {
        Way::HalfBlocks => Halfblocks::new(small, size).map(Protocol::Halfblocks),
        Way::Kitty => Kitty::new(small, size, NUMBER, false, true).map(Protocol::Kitty),
        Way::Iterm2 => Iterm2::new(small, size, false).map(Protocol::ITerm2),
        Way::Sixel => Sixel::new(small, size, false).map(Protocol::Sixel),
    };
    let drawn = drawn.map_err(|e| format!("cannot be shown: {e}."))?;
    Ok(Shown { drawn: Arc::new(drawn), pixels })
}

/// What shines through is white, as on the page that most pictures were made for.
fn on_white(image: &DynamicImage) -> DynamicImage {
    let mut white = RgbaImage::from_pixel(image.width(), image.height(), Rgba([255; 4]));
    imageops::overlay(&mut white, &image.to_rgba8(), 0, 0);
    white.into()
}

#[cfg(test)]
mod tests;
