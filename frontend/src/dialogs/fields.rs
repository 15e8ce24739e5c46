//! Values to type in: a line, a credential, or several named values.

use postern_shared::wire::{Answer, Field};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::text;

/// What is asked for.
#[derive(Clone, PartialEq)]
pub(super) enum Asked {
    Line { secret: bool },
    Credential { user: String },
    Fields(Vec<Field>),
}

#[derive(PartialEq, Properties)]
pub(super) struct FieldsProps {
    pub asked: Asked,
    pub ready: bool,
    pub answer: Callback<Answer>,
}

#[component]
pub(super) fn Fields(props: &FieldsProps) -> Html {
    let FieldsProps { asked, ready, answer } = props;
    let rows = rows(asked);
    let inputs = use_memo(rows.len(), |many| (0..*many).map(|_| NodeRef::default()).collect::<Vec<_>>());
    {
        // The first value that is still to be typed.
        let at = rows.iter().position(|row| row.value.is_empty()).unwrap_or(0);
        let inputs = inputs.clone();
        let values: Vec<_> = rows.iter().map(|row| row.value.clone()).collect();
        use_effect_with((), move |()| {
            // Proposed once: an attribute would come back over what was typed with every drawing.
            for (node, value) in inputs.iter().zip(&values) {
                if let Some(input) = node.cast::<HtmlInputElement>() {
                    input.set_value(value);
                }
            }
            if let Some(input) = inputs.get(at).and_then(NodeRef::cast::<HtmlElement>) {
                let _ = input.focus();
            }
        });
    }
    let onsubmit = {
        let (asked, answer, inputs) = (asked.clone(), answer.clone(), inputs.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let typed = inputs
                .iter()
                .map(|node| node.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default());
            answer.emit(answer_of(&asked, typed.collect()));
        })
    };
    html! {
        <form {onsubmit} autocomplete="off">
            for (row, node) in rows.iter().zip(inputs.iter()) {
                <label class="field">
                    <span>{ &row.label }
                        if !row.type_name.is_empty() {
                            <small>{ " " }{ &row.type_name }</small>
                        }
                    </span>
                    <input ref={node.clone()} type={if row.secret { "password" } else { "text" }}
                        required={row.mandatory} spellcheck="false" autocomplete="off" autocapitalize="off" />
                    if !row.help.is_empty() {
                        <small class="muted">{ &row.help }</small>
                    }
                </label>
            }
            <p class="muted">{ text::cancel_stops() }</p>
            <div class="row">
                <button type="button" class="button" disabled={!ready} onclick={answer.reform(|_: MouseEvent| Answer::Cancel)}>{ text::cancel() }</button>
                <button class="button primary" disabled={!ready}>{ text::ok() }</button>
            </div>
        </form>
    }
}

#[derive(Default)]
struct Row {
    label: String,
    type_name: String,
    help: String,
    value: String,
    secret: bool,
    mandatory: bool,
}

fn rows(asked: &Asked) -> Vec<Row> {
    let row = |label: &str, value: &str, secret| Row {
        label: label.to_owned(),
        value: value.to_owned(),
        secret,
        ..Row::default()
    };
    match asked {
        Asked::Line { secret } => vec![row(text::answer(), "", *secret)],
        Asked::Credential { user } => {
            vec![row(text::user_name(), user, false), row(text::password(), "", true)]
        }
        Asked::Fields(fields) => fields
            .iter()
            .map(|field| Row {
                label: if field.label.is_empty() { field.name.clone() } else { field.label.clone() },
                type_name: field.type_name.rsplit('.').next().unwrap_or_default().to_owned(),
                help: field.help.clone(),
                value: field.default.clone(),
                secret: field.secret,
                mandatory: field.mandatory,
            })
            .collect(),
    }
}

fn answer_of(asked: &Asked, mut typed: Vec<String>) -> Answer {
    match asked {
        Asked::Line { .. } => Answer::Line(typed.pop().unwrap_or_default()),
        Asked::Credential { .. } => {
            let password = typed.pop().unwrap_or_default();
            Answer::Credential { user: typed.pop().unwrap_or_default(), password }
        }
        Asked::Fields(_) => Answer::Fields(typed),
    }
}

#[cfg(test)]
mod tests {
    use postern_shared::wire::Answer;

    use super::{Asked, answer_of};

    #[test]
    fn typed_values_become_the_answer_that_was_asked_for() {
        let typed = || vec!["anna".to_owned(), "geheim".to_owned()];
        let credential = Answer::Credential { user: "anna".into(), password: "geheim".into() };
        assert!(answer_of(&Asked::Credential { user: String::new() }, typed()) == credential);
        assert!(answer_of(&Asked::Fields(Vec::new()), typed()) == Answer::Fields(typed()));
        assert!(answer_of(&Asked::Line { secret: true }, Vec::new()) == Answer::Line(String::new()));
    }
}
