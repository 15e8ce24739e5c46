//! Get-Unique and Tee-Object.

use std::rc::Rc;

use super::{
    Cmdlet, Cx, Declare, P, Registry,
    out_file::{self, FileText},
    sort,
};
use crate::{
    code::Sym,
    interp::{Flow, Gathered},
    ops::compare,
    value::{List, Type, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new("Get-Unique", "Gives the different items of a sorted list.")
            .alias("gu")
            .default_set("AsString")
            .param(P::input("InputObject", "The objects.").nullable())
            .param(P::switch("AsString", "Compares the texts.").set("AsString"))
            .param(P::switch("OnType", "Gives one object of each type.").set("UniqueByType").mandatory())
            .param(P::switch("CaseInsensitive", "Texts that differ in case only are the same."))
            .example("Get-Content names.txt | Sort-Object | Get-Unique", "Each name once.")
            .run(|| Box::<Unique>::default()),
    );
    registry.add(
        Declare::new("Tee-Object", "Keeps objects in a file or a variable and passes them on.")
            .alias("tee")
            .default_set("File")
            .param(P::input("InputObject", "The objects."))
            .param(P::new("FilePath", "The file.").text().alias("Path").set("File").at(0).mandatory())
            .param(
                P::new("LiteralPath", "The file.")
                    .text()
                    .alias("PSPath")
                    .alias("LP")
                    .set("LiteralFile")
                    .mandatory(),
            )
            .param(P::switch("Append", "Behind what the file or the variable has."))
            .param(out_file::encoding_param().set("File").set("LiteralFile"))
            .param(P::new("Variable", "The variable's name.").text().set("Variable").mandatory())
            .example(
                "Get-Mailbox | Tee-Object -Variable all | Measure-Object",
                "Counts, and keeps the objects.",
            )
            .run(|| Box::<Tee>::default()),
    );
}

#[derive(Default)]
struct Unique {
    before: Option<Value>,
}

impl Cmdlet for Unique {
    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        let case = !cx.flag("CaseInsensitive");
        let same = match &self.before {
            None => false,
            Some(before) if cx.flag("OnType") => before.type_names() == input.type_names(),
            Some(before) if cx.flag("AsString") => {
                let (before, now) = (cx.engine.text_of(before)?, cx.engine.text_of(&input)?);
                compare::same_text(&before, &now, case)
            }
            Some(before) => sort::order(Some(before), Some(&input), case) == std::cmp::Ordering::Equal,
        };
        if same {
            return Ok(());
        }
        self.before = Some(input.clone());
        cx.write(input)
    }
}

#[derive(Default)]
struct Tee {
    file: Option<FileText>,
    items: Vec<Value>,
    held: Gathered,
}

impl Cmdlet for Tee {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if let Some(path) = cx.text("FilePath").or_else(|| cx.text("LiteralPath")) {
            self.file = Some(FileText::open(cx, &path, cx.flag("Append"), false)?);
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        self.held.add(&input);
        self.items.push(input.clone());
        cx.engine.check_items(self.items.len())?;
        cx.write(input)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let items = std::mem::take(&mut self.items);
        if let Some(file) = &mut self.file {
            for line in out_file::lines_of(cx.engine, items)? {
                file.line(cx, &line)?;
            }
            return file.close(cx);
        }
        let Some(name) = cx.text("Variable") else { return Ok(()) };
        let sym = Sym::new(&name);
        let scope = Rc::clone(&cx.engine.scope);
        let mut all = Vec::new();
        if cx.flag("Append")
            && let Some(before) = scope.find(sym)
        {
            all.extend(crate::ops::list::items(&before).unwrap_or_else(|| vec![before]));
        }
        all.extend(items);
        let value = match all.len() {
            1 => all.pop().unwrap_or_default(),
            _ => Value::List(List::new(Type::ArrayList, all)),
        };
        cx.engine.set_in(&scope, sym, value)
    }

    fn close(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.end(cx)
    }
}
