//! Every English text of the page, in one place for translators. Texts of the relay are not in here.

use postern_shared::wire::{BlockState, NoteStream};

pub(crate) const PRODUCT: &str = "Postern";

// Signing in
pub(crate) const CLAIM: &str =
    "Remote PowerShell in the browser. Exchange and Windows, with results that stay objects.";
pub(crate) const PASSWORD_PROMISE: &str = "Your password opens the remote session and is kept nowhere else.";
pub(crate) const CONNECT: &str = "Connect";
pub(crate) const CONNECTING: &str = "Connecting…";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const ENDPOINT: &str = "Endpoint";
pub(crate) const CUSTOM_URI: &str = "Connection URI…";
pub(crate) const CONNECTION_URI: &str = "Connection URI";
pub(crate) const CONNECTION_URI_EXAMPLE: &str = "https://mail.example/powershell/";
pub(crate) const USER_NAME: &str = "User name";
pub(crate) const PASSWORD: &str = "Password";
pub(crate) const SHOW: &str = "Show";
pub(crate) const HIDE: &str = "Hide";
pub(crate) const SHOW_PASSWORD: &str = "Show password";
pub(crate) const HIDE_PASSWORD: &str = "Hide password";
pub(crate) const SETTINGS: &str = "Connection settings";
pub(crate) const CONFIGURATION: &str = "Configuration name";
pub(crate) const AUTHENTICATION: &str = "Authentication";
pub(crate) const BASIC: &str = "Password (Basic)";
pub(crate) const OAUTH: &str = "OAuth access token";
pub(crate) const TOKEN: &str = "Access token";
pub(crate) const MAXIMUM_REDIRECTION: &str = "Most redirects";
pub(crate) const PROXY: &str = "Proxy";
pub(crate) const PROXY_RELAY: &str = "As the relay has it";
pub(crate) const PROXY_SYSTEM: &str = "The system's settings";
pub(crate) const PROXY_NONE: &str = "None";
pub(crate) const PROXY_EXPLICIT: &str = "This one:";
pub(crate) const PROXY_URI: &str = "Proxy address";
pub(crate) const PROXY_EXAMPLE: &str = "http://proxy.example:3128";
pub(crate) const PROXY_USER: &str = "User name at the proxy";
pub(crate) const PROXY_PASSWORD: &str = "Password at the proxy";
pub(crate) const CERTIFICATE: &str = "Server's certificate";
pub(crate) const SKIP_CA: &str = "Accept any issuer (SkipCACheck)";
pub(crate) const SKIP_CN: &str = "Accept any name (SkipCNCheck)";
pub(crate) const OPERATION_TIMEOUT: &str = "Operation timeout, seconds";
pub(crate) const IDLE_TIMEOUT: &str = "Idle timeout, seconds";
pub(crate) const UI_CULTURE: &str = "UI culture";
pub(crate) const REDIRECTION: &str = "Redirection";
pub(crate) const REDIRECTION_ALLOW: &str = "Follow";
pub(crate) const REDIRECTION_DENY: &str = "Do not follow";
pub(crate) const OPEN_TIMEOUT: &str = "Open timeout, seconds";
pub(crate) const CULTURE: &str = "Culture";
pub(crate) const CULTURE_EXAMPLE: &str = "en-US";
pub(crate) const DEFAULT_TIMEOUT: &str = "default";
pub(crate) const DEMO_HINT: &str = "This endpoint is a demo.";
pub(crate) const FILL_IN: &str = "Fill in";
pub(crate) const STEPS: &str = "Steps of connecting";
pub(crate) const IMPORT: &str = "Import of cmdlets";
pub(crate) const RESUMING: &str = "Resuming the session…";
pub(crate) const LOADING_OFFER: &str = "Asking for the endpoints…";
pub(crate) const TRY_AGAIN: &str = "Try again";
pub(crate) const CHECK: &str = "Check the connection";
pub(crate) const CHECKING: &str = "Checking…";
pub(crate) const CHECK_HINT: &str =
    "Shows at which layer it stops. With the password typed again it tries the sign-in too.";
