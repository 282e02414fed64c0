use super::*;

/// A PNG of one colour.
fn png(width: u32, height: u32) -> Vec<u8> {
    let image = RgbaImage::from_pixel(width, height, Rgba([200, 30, 30, 255]));
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

/// A PNG whose header tells of another size than its pixels have.
fn telling_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(2, 2);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32fast::hash(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn blocks(bytes: Vec<u8>) -> Result<Shown, String> {
    show("a.png", bytes, Way::HalfBlocks, (40, 10), None)
}

#[test]
fn the_way_is_told_by_the_environment_alone() {
    for (env, way) in [
        ([("TERM", "xterm-kitty"), ("", "")], Way::Kitty),
        ([("TERM", "xterm-256color"), ("KITTY_WINDOW_ID", "1")], Way::Kitty),
        ([("TERM", "xterm-256color"), ("TERM_PROGRAM", "ghostty")], Way::Kitty),
        ([("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], Way::Iterm2),
        ([("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Way::Iterm2),
        ([("TERM", "foot-extra"), ("KITTY_WINDOW_ID", "1")], Way::Sixel),
        ([("TERM", "mlterm-256color"), ("", "")], Way::Sixel),
        ([("TERM", "yaft-sixel"), ("", "")], Way::Sixel),
        ([("TERM", "xterm-256color"), ("", "")], Way::HalfBlocks),
        ([("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")], Way::HalfBlocks),
        ([("TERM", "xterm-kitty"), ("STY", "1.pts")], Way::HalfBlocks),
        ([("TERM", "tmux-256color"), ("TERM_PROGRAM", "WezTerm")], Way::HalfBlocks),
        ([("TERM", "screen"), ("KITTY_WINDOW_ID", "1")], Way::HalfBlocks),
        ([("", ""), ("", "")], Way::HalfBlocks),
    ] {
        let get = |name: &str| {
            let found = env.iter().find(|(n, _)| !n.is_empty() && *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(Way::of(get), way, "{env:?}");
    }
    let other = |name: &str| match name {
        "TERM" => Some("xterm-256color".to_owned()),
        "TERM_PROGRAM" => Some("vscode".to_owned()),
        "KITTY_WINDOW_ID" => Some("1".to_owned()),
        _ => None,
    };
    assert_eq!(Way::of(other), Way::HalfBlocks, "started from a Kitty, but none");
}

#[test]
fn plain_ascii_and_no_colours_allow_no_picture() {
    let (colours, mono) = (Theme::new(Preset::Auto), Theme::new(Preset::Mono));
    assert_eq!(Way::Kitty.allowed(false, colours), Some(Way::Kitty));
    assert_eq!(Way::Kitty.allowed(true, colours), None);
    assert_eq!(Way::Kitty.allowed(false, mono), None);
}

#[test]
fn a_picture_keeps_its_shape_and_stays_in_its_room() {
    for (pixels, size) in
        [((4, 4), (4, 2)), ((400, 100), (40, 5)), ((100, 400), (5, 10)), ((1, 8_000), (1, 10))]
    {
        let shown = blocks(png(pixels.0, pixels.1)).unwrap();
        assert_eq!(shown.pixels, pixels);
        assert_eq!(shown.drawn.size(), Size::new(size.0, size.1), "{pixels:?}");
    }
    for way in [Way::Kitty, Way::Iterm2, Way::Sixel] {
        let shown = show("a.png", png(300, 100), way, (10, 10), Some((10, 20))).unwrap();
        assert_eq!(shown.drawn.size(), Size::new(10, 2), "{way:?}");
    }
}

#[test]
fn what_cannot_be_shown_is_told_in_a_sentence() {
    let told = |bytes: Vec<u8>| blocks(bytes).unwrap_err();
    let none = told(b"<svg onload=alert(1)>".to_vec());
    assert_eq!(none, "a.png is no picture that is shown here: those are PNG, JPEG and GIF.");
    let mut torn = png(64, 64);
    torn.truncate(torn.len() / 2);
    for damaged in
        [torn, b"\x89PNG\r\n\x1a\n".to_vec(), b"\xff\xd8\xff\xe0".to_vec(), b"GIF89a".to_vec()]
    {
        assert_eq!(told(damaged), format!("a.png {DAMAGED}"));
    }
    for (width, height) in [(8_001, 1), (1, 8_001), (7_500, 7_500), (60_000, 60_000)] {
        let large = told(telling_of(width, height));
        let size = format!("({width} x {height} pixels)");
        assert_eq!(large, format!("a.png is too large to be shown {size}; it can be saved."));
    }
    let mut long = png(2, 2);
    long.resize(BYTES + 1, 0);
    assert!(told(long).starts_with("a.png is too large to be shown (26 MB"));
}
