//! A command line in its colours, with what is wrong in it underlined.

use std::{ops::Range, rc::Rc};

use postern_shared::{
    syntax::{TokenClass, highlight},
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
    /// A pair of brackets to be marked.
    #[prop_or_default]
    pub pair: Option<[Position; 2]>,
    /// Whether every character stands as it is, as under a text area that shows the same; otherwise those that are not
    /// seen are written out.
    #[prop_or_default]
    pub exact: bool,
}

/// A command line in its colours.
#[component]
pub fn Line(props: &LineProps) -> Html {
    let LineProps { text: line, wrong, pair, exact } = props;
    let shown = |range: Range<usize>| {
        let piece = line.get(range).unwrap_or_default();
        if *exact { piece.to_owned() } else { text::visible(piece).into_owned() }
    };
    html! {
        for (range, class) in pieces(line, wrong, pair.as_ref().map_or(&[], |pair| pair)) {
            <span {class}>{ shown(range) }</span>
        }
    }
}

/// Cuts a text where its colour or underline changes; the pieces cover it without gaps.
fn pieces(text: &str, wrong: &[Position], marked: &[Position]) -> Vec<(Range<usize>, Classes)> {
    let tokens = colours(text);
    let mut cuts = vec![0, text.len()];
    cuts.extend(tokens.iter().flat_map(|(range, _)| [range.start, range.end]));
    cuts.extend(
        wrong.iter().chain(marked).flat_map(|position| [position.start as usize, position.end as usize]),
    );
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
        let colour =
            tokens.get(next_token).filter(|(range, _)| range.start <= start).map(|(_, class)| *class);
        let is_in = |positions: &[Position]| {
            positions.iter().any(|position| position.start as usize <= start && end <= position.end as usize)
        };
        let class = classes!(colour, is_in(wrong).then_some("squiggle"), is_in(marked).then_some("paired"));
        pieces.push((start..end, class));
    }
    pieces
}

fn colours(text: &str) -> Vec<(Range<usize>, &'static str)> {
    if text.len() > LONGEST_COLOURED {
        return Vec::new();
    }
    highlight(text).into_iter().filter_map(|(range, class)| Some((range, class_of(class)?))).collect()
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
    use postern_shared::wire::Position;

    use super::pieces;

    fn shown(text: &str, wrong: &[Position]) -> Vec<(String, bool)> {
        let all = pieces(text, wrong, &[]);
        assert_eq!(all.iter().map(|(range, _)| &text[range.clone()]).collect::<String>(), text);
        all.into_iter().map(|(range, class)| (text[range].to_owned(), class.contains("squiggle"))).collect()
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
}
