//! Colours by meaning. A view asks for a [`Role`] and never names a colour; nothing on the screen
//! is told by colour alone, so every preset down to `mono` carries the same words and signs.
//!
//! No preset paints a background: the terminal's own stays. The selection is reversed in all.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Text,
    /// Beside the point: times, hints, what is over.
    Dim,
    /// A heading or a name.
    Strong,
    /// What can be pressed, opened or followed.
    Accent,
    /// The top line of the screen.
    Bar,
    /// A pane's frame.
    Border,
    /// The frame of the pane that has the keys.
    Focus,
    /// The marked row; always reversed.
    Selection,
    /// A key's name in footers and help.
    Key,
    /// What the customer wrote or sees.
    Customer,
    /// What the team writes to the customer.
    Team,
    /// What never leaves the team.
    Internal,
    /// Trackers: what can never be shared.
    Tracker,
    /// The frame of a reply that is being written.
    Reply,
    /// The frame of a note that is being written.
    Note,
    /// Written, but not sent.
    Preview,
    /// An event line in a thread.
    Event,
    /// Unread, and the number on the launcher.
    Badge,
    /// It happened.
    Ok,
    /// It will happen, or it waits.
    Warn,
    /// It failed, or it is refused.
    Danger,
    /// Keys act as the customer.
    Acting,
}

impl Role {
    pub const ALL: [Self; 22] = [
        Self::Text,
        Self::Dim,
        Self::Strong,
        Self::Accent,
        Self::Bar,
        Self::Border,
        Self::Focus,
        Self::Selection,
        Self::Key,
        Self::Customer,
        Self::Team,
        Self::Internal,
        Self::Tracker,
        Self::Reply,
        Self::Note,
        Self::Preview,
        Self::Event,
        Self::Badge,
        Self::Ok,
        Self::Warn,
        Self::Danger,
        Self::Acting,
    ];
}

/// The themes there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// The terminal's own 16 colours: fits whatever its owner chose.
    #[default]
    Auto,
    Dark,
    Light,
    HighContrast,
    /// No colour at all, as `NO_COLOR` asks for.
    Mono,
    /// Tells nothing by blue against green or yellow against pink.
    Tritanopia,
    /// Tells nothing by red against green.
    Deuteranopia,
}

impl Preset {
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Dark,
        Self::Light,
        Self::HighContrast,
        Self::Mono,
        Self::Tritanopia,
        Self::Deuteranopia,
    ];

    /// The word in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Mono => "mono",
            Self::Tritanopia => "tritanopia",
            Self::Deuteranopia => "deuteranopia",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// `NO_COLOR` set to anything but nothing wins over what the configuration says
    /// (<https://no-color.org>).
    #[must_use]
    pub fn or_no_color(self, no_color: Option<&std::ffi::OsStr>) -> Self {
        match no_color {
            Some(value) if !value.is_empty() => Self::Mono,
            Some(_) | None => self,
        }
    }
}

/// A theme: one style per role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theme {
    pub preset: Preset,
}

/// The few colours a preset is made of.
struct Palette {
    dim: Style,
    accent: Style,
    customer: Style,
    team: Style,
    internal: Style,
    tracker: Style,
    ok: Style,
    warn: Style,
    danger: Style,
}

impl Theme {
    #[must_use]
    pub const fn new(preset: Preset) -> Self {
        Self { preset }
    }

    /// How to draw what means `role`.
    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        let p = palette(self.preset);
        let plain = Style::new();
        match role {
            Role::Text => plain,
            Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Selection => plain.add_modifier(Modifier::REVERSED),
            Role::Dim | Role::Border | Role::Event => p.dim,
            Role::Accent | Role::Bar => p.accent,
            Role::Focus | Role::Key => p.accent.add_modifier(Modifier::BOLD),
            Role::Customer => p.customer,
            Role::Team => p.team,
            Role::Reply => p.team.add_modifier(Modifier::BOLD),
            Role::Preview => p.team.add_modifier(Modifier::ITALIC),
            Role::Internal | Role::Note => p.internal,
            Role::Tracker => p.tracker,
            Role::Badge => p.danger.add_modifier(Modifier::BOLD),
            Role::Ok => p.ok,
            Role::Warn => p.warn,
            Role::Danger => p.danger,
            Role::Acting => p.warn.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }
}

