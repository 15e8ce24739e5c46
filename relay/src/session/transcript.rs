//! A session's events as a file: text as a console would have printed it, or one JSON object a line.

use std::fmt::Write as _;

use postern_shared::wire::{BlockState, Event, EventKind, NoteStream};

use super::log::Log;
use crate::store::Broken;

/// Events read at a time.
const AT_ONCE: usize = 256;

/// Writes the events up to now; `give` takes each piece and the number of the last event in it.
pub(super) fn write(
    log: &Log,
    json: bool,
    mut give: impl FnMut(Vec<u8>, u64) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let (mut after, newest) = (0, log.newest());
    while after < newest {
        let events = log.after(after, AT_ONCE);
        let Some(last) = events.last().map(|last| last.number) else { break };
        let mut out = Vec::new();
        for event in &events {
            if json {
                // The list of all imported commands is long, and no part of what was done.
                let line = match &event.kind {
                    EventKind::Ready(facts) => {
                        let mut facts = facts.clone();
                        facts.commands.clear();
                        facts.changing.clear();
                        serde_json::to_vec(&Event { kind: EventKind::Ready(facts), ..(**event).clone() })
                    }
                    _ => serde_json::to_vec(&**event),
                };
                out.extend(line.map_err(|error| Broken::Failed(error.to_string()))?);
                out.push(b'\n');
            } else {
                text(event, &mut out);
            }
        }
        after = last;
        give(out, last)?;
    }
    Ok(())
}

fn text(event: &Event, out: &mut Vec<u8>) {
    let at = event.at / 1000;
    let clock = format!("{:02}:{:02}:{:02}", at / 3600, at / 60 % 60, at % 60);
    let line = match &event.kind {
        EventKind::Ready(facts) => format!("Session at {} as {}.", facts.endpoint, facts.user),
        EventKind::Block { block, line, .. } => {
            format!("\n[{clock}] #{block} PS> {}", line.replace('\n', "\n>> "))
        }
        EventKind::Note { stream, text, .. } => match stream {
            NoteStream::Warning => format!("WARNING: {text}"),
            NoteStream::Verbose => format!("VERBOSE: {text}"),
            NoteStream::Debug => format!("DEBUG: {text}"),
            NoteStream::Information | NoteStream::Host { .. } => text.clone(),
        },
        EventKind::Text { text, .. } => text.clone(),
        EventKind::Error { failure, .. } => {
            let parts = [&failure.cause, &failure.remedy, &failure.code];
            let parts: Vec<String> =
                parts.iter().filter(|part| !part.is_empty()).map(|part| format!("       {part}")).collect();
            format!("ERROR: {}\n{}", failure.what, parts.join("\n")).trim_end().to_owned()
        }
        EventKind::Changed { changed, .. } => {
            let mut text = format!("Changed: {}", changed.object);
            if changed.is_gone {
                text.push_str(" (gone)");
            }
            for (name, before, after) in &changed.properties {
                let _ = write!(text, "\n  {name}: {before} -> {after}");
            }
            text
        }
        EventKind::Result { type_name, .. } => format!("(objects of type {type_name})"),
        EventKind::Prompt(prompt) => format!("? {} {}", prompt.caption, prompt.message),
        EventKind::Ended { block, state, objects, elapsed, .. } => {
            let state = match state {
                BlockState::Completed => "done",
                BlockState::Failed => "failed",
                BlockState::Stopped => "stopped",
            };
            format!("[{clock}] #{block} {state}: {objects} objects, {elapsed} ms")
        }
        _ => return,
    };
    out.extend_from_slice(line.as_bytes());
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::{super::log::LogLimits, *};

    #[test]
    fn what_was_done_is_written_down() {
        let log = Log::new(LogLimits { events: 1000, bytes: 1 << 20 });
        log.append(EventKind::Block { block: 1, line: "Get-Mailbox\n| x".into(), on_server: false });
        log.append(EventKind::Note { block: 1, stream: NoteStream::Warning, text: "careful".into() });
        log.append(EventKind::Ended {
            block: 1,
            state: BlockState::Completed,
            objects: 2,
            elapsed: 3,
            remote: 1,
        });
        let written = |json| {
            let mut all = Vec::new();
            write(&log, json, |piece, _| {
                all.extend(piece);
                Ok(())
            })
            .unwrap();
            String::from_utf8(all).unwrap()
        };
        let text = written(false);
        assert!(text.contains("#1 PS> Get-Mailbox\n>> | x\nWARNING: careful\n"), "{text}");
        assert!(text.contains("#1 done: 2 objects, 3 ms"));
        let lines: Vec<serde_json::Value> =
            written(true).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[1]["number"], 2);
    }
}
