//! Light, dark, high contrast, or what the system says; and the language. Remembered in the address only.

use yew::prelude::*;

use crate::{
    app::Intent,
    text::{self, Language},
};

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
    /// White, black and strong lines.
    Contrast,
}

/// All themes.
pub(crate) const THEMES: [Theme; 4] = [Theme::System, Theme::Light, Theme::Dark, Theme::Contrast];

impl Theme {
    /// Its name in the address and in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// The theme of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        THEMES.into_iter().find(|theme| theme.name() == name)
    }

    /// Its name for people.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::System => text::theme_system(),
            Self::Light => text::theme_light(),
            Self::Dark => text::theme_dark(),
            Self::Contrast => text::theme_contrast(),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Contrast,
            Self::Contrast => Self::System,
        }
    }
}

/// A button that goes from one theme to the next, and one for the other language.
pub(crate) fn theme_switch(theme: Theme, wanted: &Callback<Intent>) -> Html {
    let next = theme.next();
    let onclick = wanted.reform(move |_: MouseEvent| Intent::Theme(next));
    let others = text::LANGUAGES.into_iter().filter(|(language, ..)| *language != Language::current());
    html! {
        <>
            for (language, code, name) in others {
                <button type="button" class="quiet" id="language" lang={code} aria-label={name} title={name}
                    onclick={wanted.reform(move |_: MouseEvent| Intent::Language(language))}>{ code.to_uppercase() }</button>
            }
            <button type="button" class="quiet" id="theme" {onclick}>
                // Where room is short, the sign stands for the words.
                <span class="narrow" role="img" aria-label={text::theme_is(theme.said())}>{ "◐" }</span>
                <span class="wide">{ text::theme_is(theme.said()) }</span>
            </button>
        </>
    }
}