pub(crate) const CHECK_SAME: &str = "Here the connection stops, as said above.";
pub(crate) const CHECK_WELL: &str = "All is well: a cmdlet ran. Connect again.";
pub(crate) const CHECK_WELL_SO_FAR: &str = "All is well as far as the web service. Type the password again and check once more to try the sign-in too.";
pub(crate) const SIGNED_OUT: &str = "You are signed out. The remote session was removed.";

pub(crate) fn demo_credentials(user: &str, password: &str) -> String {
    format!("{user}, password {password}")
}

pub(crate) fn importing(received: u32, total: u32) -> String {
    match total {
        0 => format!("Importing cmdlets: {}", count(received.into())),
        _ => format!("Importing cmdlets: {} of {}", count(received.into()), count(total.into())),
    }
}

// Failures of the page's own
pub(crate) const CAUSE: &str = "Likely cause";
pub(crate) const REMEDY: &str = "What to do";
pub(crate) const RAW: &str = "As reported";
pub(crate) const MORE_FACTS: &str = "All facts";
pub(crate) const RELAY_UNREACHABLE: &str = "Postern's server did not answer";
pub(crate) const RELAY_UNREACHABLE_CAUSE: &str =
    "It is not running, or the network between it and this browser is down.";
pub(crate) const RELAY_UNREACHABLE_REMEDY: &str = "Check the network, then try again.";
pub(crate) const RELAY_UNEXPECTED: &str = "The answer did not come from Postern's server";
pub(crate) const RELAY_UNEXPECTED_CAUSE: &str =
    "A proxy in between answered, or the server was replaced by another version.";
pub(crate) const RELAY_UNEXPECTED_REMEDY: &str =
    "Reload the page. If that does not help, tell the person who runs this server.";
pub(crate) const OTHER_BUILD: &str = "This page and Postern's server are of different versions";
pub(crate) const OTHER_BUILD_CAUSE: &str =
    "The server was updated, and a cache in between still holds the old page.";
pub(crate) const OTHER_BUILD_REMEDY: &str = "Reload the page without its cache (Ctrl+Shift+R).";
pub(crate) const SESSION_GONE: &str = "The session is no longer there";
pub(crate) const SESSION_GONE_CAUSE: &str =
    "It was signed out, it ran into its idle time, or this browser did not open it.";
pub(crate) const SESSION_GONE_REMEDY: &str = "Sign in again.";

// Console
pub(crate) const COMMAND: &str = "Command";
pub(crate) const RUN: &str = "Run";
pub(crate) const RUN_AGAIN: &str = "Run again";
pub(crate) const EDIT: &str = "Edit";
pub(crate) const STOP: &str = "Stop";
pub(crate) const STOPPING: &str = "Stopping…";
pub(crate) const SIGN_OUT: &str = "Sign out";
pub(crate) const SIGNING_OUT: &str = "Signing out…";
pub(crate) const SIGN_IN_AGAIN: &str = "Sign in again";
pub(crate) const SESSION_ENDED: &str = "The session has ended";
pub(crate) const KEEP_READING: &str = "Keep reading";
pub(crate) const RECONNECTING: &str = "Reconnecting…";
pub(crate) const RECONNECT_NOW: &str = "Try now";
pub(crate) const CONNECTED: &str = "Connected";
pub(crate) const HELP: &str = "Help";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const SKIP: &str = "Go to the command line";
pub(crate) const COMMANDS: &str = "Commands";
pub(crate) const FIND: &str = "Find a cmdlet";
pub(crate) const RECENT: &str = "Recent";
pub(crate) const NOUNS: &str = "Nouns";
pub(crate) const NO_MATCH: &str = "No cmdlet has this in its name.";
pub(crate) const BLOCKS: &str = "Commands and their results";
pub(crate) const WAITING: &str = "waiting";
pub(crate) const RUNNING: &str = "running";
pub(crate) const STOPPED: &str = "stopped";
pub(crate) const FAILED: &str = "failed";
pub(crate) const NO_OUTPUT: &str = "no output";
pub(crate) const EMPTY_HINT: &str = "Type a command below, or pick one from the list.";
pub(crate) const TRY: &str = "For a start:";
pub(crate) const EXAMPLES: [&str; 3] = [
    "Get-Mailbox",
    "Get-Mailbox -ResultSize Unlimited",
    "Get-Mailbox | Select-Object DisplayName, Alias, WhenCreated",
];
pub(crate) const NOT_SENT: &str = "Not connected: the command stays here until you run it again.";
pub(crate) const MAYBE_LOST: &str =
    "The connection broke while this command was on its way. It did not run; here it is again.";
