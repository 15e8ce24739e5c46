//! Light, dark, or what the system says. Remembered in the address only.

use yew::prelude::*;

use crate::{app::Intent, text};

/// A theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Theme {
    /// Its name in the address and in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of this name; what the system says for any other.
    pub fn from_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }
}

/// A button that goes from one theme to the next.
pub(crate) fn theme_switch(theme: Theme, wanted: &Callback<Intent>) -> Html {
    let next = theme.next();
    let onclick = wanted.reform(move |_: MouseEvent| Intent::Theme(next));
    html! {
        <button type="button" class="quiet" id="theme" {onclick}>
            // Where room is short, the sign stands for the words.
            <span class="narrow" role="img" aria-label={text::theme(theme.name())}>{ "◐" }</span>
            <span class="wide">{ text::theme(theme.name()) }</span>
        </button>
    }
}
