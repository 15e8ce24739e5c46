//! Stands in for the local session and the views until their crates have them: one command, without quotes.

use postern_shared::{
    value::{PsObject, PsStr, PsValue},
    wire::{CellKind, ColumnMeta, Failure, ViewKind},
};

#[derive(Default)]
pub(crate) struct FormatViews;

impl FormatViews {
    pub(crate) fn from_format_data(_: &[PsValue]) -> Self {
        Self
    }

    pub(crate) fn columns(&self, object: &PsObject) -> (ViewKind, Vec<ColumnMeta>) {
        let column = |name: &PsStr| ColumnMeta {
            property: name.to_string(),
            label: name.to_string(),
            kind: CellKind::Text,
            width: 0,
        };
        (ViewKind::Table, object.properties().take(6).map(|(name, _)| column(name)).collect())
    }
}

pub(crate) fn cell_kind(_: &PsValue) -> CellKind {
    CellKind::Text
}

pub(crate) struct RemoteCommand {
    pub(crate) name: PsStr,
    pub(crate) parameters: Vec<(Option<PsStr>, PsValue)>,
    pub(crate) span: std::ops::Range<usize>,
}

pub(crate) struct Plan {
    pub(crate) remote: RemoteCommand,
}

#[expect(dead_code, reason = "nothing here is ever done early")]
pub(crate) enum Flow {
    Continue,
    Done,
}

impl Plan {
    pub(crate) fn compile(line: &str, known: &dyn Fn(&str) -> bool) -> Result<Self, Failure> {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        if !known(name) {
            return Err(Failure {
                what: format!("The term '{name}' is not recognized as the name of a cmdlet."),
                code: "CommandNotFoundException".into(),
                ..Failure::default()
            });
        }
        let mut parameters = Vec::new();
        let mut pending: Option<PsStr> = None;
        for word in words {
            if let Some(next) = word.strip_prefix('-') {
                parameters.extend(pending.replace(next.into()).map(|name| (Some(name), PsValue::Bool(true))));
            } else {
                let value = word.parse().map_or_else(|_| PsValue::from(word), PsValue::I32);
                parameters.push((pending.take(), value));
            }
        }
        parameters.extend(pending.map(|name| (Some(name), PsValue::Bool(true))));
        Ok(Self { remote: RemoteCommand { name: name.into(), parameters, span: 0..name.len() } })
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as the real one has it")]
    pub(crate) fn push(&mut self, value: PsValue, out: &mut Vec<PsValue>) -> Result<Flow, Failure> {
        out.push(value);
        Ok(Flow::Continue)
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as the real one has it")]
    pub(crate) fn finish(&mut self, _: &mut Vec<PsValue>) -> Result<(), Failure> {
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "as the real one has it")]
    pub(crate) fn take_errors(&mut self) -> Vec<Failure> {
        Vec::new()
    }

    #[expect(clippy::unused_self, reason = "as the real one has it")]
    pub(crate) fn format(&self) -> Option<(ViewKind, Vec<String>)> {
        None
    }
}