pub(crate) const HINT_RUN: &str = "run";
pub(crate) const HINT_LINE: &str = "new line";
pub(crate) const HINT_HISTORY: &str = "history";
pub(crate) const HINT_COMPLETE: &str = "complete";
pub(crate) const HINT_STOP: &str = "stop";
pub(crate) const COMPLETIONS: &str = "Completions";
pub(crate) const TIME_LEFT_UNKNOWN: &str = "working";
pub(crate) const SHOW_ALL: &str = "Show all";
pub(crate) const STAY: &str = "Stay signed in";
pub(crate) const IDLE: &str = "You will be signed out soon";

pub(crate) fn idle_in(time: &str) -> String {
    format!("Idle sign-out in {time}")
}

pub(crate) fn theme(name: &str) -> String {
    format!("Theme: {name}")
}

pub(crate) fn idle_message(time: &str) -> String {
    format!("Nothing was done for a while. The remote session is removed in {time}, and its results with it.")
}

pub(crate) fn retry_in(seconds: u32) -> String {
    format!("next try in {seconds} s")
}

pub(crate) fn earlier_parts(hidden: usize) -> String {
    format!("{} lines are not shown.", count(hidden as u64))
}

pub(crate) fn objects(objects: u64) -> String {
    if objects == 1 { "1 object".into() } else { format!("{} objects", count(objects)) }
}

pub(crate) fn errors(number: usize) -> String {
    if number == 1 { "1 error".into() } else { format!("{} errors", count(number as u64)) }
}

pub(crate) fn rows_of(shown: u64, all: u64) -> String {
    format!("{} of {}", count(shown), objects(all))
}

pub(crate) fn properties(number: usize) -> String {
    if number == 1 { "1 property".into() } else { format!("{} properties", count(number as u64)) }
}

pub(crate) fn time_split(elapsed: u64, remote: u64) -> String {
    let local = elapsed.saturating_sub(remote);
    format!("{} remote, {} local", duration(remote as f64), duration(local as f64))
}

pub(crate) fn seconds_left(seconds: i64) -> String {
    if seconds >= 90 {
        format!("about {} min left", (seconds + 30) / 60)
    } else {
        format!("about {seconds} s left")
    }
}

pub(crate) fn announce_end(line: &str, state: BlockState, found: u64) -> String {
    let command = line.split_whitespace().next().unwrap_or_default();
    match state {
        BlockState::Completed => format!("{command} is done: {}.", objects(found)),
        BlockState::Failed => format!("{command} failed after {}.", objects(found)),
        BlockState::Stopped => format!("{command} was stopped after {}.", objects(found)),
    }
}

pub(crate) fn stream(stream: NoteStream) -> &'static str {
    match stream {
        NoteStream::Warning => "Warning",
        NoteStream::Verbose => "Verbose",
        NoteStream::Debug => "Debug",
        NoteStream::Information => "Information",
        NoteStream::Host { .. } => "",
    }
}

// Grid
pub(crate) const FILTER: &str = "Filter all columns";
pub(crate) const COLUMNS: &str = "Columns";
pub(crate) const COLUMNS_DEFAULT: &str = "Default";
pub(crate) const COLUMNS_ALL: &str = "All";
pub(crate) const FILTER_PROPERTIES: &str = "Find a property";
pub(crate) const NOTHING_MATCHES: &str = "No object matches the filter.";
pub(crate) const LOADING: &str = "…";
pub(crate) const DETAILS: &str = "Details";
pub(crate) const DETAILS_LOADING: &str = "Loading…";
pub(crate) const DETAILS_GONE: &str = "This object is no longer there.";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const COPY_REFUSED: &str = "The browser did not allow it";
pub(crate) const NULL: &str = "null";
pub(crate) const YES: &str = "True";
pub(crate) const NO: &str = "False";
pub(crate) const EMPTY_LIST: &str = "empty list";
pub(crate) const ALL_PROPERTIES: &str = "All properties";
pub(crate) const SHOW_MORE: &str = "Show more";
pub(crate) const RESIZE: &str = "Drag to resize, double-click to fit";

