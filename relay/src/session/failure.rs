//! Errors as users see them: what failed, the likely cause, what to do, and what the server said.

use std::time::Duration;

use postern_psrp::records::{ErrorCategory, ErrorRecord};
use postern_shared::wire::{Failure, Position};
use postern_wsman::client::split_prefix;

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

/// The text without Exchange's brackets, and what stands in them.
fn strip(text: &str) -> (&str, Vec<(String, String)>) {
    let (rest, mut facts) = split_prefix(text);
    for (_, value) in &mut facts {
        *value = shorten(value);
    }
    (rest, facts)
}

/// Likely cause and remedy, by words in the error's id, the exception's type or the message. The first that fits counts.
const KNOWN: [(&str, &str, &str); 24] = [
    (
        "argument on parameter 'Session'",
        "The session was never opened: New-PSSession failed in a line before, so that the variable is empty.",
        "See the error of that line; run it again, and this one after it has succeeded.",
    ),
    (
        "CommandNotFoundException",
        "The server has no such command, or none of your roles allows it.",
        "Check the spelling of the command; Get-Command *word* lists what you may run.",
    ),
    (
        "ScriptsNotAllowed",
        "The session is in no-language mode: it runs commands with parameters, and no script text.",
        "Enter one command with its parameters; the console itself runs what follows a pipe.",
    ),
    (
        "no-language mode",
        "The session is in no-language mode: it runs commands with parameters, and no script text.",
        "Enter one command with its parameters; the console itself runs what follows a pipe.",
    ),
    (
        "ManagementObjectNotFound",
        "No object has that name, alias, address or identifier, or the object was created only a moment ago.",
        "Check the spelling, or search for a part of the name: Get-Recipient -Filter \"Name -like '*part*'\".",
    ),
    (
        "ManagementObjectAmbiguous",
        "Several objects have that name, alias or address.",
        "Give the primary SMTP address, the GUID or the distinguished name of the one that you mean.",
    ),
    (
        "NamedParameterNotFound",
        "The command has no such parameter, or none of your roles allows it.",
        "Check the spelling of the parameter; Get-Help with the command's name lists the parameters.",
    ),
    (
        "AmbiguousParameterSet",
        "The parameters cannot be used together, or a further parameter is missing.",
        "Get-Help with the command's name shows which parameters can be used together.",
    ),
    (
        "AmbiguousParameter",
        "Several parameters of the command begin with these letters.",
        "Write the parameter's name in full.",
    ),
    (
        "PositionalParameterNotFound",
        "A value was given without the name of a parameter, and the command has no place for such a value.",
        "Write the parameter's name before the value, or put a value with blanks in quotation marks.",
    ),
    (
        "MissingMandatoryParameter",
        "A mandatory parameter of the command was not given.",
        "Add the parameter that the message names, with a value.",
    ),
    (
        "MissingArgument",
        "A parameter was given without a value.",
        "Write the value after the parameter that the message names.",
    ),
    (
        "ParameterArgumentTransformationError",
        "A value is not of the type that its parameter takes.",
        "Check the values; Get-Help with the command's name tells the type of each parameter.",
    ),
    (
        "CannotConvertArgument",
        "A value is not of the type that its parameter takes.",
        "Check the values; Get-Help with the command's name tells the type of each parameter.",
    ),
    (
        "ParameterArgumentValidationError",
        "A value is outside of what its parameter accepts.",
        "Check the values; Get-Help with the command's name tells what each parameter accepts.",
    ),
    (
        "ProxyAddressExists",
        "Another object has this address already.",
        "Find the other object with Get-Recipient and the address; choose another address, or remove this one there.",
    ),
    (
        "AlreadyExists",
        "An object with that name, alias or address exists already.",
        "Choose another name, or change the existing object with its Set- command.",
    ),
    (
        "CmdletAccessDenied",
        "None of your management roles allows this command or one of its parameters.",
        "Have an administrator assign a role that allows the command: Get-ManagementRole -Cmdlet NAME lists such roles.",
    ),
    (
        "OverBudget",
        "The server's throttling policy slows down or refuses users who send it much work.",
        "Wait some minutes, then ask for fewer objects at a time.",
    ),
    ("ADTransient", "Active Directory did not answer for a moment.", "Run the command again."),
    (
        "ADServerSettings",
        "No domain controller answered the Exchange server.",
        "Run the command again later. If it stays, have the domain controllers checked.",
    ),
    (
        "TaskInvalidOperation",
        "The present state of the object does not allow this.",
        "Look at the object with its Get- command first.",
    ),
    (
        "UnauthorizedAccess",
        "Your account has no right to do this to the object.",
        "Have an administrator assign the right to your account.",
    ),
    (
        "PipelineStopped",
        "You or the server stopped the command.",
        "Run the command again if you still need it.",
    ),
];

/// Likely cause and remedy of an error by what stands in its id, exception and message.
pub(super) fn known(places: &[&str]) -> Option<(&'static str, &'static str)> {
    let known = KNOWN.iter().find(|(word, ..)| places.iter().any(|place| place.contains(word)));
    known.map(|(_, cause, remedy)| (*cause, *remedy))
}