fn palette(preset: Preset) -> Palette {
    let fg = |color: Color| Style::new().fg(color);
    let ix = |n: u8| Style::new().fg(Color::Indexed(n));
    let plain = Style::new();
    match preset {
        Preset::Auto => Palette {
            dim: plain.add_modifier(Modifier::DIM),
            accent: fg(Color::Cyan),
            customer: fg(Color::Blue),
            team: fg(Color::Green),
            internal: fg(Color::Yellow),
            tracker: fg(Color::Magenta),
            ok: fg(Color::Green),
            warn: fg(Color::Yellow),
            danger: fg(Color::Red),
        },
        Preset::Dark => Palette {
            dim: ix(245),
            accent: ix(80),
            customer: ix(111),
            team: ix(114),
            internal: ix(221),
            tracker: ix(176),
            ok: ix(114),
            warn: ix(215),
            danger: ix(203),
        },
        Preset::Light => Palette {
            dim: ix(241),
            accent: ix(24),
            customer: ix(25),
            team: ix(22),
            internal: ix(94),
            tracker: ix(90),
            ok: ix(22),
            warn: ix(130),
            danger: ix(124),
        },
        Preset::HighContrast => Palette {
            dim: plain,
            accent: plain.add_modifier(Modifier::BOLD),
            customer: plain.add_modifier(Modifier::BOLD),
            team: plain.add_modifier(Modifier::BOLD),
            internal: plain.add_modifier(Modifier::UNDERLINED),
            tracker: plain.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            ok: plain.add_modifier(Modifier::BOLD),
            warn: fg(Color::LightYellow).add_modifier(Modifier::BOLD),
            danger: fg(Color::LightRed).add_modifier(Modifier::BOLD),
        },
        Preset::Mono => Palette {
            dim: plain.add_modifier(Modifier::DIM),
            accent: plain,
            customer: plain,
            team: plain,
            internal: plain,
            tracker: plain,
            ok: plain,
            warn: plain.add_modifier(Modifier::BOLD),
            danger: plain.add_modifier(Modifier::BOLD),
        },
        Preset::Tritanopia => Palette {
            dim: plain.add_modifier(Modifier::DIM),
            accent: ix(44),
            customer: ix(44),
            team: plain,
            internal: ix(217),
            tracker: ix(203),
            ok: ix(44),
            warn: ix(217),
            danger: ix(196),
        },
        Preset::Deuteranopia => Palette {
            dim: plain.add_modifier(Modifier::DIM),
            accent: ix(75),
            customer: ix(75),
            team: plain,
            internal: ix(220),
            tracker: ix(141),
            ok: ix(75),
            warn: ix(220),
            danger: ix(208),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_is_reversed_and_no_background_is_painted_in_any_theme() {
        for preset in Preset::ALL {
            let theme = Theme::new(preset);
            let selection = theme.style(Role::Selection);
            assert!(selection.add_modifier.contains(Modifier::REVERSED), "{preset:?}");
            for role in Role::ALL {
                assert_eq!(theme.style(role).bg, None, "{preset:?} {role:?}");
            }
        }
    }

    #[test]
    fn mono_has_no_colour() {
        let theme = Theme::new(Preset::Mono);
        for role in Role::ALL {
            assert_eq!(theme.style(role).fg, None, "{role:?}");
        }
    }

    #[test]
    fn auto_keeps_to_the_terminals_sixteen_colours() {
        let theme = Theme::new(Preset::Auto);
        for role in Role::ALL {
            let fg = theme.style(role).fg;
            assert!(!matches!(fg, Some(Color::Indexed(_) | Color::Rgb(..))), "{role:?}");
        }
    }

    #[test]
    fn themes_are_found_by_name_and_no_color_wins() {
        for preset in Preset::ALL {
            assert_eq!(Preset::from_name(preset.name()), Some(preset));
        }
        assert_eq!(Preset::from_name("neon"), None);
        assert_eq!(Preset::Dark.or_no_color(Some("1".as_ref())), Preset::Mono);
        assert_eq!(Preset::Dark.or_no_color(Some("".as_ref())), Preset::Dark);
        assert_eq!(Preset::Dark.or_no_color(None), Preset::Dark);
    }
}
