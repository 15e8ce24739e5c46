//! Get-History and Clear-History.

use super::{Cx, Declare, P, Registry};
use crate::{
    convert::integer,
    interp::Flow,
    value::{Category, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-History", "Lists the lines that this session has run.")
            .module("Microsoft.PowerShell.Core")
            .alias("history")
            .alias("h")
            .alias("ghy")
            .param(P::new("Id", "Numbers of lines.").many().at(0).by_value())
            .param(P::new("Count", "The newest ones, or those up to a number.").int().at(1))
            .example("Get-History -Count 5", "The last five lines.")
            .simple(get_history),
    );
    registry.add(
        Declare::new("Clear-History", "Forgets the lines that this session has run; their blocks stay.")
            .module("Microsoft.PowerShell.Core")
            .alias("clhy")
            .example("Clear-History", "Get-History lists nothing.")
            .simple(|cx, _| {
                cx.engine.history.clear();
                Ok(())
            }),
    );
}

fn get_history(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut lines = cx.engine.history.objects();
    let count = cx.int("Count").and_then(|count| usize::try_from(count).ok());
    let Some(wanted) = cx.arg("Id") else {
        let skip = count.map_or(0, |count| lines.len().saturating_sub(count));
        for (_, line) in lines.split_off(skip) {
            cx.write(line)?;
        }
        return Ok(());
    };
    let wanted = crate::ops::list::items(&wanted).unwrap_or_else(|| vec![wanted]);
    for id in wanted.iter().filter_map(integer) {
        let Some(at) = lines.iter().position(|(own, _)| *own == id) else {
            cx.error(
                "System.ArgumentException",
                "GetHistoryNoHistoryForId",
                Category::ObjectNotFound,
                Value::I64(id),
                format!("Cannot locate the history for ID {id}."),
            )?;
            continue;
        };
        let from = (at + 1).saturating_sub(count.unwrap_or(1));
        for (_, line) in lines.get(from..=at).unwrap_or_default().to_vec() {
            cx.write(line)?;
        }
    }
    Ok(())
}
