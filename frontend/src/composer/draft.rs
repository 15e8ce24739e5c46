//! What is in the editor, and what the parser makes of it.

use std::rc::Rc;

use postern_shared::{
    syntax::{Parse, parse, what_if::with_what_if},
    wire::Position,
};

use yew::prelude::*;

use super::brackets;
use crate::{console::coloured, text};

/// A text, parsed once.
#[derive(Default)]
pub(super) struct Draft {
    pub text: Rc<str>,
    pub parsed: Parse,
    /// What the language does not allow in it.
    pub wrong: Vec<Position>,
    /// Why.
    pub complaint: Option<String>,
    /// The text with `-WhatIf`, where it changes something.
    pub what_if: Option<Rc<str>>,
}

impl Draft {
    /// `changing` names the commands that change something.
    pub(super) fn new(text: String, changing: &[String]) -> Self {
        let text: Rc<str> = text.into();
        let parsed = parse(&text);
        // What is merely not finished is not wrong.
        let mut errors = parsed.errors.iter().filter(|error| !error.incomplete).peekable();
        let hidden = text::hidden_names(&text);
        let complaint = if hidden.is_empty() {
            errors.peek().map(|error| error.message.clone())
        } else {
            Some(text::hidden_characters(hidden))
        };
        let wrong = errors.map(|error| Position { start: error.span.start, end: error.span.end }).collect();
        let changes = |name: &str| changing.iter().any(|known| known.eq_ignore_ascii_case(name));
        let what_if = with_what_if(&text, &parsed, changes).map(Into::into);
        Self { text, parsed, wrong, complaint, what_if }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The text in its colours, with a pair of brackets marked.
    pub(super) fn coloured(&self, pair: Option<[Position; 2]>) -> Html {
        coloured(&self.text, &self.parsed.tokens, &self.wrong, pair.as_ref().map_or(&[], |pair| pair), true)
    }

    /// The bracket at the caret, which stands behind `caret` bytes, and the one that belongs to it.
    pub(super) fn pair(&self, caret: usize) -> Option<[Position; 2]> {
        brackets::pair(&self.text, &self.parsed.tokens, caret)
    }
}