/// All that is known of errors of commands.
#[cfg(test)]
pub(crate) fn explanations() -> [(&'static str, &'static str, &'static str); 24] {
    KNOWN
}

fn explain(record: &ErrorRecord, id: &str) -> (&'static str, &'static str) {
    let message = record.message();
    let places = [id, record.fully_qualified_error_id.as_str(), record.exception_type(), message.as_str()];
    if let Some(known) = known(&places) {
        return known;
    }
    match record.category.category {
        ErrorCategory::ObjectNotFound => ("No such object exists.", "Check the spelling of the name."),
        ErrorCategory::PermissionDenied | ErrorCategory::SecurityError => (
            "Your account has no right or management role for this.",
            "Have an administrator assign the right or role.",
        ),
        ErrorCategory::AuthenticationError => ("The server did not accept your account.", "Sign in again."),
        ErrorCategory::InvalidArgument | ErrorCategory::InvalidData | ErrorCategory::InvalidType => {
            ("A value of the command is not valid.", "Check the values of the parameters.")
        }
        ErrorCategory::ResourceExists => ("Such an object exists already.", "Choose another name."),
        ErrorCategory::LimitsExceeded | ErrorCategory::QuotaExceeded => {
            ("A limit of the server is reached.", "Wait some minutes, or ask for fewer objects at a time.")
        }
        ErrorCategory::OperationTimeout
        | ErrorCategory::ResourceBusy
        | ErrorCategory::ResourceUnavailable => {
            ("The server is busy, or cannot reach something that it needs.", "Run the command again later.")
        }
        _ => ("", "Get-Help with the command's name tells how the command is used."),
    }
}

fn failure(what: &str, cause: &str, remedy: &str) -> Failure {
    Failure { what: what.into(), cause: cause.into(), remedy: remedy.into(), ..Failure::default() }
}

/// Why a session ended that did not fail.
pub(super) fn of_leave(leave: Leave) -> Failure {
    match leave {
        Leave::SignedOut => {
            failure("You are signed out.", "You ended the session.", "Sign in again to go on.")
        }
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
    let remedy = "Sign in again. If it happens again, have the relay's log looked at.";
    Failure {
        code: "relay".into(),
        ..failure("The session broke off.", "The relay itself has an error.", remedy)
    }
}

/// There is no such session for this browser.
pub(crate) fn session_gone() -> Failure {
    failure(
        "This session is gone.",
        "The session ended some time ago, the relay was restarted, or the session belongs to another browser.",
        "Sign in again.",
    )
}

/// The session is shown by as many tabs as may.
pub(crate) fn too_many_tabs(most: usize) -> Failure {
    failure(
        "This session is open in too many tabs.",
        &format!("The relay allows {most} tabs for one session."),
        "Close another tab of this session and reload this one.",
    )
}

/// Opening took longer than it may.
pub(super) fn open_timeout(host: &str, after: Duration) -> Failure {
    failure(
        &format!("{host} did not open a session within {}.", spell(after)),
        "The server is busy, or a firewall between it and the relay drops what is sent.",
        "Sign in again. For a slow server set a longer open timeout in the advanced settings.",
    )
}

/// A line was to run on a server that runs no scripts.
pub(super) fn no_language() -> Failure {
    failure(
        "The server runs no scripts for you.",
        "The session is in no-language mode: it runs commands with parameters, and no script text.",
        "Run the line here: the console has the language, and the session's commands in it.",
    )
}

/// Too many command lines wait.
pub(super) fn queue_full(most: usize) -> Failure {
    failure(
        "Too many commands are waiting.",
        &format!("The relay lets {most} commands of a session wait."),
        "Wait until some of the commands have run, or stop them.",
    )
}

/// A command line is longer than it may be.
pub(super) fn line_too_long(most: usize) -> Failure {
    failure(
        "The command is too long.",
        &format!("The relay takes commands of up to {most} bytes."),
        "Split the command into several.",
    )
}

/// A result does not fit.
pub(super) fn full(full: Full) -> Failure {
    let (limit, setting) = match full {
        Full::Session(limit) => (
            format!("The results of a session may take {} megabytes.", limit >> 20),
            "limits.session_megabytes",
        ),
        Full::Relay => (
            "The results of all sessions together take all the memory that the relay allows.".into(),
            "limits.megabytes",
        ),
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
    fn what_follows_from_a_session_that_did_not_open_is_told_as_such() {
        let message = "Cannot validate argument on parameter 'Session'. The argument is null. Provide a valid value \
                       for the argument, and then try running the command again.";
        let id = "ParameterArgumentValidationError,Microsoft.PowerShell.Commands.ImportPSSessionCommand";
        let record = ErrorRecord::new("System.Exception", message, id, ErrorCategory::InvalidData);
        let failure = of_record(&record, None);
        assert!(failure.cause.starts_with("The session was never opened"), "{failure:?}");
        let message = "The syntax is not supported by this runspace. This can occur if the runspace is in \
                       no-language mode.";
        let record = ErrorRecord::new("System.Exception", message, "Odd", ErrorCategory::NotSpecified);
        let failure = of_record(&record, None);
        assert!(
            failure.cause.contains("no-language mode") && failure.remedy.contains("one command"),
            "{failure:?}"
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
        assert!(failure.cause.starts_with("Your account has no right"), "{failure:?}");
        assert!(failure.position.is_some());
    }
}
