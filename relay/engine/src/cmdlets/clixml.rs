//! Export- and Import-Clixml. How objects are written and read is the relay's: see [`crate::host::Clixml`].

use std::sync::Arc;

use postern_shared::value::{PsStr, PsValue};

use super::{
    Cmdlet, Cx, Declare, P, Registry, content,
    out_file::{FileText, encoding_param, literal_path},
};
use crate::{
    interp::{Flow, Stop, Validate, files::NEW_LINE},
    value::{Category, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    registry.add(
        Declare::new(
            "Export-Clixml",
            "Writes objects into a file from which Import-Clixml makes them again.",
        )
        .default_set("ByPath")
        .should_process()
        .param(P::new("Path", "The file.").text().set("ByPath").at(0).mandatory())
        .param(literal_path("ByLiteralPath"))
        .param(P::input("InputObject", "The objects.").mandatory().nullable())
        .param(
            P::new("Depth", "How deep objects are followed.")
                .int()
                .check(Validate::Range(Value::I32(1), Value::I32(i32::MAX))),
        )
        .param(P::switch("Force", "Also a file that is write-protected."))
        .param(P::switch("NoClobber", "Not if the file is there already.").alias("NoOverwrite"))
        .param(encoding_param())
        .example("Get-MailboxPermission billing | Export-Clixml .\\acl.xml", "A copy to compare with later.")
        .run(|| Box::<Export>::default()),
    );
    registry.add(
        Declare::new("Import-Clixml", "Makes objects of a file that Export-Clixml wrote.")
            .default_set("ByPath")
            .param(P::new("Path", "The files.").texts().set("ByPath").at(0).mandatory().by_value().by_name())
            .param(
                P::new("LiteralPath", "The files; wildcards mean themselves.")
                    .texts()
                    .alias("PSPath")
                    .alias("LP")
                    .set("ByLiteralPath")
                    .mandatory()
                    .by_name(),
            )
            .param(P::switch("IncludeTotalCount", "First how many there are."))
            .param(P::new("Skip", "How many are left out.").ty(crate::value::Type::UInt64))
            .param(P::new("First", "How many come.").ty(crate::value::Type::UInt64))
            .example("$before = Import-Clixml .\\acl.xml", "The objects as they were.")
            .simple(import),
    );
}

/// The relay's encoder and decoder.
fn door(cx: &mut Cx<'_>) -> Flow<Arc<dyn crate::host::Clixml>> {
    match &cx.engine.clixml {
        Some(door) => Ok(Arc::clone(door)),
        None => Err(cx.fail(
            "System.Management.Automation.PSNotSupportedException",
            "NotAvailableInThisConsole",
            Category::NotImplemented,
            Value::Null,
            "CLIXML is not available in this session.",
        )),
    }
}

#[derive(Default)]
struct Export {
    file: Option<FileText>,
    values: Vec<PsValue>,
}

impl Cmdlet for Export {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        door(cx)?;
        let path = cx.text("Path").or_else(|| cx.text("LiteralPath")).unwrap_or_default();
        if cx.should_process(&path, "Export-Clixml")? {
            self.file = Some(FileText::open(cx, &path, false, cx.flag("NoClobber"))?);
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        if !matches!(input, Value::Empty) {
            self.values.push(input.to_ps());
            cx.engine.check_items(self.values.len())?;
        }
        Ok(())
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let door = door(cx)?;
        let Some(file) = &mut self.file else { return Ok(()) };
        let document = door.encode(&self.values);
        self.values = Vec::new();
        let text = String::from_utf8_lossy(&document);
        file.text(cx, &indented(&text))?;
        file.close(cx)
    }
}

/// Lays XML without white space between elements out in lines, as PowerShell writes files.
fn indented(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() + xml.len() / 4);
    let mut depth = 0usize;
    // Whether what was written last is a start tag or text, so that an end tag goes on in the same line.
    let mut in_line = false;
    let mut rest = xml;
    while let Some(open) = rest.find('<') {
        let (text, tag) = rest.split_at(open);
        out.push_str(text);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, behind) = tag.split_at(end);
        let closes = tag.starts_with("</");
        if closes {
            depth = depth.saturating_sub(1);
        }
        let goes_on = closes && in_line || out.is_empty();
        if !goes_on {
            out.push_str(NEW_LINE);
            out.extend(std::iter::repeat_n("  ", depth));
        }
        out.push_str(tag);
        in_line = !closes && !tag.ends_with("/>");
        if in_line {
            depth += 1;
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn import(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let door = door(cx)?;
    let paths = content::given(cx);
    let count = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok());
    let (skip, first) = (count(cx.int("Skip")).unwrap_or(0), count(cx.int("First")).unwrap_or(usize::MAX));
    for (path, literal) in paths {
        let names: Vec<PsStr> = cx
            .engine
            .entries_at(&path, literal)?
            .into_iter()
            .filter(|entry| !entry.folder)
            .map(|entry| entry.name)
            .collect();
        if names.is_empty() {
            return Err(cx.fail(
                "System.IO.FileNotFoundException",
                "FileOpenFailure",
                Category::OpenError,
                Value::Str(path.clone()),
                format!("Could not find file '{path}'."),
            ));
        }
        for name in names {
            let content = cx.engine.read_file(&name)?;
            // Windows PowerShell writes UTF-16.
            let text = crate::encoding::Encoding::default().decode(&content);
            let values = door.decode(text.as_bytes()).map_err(|message| wrong(cx, &path, &message))?;
            if cx.flag("IncludeTotalCount") {
                cx.write(values.len() as u64)?;
            }
            for value in values.into_iter().skip(skip).take(first) {
                cx.engine.step()?;
                cx.write(Value::from(value))?;
            }
        }
    }
    Ok(())
}

fn wrong(cx: &mut Cx<'_>, path: &PsStr, message: &str) -> Stop {
    cx.fail(
        "System.Xml.XmlException",
        "System.Xml.XmlException",
        Category::NotSpecified,
        Value::Str(path.clone()),
        format!("The file '{path}' has no objects in CLIXML: {message}"),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_are_laid_out_as_powershell_does() {
        let compact = "<Objs V=\"1\"><Obj RefId=\"0\"><TN><T>a</T></TN><LST /><S N=\"x\"> a\nb </S><S></S></Obj></Objs>";
        let laid = "<Objs V=\"1\">\n  <Obj RefId=\"0\">\n    <TN>\n      <T>a</T>\n    </TN>\n    <LST />\n    <S N=\"x\"> a\nb </S>\n    <S></S>\n  </Obj>\n</Objs>";
        assert_eq!(super::indented(compact), laid);
    }
}
