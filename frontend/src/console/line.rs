//! A command line in its colours, with what is wrong in it underlined.

use std::{ops::Range, rc::Rc};

use postern_shared::{
    syntax::{Token, TokenClass, highlighted, parse},
    wire::Position,
};
use yew::prelude::*;

use crate::text;

/// Longer texts are shown without colours: nobody reads them, and each colour is an element.
const LONGEST_COLOURED: usize = 20_000;

/// What is shown.
#[derive(PartialEq, Properties)]
pub struct LineProps {
    /// The command line.
    pub text: Rc<str>,
    /// What is wrong in it.
    #[prop_or_default]
    pub wrong: Vec<Position>,
}

/// A command line in its colours; characters that are not seen are written out.
#[component]
pub fn Line(props: &LineProps) -> Html {
    let LineProps { text, wrong } = props;
    let tokens = if text.len() > LONGEST_COLOURED { Vec::new() } else { parse(text).tokens };
    coloured(text, &tokens, wrong, &[], false)
}

/// The text in its colours, row by row: of an editor's text one row changes with a key.
///
/// `marked` are brackets. `exact` leaves every character as it is, as under a text area that shows the same.
pub fn coloured(text: &str, tokens: &[Token], wrong: &[Position], marked: &[Position], exact: bool) -> Html {
    let tokens = if text.len() > LONGEST_COLOURED { &[] } else { tokens };
    let pieces = pieces(text, tokens, wrong, marked);
    let mut rest = pieces.as_slice();
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let ends_row = |piece: &Piece| text.get(piece.range.clone()).is_some_and(|text| text.ends_with('\n'));
        let (row, behind) = rest.split_at(rest.iter().position(ends_row).map_or(rest.len(), |at| at + 1));
        rest = behind;
        let spans: Vec<Span> = row
            .iter()
            .map(|piece| Span {
                text: text.get(piece.range.clone()).unwrap_or_default().to_owned(),
                class: piece.class,
                is_wrong: piece.is_wrong,
                is_marked: piece.is_marked,
            })
            .collect();
        rows.push(html! { <Row key={rows.len()} {spans} {exact} /> });
    }
    rows.into_iter().collect()
}

/// A piece of one colour.
#[derive(Clone, PartialEq)]
struct Span {
    text: String,
    class: Option<&'static str>,
    is_wrong: bool,
    is_marked: bool,
}

#[derive(PartialEq, Properties)]
struct RowProps {
    spans: Vec<Span>,
    exact: bool,
}

/// A row of a text, drawn again only when it changes.
#[component]
fn Row(props: &RowProps) -> Html {
    html! {
        for span in &props.spans {
            <span class={classes!(span.class, span.is_wrong.then_some("squiggle"), span.is_marked.then_some("paired"))}>
                { if props.exact { span.text.clone() } else { text::visible(&span.text).into_owned() } }
            </span>
        }
    }
}

/// A part of the text of one look.
struct Piece {
    range: Range<usize>,
    class: Option<&'static str>,
    is_wrong: bool,
    is_marked: bool,
}

/// Cuts a text where its colour or underline changes and behind each line end; the pieces cover it without gaps.
fn pieces(text: &str, tokens: &[Token], wrong: &[Position], marked: &[Position]) -> Vec<Piece> {
    let tokens: Vec<_> = highlighted(tokens)
        .into_iter()
        .filter_map(|(range, class)| Some((range, class_of(class)?)))
        .collect();
    let mut cuts = vec![0, text.len()];
    cuts.extend(tokens.iter().flat_map(|(range, _)| [range.start, range.end]));
    cuts.extend(
        wrong.iter().chain(marked).flat_map(|position| [position.start as usize, position.end as usize]),
    );
    cuts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    cuts.retain(|cut| text.is_char_boundary(*cut));
    cuts.sort_unstable();
    cuts.dedup();
    let mut next_token = 0;
    let mut pieces = Vec::with_capacity(cuts.len());
    for pair in cuts.windows(2) {
        let &[start, end] = pair else { continue };
        while tokens.get(next_token).is_some_and(|(range, _)| range.end <= start) {
            next_token += 1;
        }
        let class = tokens.get(next_token).filter(|(range, _)| range.start <= start).map(|(_, class)| *class);
        let is_in = |positions: &[Position]| {
            positions.iter().any(|position| position.start as usize <= start && end <= position.end as usize)
        };
        pieces.push(Piece { range: start..end, class, is_wrong: is_in(wrong), is_marked: is_in(marked) });
    }
    pieces
}

fn class_of(class: TokenClass) -> Option<&'static str> {
    match class {
        TokenClass::Command | TokenClass::Keyword => Some("t-cmd"),
        TokenClass::Parameter => Some("t-par"),
        TokenClass::Variable => Some("t-var"),
        TokenClass::String => Some("t-str"),
        TokenClass::Number => Some("t-num"),
        TokenClass::Comment => Some("t-com"),
        TokenClass::Operator | TokenClass::Punctuation => Some("t-op"),
        TokenClass::Type => Some("t-typ"),
        TokenClass::Argument | TokenClass::Member => None,
        TokenClass::Error => Some("t-bad"),
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::{syntax::parse, wire::Position};

    use super::pieces;

    fn shown(text: &str, wrong: &[Position]) -> Vec<(String, bool)> {
        let all = pieces(text, &parse(text).tokens, wrong, &[]);
        assert_eq!(all.iter().map(|piece| &text[piece.range.clone()]).collect::<String>(), text);
        all.into_iter().map(|piece| (text[piece.range].to_owned(), piece.is_wrong)).collect()
    }

    #[test]
    fn what_is_wrong_is_underlined_and_nothing_else() {
        let wrong = [Position { start: 4, end: 8 }];
        let underlined: String = shown("Get x-y 'ä'", &wrong)
            .into_iter()
            .filter_map(|(text, wrong)| wrong.then_some(text))
            .collect();
        assert_eq!(underlined, "x-y ");
    }

    #[test]
    fn positions_that_do_not_fit_the_text_are_left_out() {
        for (start, end) in [(1, 2), (5, 900), (900, 901), (9, 3)] {
            shown("ää 'x'", &[Position { start, end }]);
        }
        assert!(shown("", &[]).is_empty());
    }

    #[test]
    fn a_row_ends_behind_its_line_end_also_within_a_string() {
        let texts: Vec<String> = shown("'a\nb'\n\nc", &[]).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["'a\n", "b'", "\n", "\n", "c"]);
    }
}
