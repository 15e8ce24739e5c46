//! Sort-Object.

use std::cmp::Ordering;

use super::{Cmdlet, Cx, Declare, P, Registry, selector::Selector};
use crate::{
    convert::truth,
    interp::{Flow, Gathered},
    ops::compare,
    value::Value,
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Sort-Object", "Sorts objects by property values.")
            .alias("sort")
            .default_set("Default")
            .param(P::input("InputObject", "The objects."))
            .param(
                P::new("Property", "The properties that are compared, the most important first.")
                    .many()
                    .at(0),
            )
            .param(P::switch("Descending", "The largest first."))
            .param(P::switch("Unique", "Of equal objects only the first."))
            .param(
                P::new("Top", "How many objects from the start of the order.").int().set("Top").mandatory(),
            )
            .param(
                P::new("Bottom", "How many objects from the end of the order.")
                    .int()
                    .set("Bottom")
                    .mandatory(),
            )
            .param(P::switch("Stable", "Equal objects keep their order.").set("Default"))
            .param(P::new("Culture", "The culture whose order counts.").text())
            .param(P::switch("CaseSensitive", "Texts that differ in case only are different."))
            .example("Get-Mailbox | Sort-Object WhenCreated -Descending", "The youngest mailboxes first.")
            .run(|| Box::<Sort>::default()),
    );
}

#[derive(Default)]
struct Sort {
    keys: Vec<(Selector, Option<bool>)>,
    descending: bool,
    case_sensitive: bool,
    items: Vec<Item>,
    held: Gathered,
}

struct Item {
    value: Value,
    keys: Vec<Option<Value>>,
}

impl Cmdlet for Sort {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        for value in cx.list("Property") {
            let selector = Selector::parse(cx, &value, &["ascending", "descending", "name"])?;
            let descending = selector
                .option("descending")
                .map(|value| truth(&value))
                .or_else(|| selector.option("ascending").map(|value| !truth(&value)));
            self.keys.push((selector, descending));
        }
        self.descending = cx.flag("Descending");
        self.case_sensitive = cx.flag("CaseSensitive");
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if input.is_null() {
            return Ok(());
        }
        let mut keys = Vec::with_capacity(self.keys.len());
        for (selector, _) in &self.keys {
            keys.push(selector.value(cx, &input)?);
        }
        cx.engine.check_items(self.items.len())?;
        self.held.add(&input);
        self.items.push(Item { value: input, keys });
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let mut items = std::mem::take(&mut self.items);
        cx.engine.steps(items.len())?;
        // Without one property that any object has, nothing decides.
        let descending: Vec<bool> = self.keys.iter().map(|(_, own)| own.unwrap_or(self.descending)).collect();
        let (case, whole) = (self.case_sensitive, self.descending);
        let order = |a: &Item, b: &Item| {
            if descending.is_empty() {
                let order = order(Some(&a.value), Some(&b.value), case);
                return if whole { order.reverse() } else { order };
            }
            for (at, down) in descending.iter().enumerate() {
                let order = order(a.keys[at].as_ref(), b.keys[at].as_ref(), case);
                if order != Ordering::Equal {
                    return if *down { order.reverse() } else { order };
                }
            }
            Ordering::Equal
        };
        merge_sort(&mut items, &order);
        if cx.flag("Unique") {
            items.dedup_by(|b, a| order(a, b) == Ordering::Equal);
        }
        let len = items.len();
        let count = |n: i64| usize::try_from(n).unwrap_or(0);
        if let Some(top) = cx.int("Top") {
            items.truncate(count(top));
        } else if let Some(bottom) = cx.int("Bottom") {
            items.drain(..len.saturating_sub(count(bottom)));
        }
        for item in items {
            cx.write(item.value)?;
        }
        Ok(())
    }
}

/// Stable, and content with an order that is not transitive (text and numbers mixed), which the standard library's
/// sort answers with a panic.
pub(super) fn merge_sort<T>(items: &mut Vec<T>, order: &dyn Fn(&T, &T) -> Ordering) {
    if items.len() < 2 {
        return;
    }
    if items.len() <= 16 {
        for end in 1..items.len() {
            let mut at = end;
            while at > 0 && order(&items[at - 1], &items[at]) == Ordering::Greater {
                items.swap(at - 1, at);
                at -= 1;
            }
        }
        return;
    }
    let mut right = items.split_off(items.len() / 2);
    merge_sort(items, order);
    merge_sort(&mut right, order);
    let left = std::mem::replace(items, Vec::with_capacity(items.len() + right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if order(a, b) == Ordering::Greater { right.next() } else { left.next() };
        items.extend(next);
    }
    items.extend(left);
    items.extend(right);
}

/// Order of two keys: null before everything, values of different kinds by what they are.
pub(super) fn order(a: Option<&Value>, b: Option<&Value>, case_sensitive: bool) -> Ordering {
    let (a, b) = match (a, b) {
        (None, None) => return Ordering::Equal,
        // Objects without the property come last of those without a value.
        (None, Some(b)) => return if b.is_null() { Ordering::Equal } else { Ordering::Less },
        (Some(a), None) => return if a.is_null() { Ordering::Equal } else { Ordering::Greater },
        (Some(a), Some(b)) => (a, b),
    };
    match (a.is_null(), b.is_null()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Less,
        (false, true) => return Ordering::Greater,
        _ => {}
    }
    match compare::order(a, b, case_sensitive) {
        Some(order) => order,
        None => compare::order_text(&a.text(), &b.text(), case_sensitive),
    }
}
