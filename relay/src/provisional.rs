//! Stands in for the views until `postern_shared::view` has them: the first properties as a table.

use postern_shared::{
    value::{PsObject, PsStr, PsValue},
    wire::{CellKind, ColumnMeta, ViewKind},
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
