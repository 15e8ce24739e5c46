//! Errors as users see them: what failed, the likely cause, what to do, and what the server said.

use std::time::Duration;

use postern_psrp::records::{ErrorCategory, ErrorRecord};
use postern_shared::wire::{Failure, Position};

use super::control::Leave;
use crate::store::Full;

/// An error record of a command.
pub(super) fn of_record(record: &ErrorRecord, position: Option<Position>) -> Failure {
    let message = record.message();
    let (shown, mut facts) = strip(message.as_str());
    let (id, more) = strip(record.fully_qualified_error_id.as_str());
    for fact in more {
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    let category = record.category.category;
    let (cause, remedy) = explain(record, id);
    let recommended = record.details.as_ref().map(|details| details.recommended_action.to_string());
    let remedy = recommended.filter(|action| !action.is_empty()).unwrap_or_else(|| remedy.to_owned());
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            facts.push((name.to_owned(), shorten(value)));
        }
    };
    if category != ErrorCategory::NotSpecified {
        fact("Category", category.name());
    }
    fact("Target", record.category.target_name.as_str());
    fact("Activity", record.category.activity.as_str());
    fact("Exception", record.exception_type());
    if let Some(computer) = record.others.get("PSComputerName").and_then(|name| name.as_str()) {
        fact("PSComputerName", computer);
    }
    Failure {
        what: shorten(if shown.is_empty() { "The command failed without a message." } else { shown }),
        cause: cause.to_owned(),
        remedy,
        raw: shorten(message.as_str()),
        code: shorten(record.fully_qualified_error_id.as_str()),
        position,
        facts,
    }
}

/// The longest text that an event carries; a server may send any amount.
const LONGEST: usize = 32 << 10;

/// A text cut to what an event may carry.
pub(super) fn shorten(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(LONGEST);
    format!("{}… ({} bytes more)", text.get(..end).unwrap_or_default(), text.len() - end)
}

/// Takes off what Exchange puts in brackets before its texts, `[Server=E15,RequestId=…] [FailureCategory=…] `, and
/// gives it as facts.
fn strip(text: &str) -> (&str, Vec<(String, String)>) {
    const NAMES: [&str; 7] = [
        "Server",
        "ClientAccessServer",
        "BackEndServer",
        "RequestId",
        "TimeStamp",
        "AuthZRequestId",
        "FailureCategory",
    ];
    let (mut rest, mut facts) = (text.trim_start(), Vec::new());
    while let Some((inside, after)) = rest.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let pairs: Option<Vec<_>> = inside.split(',').map(|pair| pair.split_once('=')).collect();
        let Some(pairs) = pairs.filter(|pairs| pairs.iter().all(|(name, _)| NAMES.contains(&name.trim())))
        else {
            break;
        };
        facts.extend(pairs.iter().map(|(name, value)| (name.trim().to_owned(), shorten(value.trim()))));
        rest = after.trim_start();
    }
    (rest, facts)
}

