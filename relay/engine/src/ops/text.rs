//! `-join`, and `-split` by blanks and by a block.

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::list;
use crate::{
    code::ScriptBlock,
    convert::truth,
    interp::{Engine, Flow},
    value::Value,
};

impl Engine {
    /// `-join`.
    pub(crate) fn join(&mut self, left: &Value, right: &Value) -> Flow<Value> {
        let separator = self.text_of(right)?;
        let items = match left {
            Value::Empty => Vec::new(),
            left => list::items(left).unwrap_or_else(|| vec![left.clone()]),
        };
        let mut out = String::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push_str(&separator);
            }
            match item {
                // What is nested is not joined.
                Value::Array(_) | Value::List(_) => out.push_str(&item.type_name()),
                item => self.write_text(item, &mut out)?,
            }
            self.check_text(out.len())?;
        }
        Ok(Value::str(out))
    }

    /// `-split` before its operand: at blanks.
    pub(crate) fn split_blanks(&mut self, value: &Value) -> Flow<Value> {
        let mut parts = Vec::new();
        for item in list::items(value).unwrap_or_else(|| vec![value.clone()]) {
            let text = self.text_of(&item)?;
            parts.extend(text.split_whitespace().map(Value::str));
        }
        Ok(Value::array(parts))
    }

    pub(super) fn split_by_block(
        &mut self,
        text: &PsStr,
        block: &Rc<ScriptBlock>,
        limit: i64,
        parts: &mut Vec<Value>,
    ) -> Flow<()> {
        let mut part = String::new();
        let mut count = 1;
        for c in text.chars() {
            let cut = (limit <= 0 || count < limit) && {
                let item = Value::str(c.encode_utf8(&mut [0; 4]).to_owned());
                truth(&self.call_block(block, Some(item), Vec::new())?)
            };
            if cut {
                parts.push(Value::str(std::mem::take(&mut part)));
                count += 1;
            } else {
                part.push(c);
            }
        }
        parts.push(Value::str(part));
        Ok(())
    }
}
