//! The lines that a session has run, as `Get-History` lists them.

use std::{collections::VecDeque, rc::Rc};

use postern_shared::value::{PsDateTime, PsStr, PsTimeSpan};

use super::Stop;
use crate::value::{Object, Value};

/// Lines kept, PowerShell's own number (`$MaximumHistoryCount`).
const MOST: usize = 4096;
/// Bytes of text kept in all.
const MOST_BYTES: usize = 4 << 20;

/// The lines, oldest first.
#[derive(Debug, Default)]
pub(crate) struct History {
    lines: VecDeque<Entry>,
    bytes: usize,
    last: i64,
}

#[derive(Debug)]
struct Entry {
    id: i64,
    line: PsStr,
    status: &'static str,
    began: PsDateTime,
    ended: PsDateTime,
}

impl History {
    /// A line begins to run; gives its number.
    pub(super) fn begin(&mut self, line: &str, at: PsDateTime) -> i64 {
        self.last += 1;
        self.bytes += line.len();
        let (id, line) = (self.last, PsStr::from(line.trim_end()));
        self.lines.push_back(Entry { id, line, status: "Running", began: at, ended: at });
        while self.lines.len() > MOST || (self.bytes > MOST_BYTES && self.lines.len() > 1) {
            let gone = self.lines.pop_front();
            self.bytes = self.bytes.saturating_sub(gone.map_or(0, |entry| entry.line.len()));
        }
        id
    }

    /// The line of that number has ended.
    pub(super) fn end(&mut self, id: i64, at: PsDateTime, stopped: Option<&Stop>) {
        if let Some(entry) = self.lines.iter_mut().rev().find(|entry| entry.id == id) {
            entry.ended = at;
            entry.status = match stopped {
                None => "Completed",
                Some(Stop::Throw(..)) => "Failed",
                Some(_) => "Stopped",
            };
        }
    }

    /// Lines that have ended, as objects, oldest first.
    pub(crate) fn objects(&self) -> Vec<(i64, Value)> {
        let ended = self.lines.iter().filter(|entry| entry.status != "Running");
        ended.map(|entry| (entry.id, Value::Object(entry.object()))).collect()
    }

    /// Forgets all lines but the one that runs.
    pub(crate) fn clear(&mut self) {
        self.lines.retain(|entry| entry.status == "Running");
        self.bytes = self.lines.iter().map(|entry| entry.line.len()).sum();
    }
}

impl Entry {
    fn object(&self) -> Rc<Object> {
        let duration = PsTimeSpan { ticks: self.ended.ticks.saturating_sub(self.began.ticks) };
        Object::typed(
            "Microsoft.PowerShell.Commands.HistoryInfo",
            [
                ("Id", Value::I64(self.id)),
                ("CommandLine", Value::Str(self.line.clone())),
                ("ExecutionStatus", Value::str(self.status)),
                ("StartExecutionTime", Value::DateTime(self.began)),
                ("EndExecutionTime", Value::DateTime(self.ended)),
                ("Duration", Value::TimeSpan(duration)),
            ],
        )
        .labelled(self.line.clone())
    }
}