/// Likely cause and remedy, by words in the error's id or the exception's type. The first that fits counts.
const KNOWN: [(&str, &str, &str); 22] = [
    (
        "CommandNotFoundException",
        "The server has no such command, or none of your roles allows it.",
        "Check the spelling; Get-Command *word* lists what you may run.",
    ),
    (
        "ScriptsNotAllowed",
        "The session is in no-language mode: it runs commands with parameters, and no script text.",
        "Give the command and its parameters alone.",
    ),
    (
        "ManagementObjectNotFound",
        "No object has that name, alias, address or identifier, or it was made a moment ago.",
        "Check the spelling, or search for a part of it: Get-Recipient -Filter \"Name -like '*part*'\".",
    ),
    (
        "ManagementObjectAmbiguous",
        "Several objects answer to that name.",
        "Name it by its primary address, its GUID or its distinguished name.",
    ),
    (
        "NamedParameterNotFound",
        "The command has no such parameter, or none of your roles allows it.",
        "Check the spelling; Get-Help with the command's name lists its parameters.",
    ),
    (
        "AmbiguousParameterSet",
        "The parameters given do not belong together, or one is missing.",
        "Get-Help with the command's name shows which can be used together.",
    ),
    ("AmbiguousParameter", "Several parameters begin like this.", "Write the parameter's name in full."),
    ("PositionalParameterNotFound", "There is a value that belongs to no parameter.", "Name its parameter."),
    ("MissingMandatoryParameter", "A parameter that must be given is missing.", "Give it with a value."),
    ("MissingArgument", "A parameter stands there without its value.", "Give the value after it."),
    (
        "ParameterArgumentTransformationError",
        "The value is not of the type that the parameter takes.",
        "Check the value; Get-Help with the command's name tells the type.",
    ),
    (
        "CannotConvertArgument",
        "The value is not of the type that the parameter takes.",
        "Check the value; Get-Help with the command's name tells the type.",
    ),
    (
        "ParameterArgumentValidationError",
        "The value is outside of what the parameter accepts.",
        "Check the value; Get-Help with the command's name tells what is accepted.",
    ),
    (
        "ProxyAddressExists",
        "Another object has this address already.",
        "Find it with Get-Recipient and the address, and choose another or remove it there.",
    ),
    (
        "AlreadyExists",
        "There is such an object already.",
        "Choose another name, or change the one that is there with the Set- command.",
    ),
    (
        "CmdletAccessDenied",
        "None of your roles allows this.",
        "Have a role with this command assigned: Get-ManagementRole -Cmdlet with its name lists them.",
    ),
    (
        "OverBudget",
        "The server's throttling policy slows down or refuses those who ask much of it.",
        "Wait some minutes; ask for less at a time.",
    ),
    ("ADTransient", "The directory did not answer for a moment.", "Try again."),
    ("ADServerSettings", "No domain controller answered.", "Try again later; check the directory."),
    (
        "TaskInvalidOperation",
        "The object's state does not allow this.",
        "Look at the object with the Get- command first.",
    ),
    ("UnauthorizedAccess", "Your account may not do this there.", "Have the right assigned to your account."),
    ("PipelineStopped", "The command was stopped.", ""),
];

fn explain(record: &ErrorRecord, id: &str) -> (&'static str, &'static str) {
    let places = [id, record.fully_qualified_error_id.as_str(), record.exception_type()];
    let known = KNOWN.iter().find(|(word, ..)| places.iter().any(|place| place.contains(word)));
    if let Some((_, cause, remedy)) = known {
        return (cause, remedy);
    }
    match record.category.category {
        ErrorCategory::ObjectNotFound => ("There is no such object.", "Check the name."),
        ErrorCategory::PermissionDenied | ErrorCategory::SecurityError => {
            ("Your account may not do this.", "Have the right or role assigned.")
        }
        ErrorCategory::AuthenticationError => ("The server did not accept who you are.", "Sign in again."),
        ErrorCategory::InvalidArgument | ErrorCategory::InvalidData | ErrorCategory::InvalidType => {
            ("A value does not fit.", "Check the values given.")
        }
        ErrorCategory::ResourceExists => ("There is such an object already.", "Choose another name."),
        ErrorCategory::LimitsExceeded | ErrorCategory::QuotaExceeded => {
            ("A limit of the server is reached.", "Wait, or ask for less at a time.")
        }
        ErrorCategory::OperationTimeout
        | ErrorCategory::ResourceBusy
        | ErrorCategory::ResourceUnavailable => {
            ("The server, or something that it needs, is busy or cannot be reached.", "Try again later.")
        }
        _ => ("", ""),
    }
}

fn failure(what: &str, cause: &str, remedy: &str) -> Failure {
    Failure { what: what.into(), cause: cause.into(), remedy: remedy.into(), ..Failure::default() }
}

/// Why a session ended that did not fail.
pub(super) fn of_leave(leave: Leave) -> Failure {
    match leave {
        Leave::SignedOut => failure("You are signed out.", "", ""),
        Leave::Idle(after) => failure(
            "You were signed out.",
            &format!("The session was not used for {}.", spell(after)),
            "Sign in again.",
        ),
        Leave::Away(after) => failure(
            "You were signed out.",
            &format!("No page showed the session for {}.", spell(after)),
            "Sign in again.",
        ),
        Leave::Shutdown => failure("You were signed out.", "The relay was stopped.", "Sign in again later."),
    }
}

/// The relay itself is at fault.
pub(super) fn relay_fault() -> Failure {
    let remedy = "Sign in again. The relay's log tells more.";
    Failure {
        code: "relay".into(),
        ..failure("The session broke off.", "The relay has an error of its own.", remedy)
    }
}