pub(crate) fn columns_of(shown: usize, all: usize) -> String {
    format!("{COLUMNS} {shown}/{all}")
}

pub(crate) fn grid_label(type_name: &str) -> String {
    format!("Objects of type {type_name}")
}

pub(crate) fn copy_value(property: &str) -> String {
    format!("Copy {property}")
}

pub(crate) fn items(number: usize) -> String {
    if number == 1 { "1 item".into() } else { format!("{} items", count(number as u64)) }
}

// Questions
pub(crate) const OK: &str = "OK";
pub(crate) const QUESTION: &str = "The command asks";
pub(crate) const CHOOSE_ANY: &str = "Choose any number of these.";
pub(crate) const ANSWER: &str = "Answer";
pub(crate) const ANSWER_OFFLINE: &str = "Not connected: you can answer as soon as the connection is back.";
pub(crate) const CANCEL_STOPS: &str = "Cancel stops the command.";

// Help
pub(crate) const HELP_KEYS: &str = "Keys";
pub(crate) const HELP_WORKS: &str = "What works in this version";
pub(crate) const HELP_LATER: &str = "What does not work yet";
pub(crate) const KEYS: &[(&str, &str)] = &[
    ("Enter", "run the command"),
    ("Shift Enter", "new line in the command"),
    ("Up, Down", "earlier and later commands, from the first or last line"),
    ("Tab", "take the completion while the list is open; otherwise leave the editor"),
    ("Ctrl Space", "open the list of completions"),
    ("Ctrl K", "find a cmdlet; Enter takes the first one found"),
    ("Esc", "close the list, the details or a question; clear the command"),
    ("Ctrl C", "stop the running command when no text is selected"),
    ("Arrows, Page Up, Page Down, Home, End", "move in a grid"),
    ("Enter in a grid", "open the object's details; on a heading: sort"),
    ("Shift Left, Shift Right on a heading", "make the column narrower or wider"),
    ("Ctrl C in a grid", "copy the cell"),
];
pub(crate) const WORKS: &[&str] = &[
    "One remote cmdlet with its parameters, and Where-Object, Select-Object, Sort-Object, ForEach-Object, Group-Object and Measure-Object behind it.",
    "Sorting, filtering and choosing columns of a result without running the command again.",
    "Warnings, verbose text, progress, errors, and questions that a cmdlet asks.",
    "Reloading the page or losing the network: the session goes on and the page comes back to it.",
];
pub(crate) const LATER: &[&str] = &[
    "Variables, functions, loops and whole scripts.",
    "Export to files, uploads and saved snippets.",
    "Several sessions in one window.",
    "Sign-in with OAuth or Kerberos.",
];

/// A number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A duration, from milliseconds.
pub(crate) fn duration(millis: f64) -> String {
    let millis = millis.max(0.0);
    if millis < 995.0 {
        format!("{millis:.0} ms")
    } else if millis < 9_950.0 {
        format!("{:.2} s", millis / 1000.0)
    } else if millis < 59_950.0 {
        format!("{:.1} s", millis / 1000.0)
    } else {
        let seconds = (millis / 1000.0) as u64;
        if seconds < 3600 {
            format!("{} min {} s", seconds / 60, seconds % 60)
        } else {
            format!("{} h {} min", seconds / 3600, seconds % 3600 / 60)
        }
    }
}

/// How long something has been running: in steps that can be read as they change.
pub(crate) fn elapsed(millis: f64) -> String {
    if millis < 59_950.0 { format!("{:.1} s", millis.max(0.0) / 1000.0) } else { duration(millis) }
}

/// Time left, as minutes and seconds.
pub(crate) fn countdown(millis: f64) -> String {
    let seconds = (millis.max(0.0) / 1000.0).ceil() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::{count, countdown, duration};

    #[test]
    fn numbers_and_times_are_written_for_people() {
        assert_eq!([count(0), count(999), count(1000), count(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        let times = [12.0, 994.6, 2345.0, 61_000.0, 3_700_000.0].map(duration);
        assert_eq!(times, ["12 ms", "995 ms", "2.35 s", "1 min 1 s", "1 h 1 min"]);
        assert_eq!([countdown(0.0), countdown(872_000.0), countdown(59_001.0)], ["0:00", "14:32", "1:00"]);
    }
}
