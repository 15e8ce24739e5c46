//! The engine's errors as users see them.

use postern_engine::value::ErrorRecord;
use postern_psrp::records;
use postern_shared::{
    syntax::SyntaxError,
    wire::{Failure, Position},
};

use super::super::failure::{known, of_record, shorten};

/// An error record of the engine: a remote one is shown as the server sent it.
pub(super) fn of_engine(record: &ErrorRecord) -> Failure {
    let position = record.position.borrow().as_ref().and_then(|(source, span)| {
        // A position in a file says nothing about the line that was typed.
        source.name.is_empty().then_some(Position { start: span.start, end: span.end })
    });
    if let Some(remote) = &record.remote {
        return of_record(&records::ErrorRecord::from_value(&remote.to_ps()), position);
    }
    let (message, code) = (record.message(), record.full_id());
    let exception = record.exception.type_name();
    let (cause, remedy) = if record.id.as_str() == "CommandNotFoundException" {
        (
            "Neither the console nor the session has a command of this name that this user may run.",
            "Check the spelling of the command; Get-Command *word* lists what you may run.",
        )
    } else {
        known(&[&code, &exception, &message]).unwrap_or_default()
    };
    let mut facts = Vec::new();
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            facts.push((name.to_owned(), shorten(value)));
        }
    };
    let category = record.category_value();
    if category.number != 0 {
        fact("Category", &category.name());
    }
    fact("Activity", record.activity.borrow().as_str());
    fact("Exception", &exception);
    if let Some((source, span)) = &*record.position.borrow()
        && !source.name.is_empty()
    {
        let (line, column) = source.line_and_column(span.start);
        fact("Position", &format!("{}: line {line}, column {column}", source.name));
    }
    let advice = record.advice.borrow().as_ref().map(ToString::to_string);
    Failure {
        what: shorten(&message),
        cause: cause.to_owned(),
        remedy: advice.unwrap_or_else(|| remedy.to_owned()),
        raw: shorten(&message),
        code: shorten(&code),
        position,
        facts,
    }
}

/// A text that is no PowerShell.
pub(super) fn of_syntax(error: &SyntaxError) -> Failure {
    Failure {
        what: shorten(&error.message),
        cause: if error.incomplete { "The command line ends too early." } else { "" }.to_owned(),
        code: if error.incomplete { "IncompleteInput" } else { "ParserError" }.to_owned(),
        position: Some(Position { start: error.span.start, end: error.span.end }),
        ..Failure::default()
    }
}