/// There is no such session for this browser.
pub(crate) fn session_gone() -> Failure {
    failure(
        "This session is gone.",
        "It ended some time ago, the relay was restarted, or it belongs to another browser.",
        "Sign in again.",
    )
}

/// The session is shown by as many tabs as may.
pub(crate) fn too_many_tabs(most: usize) -> Failure {
    failure(
        "This session is open in too many tabs.",
        &format!("The relay allows {most}."),
        "Close one of them and reload this one.",
    )
}

/// Opening took longer than it may.
pub(super) fn open_timeout(host: &str, after: Duration) -> Failure {
    failure(
        &format!("{host} did not open a session within {}.", spell(after)),
        "The server is busy, or something between here and there swallows what is sent.",
        "Try again, with a longer time in the advanced settings if the server is known to be slow.",
    )
}

/// A redirect led to another, and so on.
pub(super) fn too_many_redirects(most: usize) -> Failure {
    failure(
        "The server sends the session from one address to the next.",
        &format!("More than {most} redirects; they may go round in a circle."),
        "Have the server's external URLs checked.",
    )
}

/// Too many command lines wait.
pub(super) fn queue_full(most: usize) -> Failure {
    failure(
        "Too many commands wait.",
        &format!("The relay keeps {most} waiting."),
        "Wait until some have run.",
    )
}

/// A command line is longer than it may be.
pub(super) fn line_too_long(most: usize) -> Failure {
    failure("The command is too long.", &format!("The relay takes {most} bytes."), "Split it up.")
}

/// A result does not fit.
pub(super) fn full(full: Full) -> Failure {
    let (limit, setting) = match full {
        Full::Session(limit) => (
            format!("The results of a session may take {} megabytes.", limit >> 20),
            "limits.session_megabytes",
        ),
        Full::Relay => {
            ("The results of all sessions take all the memory that they may.".into(), "limits.megabytes")
        }
    };
    failure(
        "The result is too large to be kept, and the command was stopped.",
        &limit,
        &format!("Ask for less, with -Filter or -ResultSize, or have {setting} of the relay raised."),
    )
}

/// `2 minutes`, `90 seconds`.
fn spell(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 60, seconds % 60) {
        (1, 0) => "1 minute".to_owned(),
        (minutes, 0) if minutes > 0 => format!("{minutes} minutes"),
        (0, 1) => "1 second".to_owned(),
        _ => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_error_is_shown_without_its_brackets_and_keeps_them() {
        let message = "The operation couldn't be performed because object 'x' couldn't be found on 'dc1'.";
        let id = "[Server=E15,RequestId=ab-cd,TimeStamp=1/2/2026 3:04:05 AM] \
                  [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8288830C,Microsoft.Exchange.GetMailbox";
        let record = ErrorRecord::new("System.Exception", message, id, ErrorCategory::NotSpecified);
        let failure = of_record(&record, None);
        assert_eq!(failure.what, message);
        assert_eq!(failure.code, id);
        assert!(failure.cause.starts_with("No object has that name"));
        assert!(failure.facts.contains(&("RequestId".into(), "ab-cd".into())));
        assert!(
            failure
                .facts
                .contains(&("FailureCategory".into(), "Cmdlet-ManagementObjectNotFoundException".into()))
        );
    }

    #[test]
    fn only_exchanges_own_brackets_are_taken_off() {
        let text = "[FailureCategory=AuthZ] [Note] The rest [x=y].";
        assert_eq!(strip(text).0, "[Note] The rest [x=y].");
        for text in ["", "[", "[]", "[=]", "[a=b] c", "plain"] {
            assert_eq!(strip(text).0, text);
        }
    }

    #[test]
    fn texts_of_any_length_are_cut_between_characters() {
        let long = "ü".repeat(LONGEST);
        assert!(shorten(&long).len() < LONGEST + 40);
    }

    #[test]
    fn categories_explain_what_no_id_does() {
        let record = ErrorRecord::new("X", "no", "Odd", ErrorCategory::PermissionDenied);
        let failure = of_record(&record, Some(Position { start: 1, end: 2 }));
        assert_eq!(failure.cause, "Your account may not do this.");
        assert!(failure.position.is_some());
    }
}
