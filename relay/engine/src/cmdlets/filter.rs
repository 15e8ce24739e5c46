//! Where-Object and ForEach-Object.

use std::rc::Rc;

use postern_shared::{syntax::ast::BinaryOp, value::PsStr};

use super::{Cmdlet, Cx, Declare, P, Registry};
use crate::{
    code::ScriptBlock,
    convert::truth,
    interp::{Flow, Stop},
    members,
    ops::list,
    value::{Category, Type, Value},
};

/// The comparisons of Where-Object: switch, operator, whether case counts.
const COMPARISONS: &[(&str, BinaryOp, bool)] = &[
    ("EQ", BinaryOp::Eq, false),
    ("NE", BinaryOp::Ne, false),
    ("GT", BinaryOp::Gt, false),
    ("GE", BinaryOp::Ge, false),
    ("LT", BinaryOp::Lt, false),
    ("LE", BinaryOp::Le, false),
    ("Like", BinaryOp::Like, false),
    ("NotLike", BinaryOp::NotLike, false),
    ("Match", BinaryOp::Match, false),
    ("NotMatch", BinaryOp::NotMatch, false),
    ("Contains", BinaryOp::Contains, false),
    ("NotContains", BinaryOp::NotContains, false),
    ("In", BinaryOp::In, false),
    ("NotIn", BinaryOp::NotIn, false),
    ("Is", BinaryOp::Is, false),
    ("IsNot", BinaryOp::IsNot, false),
    ("CEQ", BinaryOp::Eq, true),
    ("CNE", BinaryOp::Ne, true),
    ("CGT", BinaryOp::Gt, true),
    ("CGE", BinaryOp::Ge, true),
    ("CLT", BinaryOp::Lt, true),
    ("CLE", BinaryOp::Le, true),
    ("CLike", BinaryOp::Like, true),
    ("CNotLike", BinaryOp::NotLike, true),
    ("CMatch", BinaryOp::Match, true),
    ("CNotMatch", BinaryOp::NotMatch, true),
    ("CContains", BinaryOp::Contains, true),
    ("CNotContains", BinaryOp::NotContains, true),
    ("CIn", BinaryOp::In, true),
    ("CNotIn", BinaryOp::NotIn, true),
];

pub(super) fn declare(registry: &mut Registry) {
    let mut filter =
        Declare::new("Where-Object", "Selects objects from a collection based on their property values.")
            .module("Microsoft.PowerShell.Core")
            .alias("where")
            .alias("?")
            .default_set("EqualSet")
            .param(P::input("InputObject", "The objects to filter."))
            .param(
                P::new("FilterScript", "A script block; objects for which it gives true pass.")
                    .ty(Type::ScriptBlock)
                    .set("ScriptBlockSet")
                    .at(0)
                    .mandatory(),
            )
            .param(
                P::new("Property", "The property that is compared.").text().set("EqualSet").at(0).mandatory(),
            )
            .param(P::new("Value", "What the property is compared with.").set("EqualSet").at(1))
            .param(P::switch("Not", "Objects whose property is false, empty or null pass."));
    for (name, ..) in COMPARISONS {
        let mut param = P::switch(name, "Compares the property with the value by this operator.");
        match *name {
            "EQ" => param = param.alias("IEQ"),
            "NE" => param = param.alias("INE"),
            "GT" => param = param.alias("IGT"),
            "GE" => param = param.alias("IGE"),
            "LT" => param = param.alias("ILT"),
            "LE" => param = param.alias("ILE"),
            "Like" => param = param.alias("ILike"),
            "NotLike" => param = param.alias("INotLike"),
            "Match" => param = param.alias("IMatch"),
            "NotMatch" => param = param.alias("INotMatch"),
            "Contains" => param = param.alias("IContains"),
            "NotContains" => param = param.alias("INotContains"),
            "In" => param = param.alias("IIn"),
            "NotIn" => param = param.alias("INotIn"),
            _ => {}
        }
        filter = filter.param(param.set("EqualSet"));
    }
    registry.add(
        filter
            .example(
                "Get-Mailbox | Where-Object { $_.Name -like 'a*' }",
                "Mailboxes whose name begins with a.",
            )
            .example("Get-Mailbox | Where-Object RecipientTypeDetails -eq SharedMailbox", "Shared mailboxes.")
            .run(|| Box::<Where>::default()),
    );
    registry.add(
        Declare::new("ForEach-Object", "Performs an operation on each item of a collection.")
            .module("Microsoft.PowerShell.Core")
            .alias("foreach")
            .alias("%")
            .default_set("ScriptBlockSet")
            .param(P::input("InputObject", "The objects."))
            .param(
                P::new("Begin", "A script block that runs before the first object.")
                    .ty(Type::ScriptBlock)
                    .set("ScriptBlockSet"),
            )
            .param(
                P::new("Process", "The script block that runs for each object.")
                    .ty(Type::ArrayOf(&Type::ScriptBlock))
                    .set("ScriptBlockSet")
                    .at(0)
                    .mandatory()
                    .nullable(),
            )
            .param(
                P::new("End", "A script block that runs behind the last object.")
                    .ty(Type::ScriptBlock)
                    .set("ScriptBlockSet"),
            )
            .param(
                P::new("RemainingScripts", "Further script blocks for each object.")
                    .ty(Type::ArrayOf(&Type::ScriptBlock))
                    .set("ScriptBlockSet")
                    .remaining()
                    .nullable(),
            )
            .param(
                P::new("MemberName", "A property to give, or a method to call.")
                    .text()
                    .set("PropertyAndMethodSet")
                    .at(0)
                    .mandatory(),
            )
            .param(
                P::new("ArgumentList", "Arguments for the method.")
                    .many()
                    .alias("Args")
                    .set("PropertyAndMethodSet")
                    .remaining(),
            )
            .should_process()
            .example("1..3 | ForEach-Object { $_ * 2 }", "Gives 2, 4 and 6.")
            .example("Get-Mailbox | ForEach-Object Name", "The names of all mailboxes.")
            .run(|| Box::<ForEach>::default()),
    );
}

