//! Lines that change something: what they would do, and to what.

use super::{
    Parse,
    ast::{Argument, Command, Element, ElementKind, ExprKind, StatementKind},
    parse,
};

/// What a line changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The command's verb, as it was written.
    pub verb: String,
    /// Its noun.
    pub noun: String,
    /// What names the object.
    pub identity: String,
}

/// The line with `-WhatIf` behind the last command that can take it; `None` if it is no single pipeline, has no such
/// command, or asks already.
///
/// `parsed` is what [`parse`] made of the text.
pub fn with_what_if(text: &str, parsed: &Parse, takes: impl Fn(&str) -> bool) -> Option<String> {
    let elements = pipeline(parsed)?;
    let mut commands = elements.iter().rev().filter_map(|element| Some((element, command(element)?)));
    let (element, found) = commands.find(|(_, command)| name(command).is_some_and(&takes))?;
    if found.arguments.iter().any(|argument| what_if(argument).is_some()) {
        return None;
    }
    let end = element.span.end as usize;
    Some(format!("{} -WhatIf{}", text.get(..end)?, text.get(end..)?))
}

/// The line without its `-WhatIf`; `None` if it has none.
pub fn without_what_if(text: &str) -> Option<String> {
    let parsed = parse(text);
    let (start, end) = pipeline(&parsed)?
        .iter()
        .filter_map(command)
        .flat_map(|command| &command.arguments)
        .find_map(what_if)
        .map(|span| (span.start as usize, span.end as usize))?;
    Some(format!("{}{}", text.get(..start)?.trim_end(), text.get(end..)?))
}

/// What a line of one command changes, if it names one object and the change is not only asked about.
pub fn change(text: &str) -> Option<Change> {
    let parsed = parse(text);
    let [only] = pipeline(&parsed)? else { return None };
    let command = command(only)?;
    let (verb, noun) = name(command)?.split_once('-')?;
    let mut identity = None;
    let mut is_value = false;
    for argument in &command.arguments {
        match argument {
            _ if what_if(argument).is_some() => return None,
            Argument::Parameter { name, value, .. } => {
                let names = name.eq_ignore_ascii_case("Identity");
                match value {
                    Some(value) if names => identity = Some(plain(&value.kind)?),
                    None if names => (is_value, identity) = (true, Some(String::new())),
                    // The value behind a parameter is not the object's name, and that of a switch might be: then this
                    // says nothing rather than something wrong.
                    value => is_value = value.is_none(),
                }
            }
            Argument::Value(value) => {
                let behind = std::mem::take(&mut is_value);
                if identity.as_deref() == Some("") || identity.is_none() && !behind {
                    identity = Some(plain(&value.kind)?);
                }
            }
        }
    }
    let identity = identity.filter(|identity| !identity.is_empty())?;
    Some(Change { verb: verb.to_owned(), noun: noun.to_owned(), identity })
}

fn pipeline(parsed: &Parse) -> Option<&[Element]> {
    let [only] = parsed.tree.body.statements.as_slice() else { return None };
    match &only.kind {
        StatementKind::Pipeline(elements) if parsed.errors.is_empty() => Some(elements),
        _ => None,
    }
}

fn command(element: &Element) -> Option<&Command> {
    match &element.kind {
        ElementKind::Command(command) => Some(command),
        ElementKind::Expr(_) => None,
    }
}

fn name(command: &Command) -> Option<&str> {
    match &command.name.kind {
        ExprKind::Text { text, .. } => Some(text.as_str()),
        _ => None,
    }
}

/// A text or a number as it was written.
fn plain(kind: &ExprKind) -> Option<String> {
    match kind {
        ExprKind::Text { text, .. } => Some(text.to_string()),
        ExprKind::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Where `-WhatIf` stands; the shortest that means it is `-wh`, or its alias.
fn what_if(argument: &Argument) -> Option<super::Span> {
    let Argument::Parameter { name, span, .. } = argument else { return None };
    let lower = name.to_ascii_lowercase();
    (lower == "wi" || lower.len() >= 2 && "whatif".starts_with(&lower)).then_some(*span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(name: &str) -> bool {
        name.to_ascii_lowercase().starts_with("set-")
    }

    #[test]
    fn a_line_is_asked_about_and_run_for_real() {
        let cases = [
            ("Set-Mailbox lab -Office Ulm", "Set-Mailbox lab -Office Ulm -WhatIf"),
            ("Get-Mailbox | Set-Mailbox -Office Ulm", "Get-Mailbox | Set-Mailbox -Office Ulm -WhatIf"),
            ("Set-Mailbox lab | Out-Null", "Set-Mailbox lab -WhatIf | Out-Null"),
        ];
        for (line, asked) in cases {
            assert_eq!(with_what_if(line, &parse(line), takes).as_deref(), Some(asked));
            assert_eq!(without_what_if(asked).as_deref(), Some(line));
        }
        for line in [
            "Get-Mailbox",
            "Set-Mailbox a; Set-Mailbox b",
            "Set-Mailbox a -WhatIf",
            "if (1) { Set-Mailbox a }",
            "Set-Mailbox (",
        ] {
            assert_eq!(with_what_if(line, &parse(line), takes), None, "{line}");
        }
        assert_eq!(
            without_what_if("Set-Mailbox a -wh -Office Ulm").as_deref(),
            Some("Set-Mailbox a -Office Ulm")
        );
        assert_eq!(without_what_if("Set-Mailbox a"), None);
    }

    #[test]
    fn a_change_of_one_object_is_known() {
        let identity = |line| change(line).map(|change| change.identity);
        assert_eq!(identity("Set-Mailbox lab -Office Ulm").as_deref(), Some("lab"));
        assert_eq!(identity("Set-Mailbox -Office Ulm -Identity 'Room 1'").as_deref(), Some("Room 1"));
        assert_eq!(identity("Set-Mailbox -Identity:lab").as_deref(), Some("lab"));
        for line in [
            "Set-Mailbox $x",
            "Set-Mailbox -Office Ulm",
            "Get-Mailbox | Set-Mailbox",
            "Set-Mailbox lab -WhatIf",
            "lab",
        ] {
            assert_eq!(identity(line), None, "{line}");
        }
    }
}
