//! How a cell is drawn.

use std::borrow::Cow;

use postern_shared::wire::CellKind;
use yew::prelude::*;

use super::rows::Shown;
use crate::text;

/// Class of cells of a kind.
pub(super) fn class(kind: CellKind) -> Option<&'static str> {
    match kind {
        CellKind::Text => None,
        CellKind::Number => Some("num"),
        CellKind::Bool => Some("bool"),
        CellKind::Date => Some("date"),
    }
}

/// What is in a cell.
pub(super) fn content(cell: &Shown) -> Html {
    match cell {
        Shown::Empty => Html::default(),
        Shown::Bool(yes) => mark(*yes),
        Shown::Text(text) => match text::visible(text) {
            Cow::Borrowed(_) => html! { { AttrValue::from(text.clone()) } },
            Cow::Owned(shown) => html! { { shown } },
        },
    }
}

/// Its text, for the clipboard.
pub(super) fn plain(cell: &Shown) -> String {
    match cell {
        Shown::Empty => String::new(),
        Shown::Bool(true) => text::yes().to_owned(),
        Shown::Bool(false) => text::no().to_owned(),
        Shown::Text(text) => text.to_string(),
    }
}

/// Yes or no as a mark.
fn mark(yes: bool) -> Html {
    let (class, mark, said) = if yes { ("yes", "✓", text::yes()) } else { ("no", "–", text::no()) };
    html! { <span {class} role="img" aria-label={said}>{ mark }</span> }
}