#[derive(Default)]
struct Where {
    block: Option<Rc<ScriptBlock>>,
    property: PsStr,
    value: Value,
    op: Option<(BinaryOp, bool)>,
    not: bool,
}

impl Cmdlet for Where {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.block = cx.block("FilterScript");
        self.property = cx.text("Property").unwrap_or_default();
        self.not = cx.flag("Not");
        self.op = COMPARISONS.iter().find(|(name, ..)| cx.flag(name)).map(|(_, op, case)| (*op, *case));
        if let Some(value) = cx.arg("Value") {
            self.value = value;
            if self.op.is_none() {
                self.op = Some((BinaryOp::Eq, false));
            }
        } else if self.op.is_some() && self.block.is_none() {
            return Err(cx.fail(
                "System.Management.Automation.PSArgumentException",
                "ValueNotSpecifiedForWhereObject",
                Category::InvalidArgument,
                Value::Null,
                "The specified operator requires both the -Property and -Value parameters. Provide values for both parameters, and then try the command again.",
            ));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if let Value::Empty = input {
            return Ok(());
        }
        let passes = if let Some(block) = &self.block {
            truth(&cx.call(block, &input)?)
        } else {
            let value = cx.engine.member(&input, &self.property)?;
            match self.op {
                Some((op, case_sensitive)) => {
                    truth(&cx.engine.binary(op, case_sensitive, &value, &self.value)?)
                }
                None => truth(&value) != self.not,
            }
        };
        if passes { cx.write(input) } else { Ok(()) }
    }
}

#[derive(Default)]
struct ForEach {
    begin: Option<Rc<ScriptBlock>>,
    process: Vec<Rc<ScriptBlock>>,
    end: Option<Rc<ScriptBlock>>,
    member: Option<PsStr>,
    arguments: Vec<Value>,
}

impl Cmdlet for ForEach {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.begin = cx.block("Begin");
        self.end = cx.block("End");
        let blocks = |values: Vec<Value>| -> Vec<Rc<ScriptBlock>> {
            values
                .into_iter()
                .filter_map(|value| match value.base() {
                    Value::Block(block) => Some(Rc::clone(block)),
                    _ => None,
                })
                .collect()
        };
        let mut all = blocks(cx.list("Process"));
        all.extend(blocks(cx.list("RemainingScripts")));
        // Of several blocks without names the first is `begin`, and of more than two the last is `end`.
        if self.begin.is_none() && all.len() > 1 {
            self.begin = Some(all.remove(0));
            if self.end.is_none() && all.len() > 1 {
                self.end = all.pop();
            }
        }
        self.process = all;
        self.member = cx.text("MemberName");
        self.arguments = cx.list("ArgumentList");
        if let Some(block) = self.begin.clone() {
            cx.engine.run_here(&block, None, cx.out)?;
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Some(name) = self.member.clone() else {
            for block in &self.process {
                let under = if let Value::Empty = input { Value::Null } else { input.clone() };
                cx.engine.run_here(block, Some(under), cx.out)?;
            }
            return Ok(());
        };
        if input.is_null() {
            if let Value::Empty = input {
                return Ok(());
            }
            return cx.error(
                "System.Management.Automation.PSInvalidOperationException",
                "InputObjectIsNull",
                Category::InvalidArgument,
                Value::Null,
                "The input object is null.",
            );
        }
        if self.arguments.is_empty()
            && let Some(value) = cx.engine.property(&input, &name)?
        {
            return cx.write_all(value);
        }
        if self.arguments.is_empty() && crate::ops::pattern::has_wildcard(&name) {
            let pattern = crate::ops::pattern::Wildcard::new(&name, false);
            let found = members::properties_of(&input).into_iter().find(|(own, _)| pattern.matches(own));
            if let Some((_, value)) = found {
                return cx.write_all(value);
            }
        }
        match cx.engine.call_method(&input, &name, self.arguments.clone()) {
            Ok(value) => cx.write_all(value),
            Err(Stop::Throw(record, _)) if record.id == "MethodNotFound" => {
                if self.arguments.is_empty() {
                    // A member that there is not is null.
                    return if cx.engine.strict > 0 && !list::is_list(&input) {
                        Ok(())
                    } else {
                        cx.write(Value::Null)
                    };
                }
                let message = record.exception.message.clone();
                cx.error(
                    "System.Management.Automation.PSArgumentException",
                    "MethodNotFound",
                    Category::InvalidArgument,
                    input,
                    message,
                )
            }
            Err(stop) => Err(stop),
        }
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        match self.end.clone() {
            Some(block) => cx.engine.run_here(&block, None, cx.out),
            None => Ok(()),
        }
    }
}
