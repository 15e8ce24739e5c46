//! `ConvertTo-Csv`, `ConvertFrom-Csv`, `Export-Csv` and `Import-Csv`.

mod read;
mod write;

use postern_shared::value::PsStr;

use super::{
    Cmdlet, Cx, Declare, P, Registry, content,
    out_file::{FileText, encoding_arg, encoding_param},
};
use crate::{
    interp::Flow,
    value::{Category, Type, Value},
};

use self::{
    read::Reader,
    write::{Quoting, Writer},
};

pub(super) fn declare(registry: &mut Registry) {
    let dialect = |declare: Declare, position| {
        declare
            .param(P::new("Delimiter", "What stands between fields; a comma.").ty(Type::Char).at(position))
            .param(P::switch("UseCulture", "The culture's list separator stands between fields."))
    };
    let writing = |declare: Declare| {
        declare
            .param(P::switch("IncludeTypeInformation", "A first line names the type.").alias("ITI"))
            .param(P::switch("NoTypeInformation", "No first line names the type, as is usual.").alias("NTI"))
            .param(P::new("QuoteFields", "The columns that are quoted; no other is.").texts().alias("QF"))
            .param(
                P::new("UseQuotes", "Always (the default), AsNeeded or Never.")
                    .text()
                    .alias("UQ")
                    .one_of(&["Never", "Always", "AsNeeded"]),
            )
            .param(P::switch("NoHeader", "No line with the columns' names."))
    };
    let input = || P::input("InputObject", "The objects.").mandatory();
    registry.add(
        writing(dialect(
            Declare::new("ConvertTo-Csv", "Gives objects as lines of comma-separated values."),
            1,
        ))
        .default_set("Delimiter")
        .param(input().at(0))
        .example("Get-Mailbox | Select-Object Name,Database | ConvertTo-Csv", "A line for each mailbox.")
        .run(|| Box::<ToCsv>::default()),
    );
    registry.add(
        writing(dialect(
            Declare::new("Export-Csv", "Writes objects into a file of comma-separated values."),
            1,
        ))
        .alias("epcsv")
        .should_process()
        .param(input())
        .param(P::new("Path", "The file.").text().at(0))
        .param(
            P::new("LiteralPath", "The file; wildcards mean themselves.").text().alias("PSPath").alias("LP"),
        )
        .param(P::switch("Force", "Also where properties of appended objects are missing."))
        .param(P::switch("NoClobber", "Not if the file is there already.").alias("NoOverwrite"))
        .param(encoding_param())
        .param(P::switch("Append", "Behind what the file has; its columns count."))
        .example(
            "Get-Mailbox | Export-Csv .\\boxes.csv -NoTypeInformation",
            "A file with a line for each mailbox.",
        )
        .run(|| Box::<ExportCsv>::default()),
    );
    registry.add(
        dialect(Declare::new("ConvertFrom-Csv", "Makes objects of lines of comma-separated values."), 1)
            .param(
                P::new("InputObject", "The lines.")
                    .ty(Type::ArrayOf(&Type::PSObject))
                    .at(0)
                    .mandatory()
                    .nullable()
                    .by_value(),
            )
            .param(P::new("Header", "The columns' names; the first line is data then.").texts().at(2))
            .example("'Name,Size','Nora,5' | ConvertFrom-Csv", "An object with Name and Size.")
            .run(|| Box::<FromCsv>::default()),
    );
    registry.add(
        dialect(Declare::new("Import-Csv", "Makes objects of a file of comma-separated values."), 1)
            .alias("ipcsv")
            .param(P::new("Path", "The files.").texts().at(0).by_value().by_name())
            .param(
                P::new("LiteralPath", "The files; wildcards mean themselves.")
                    .texts()
                    .alias("PSPath")
                    .alias("LP")
                    .by_name(),
            )
            .param(P::new("Header", "The columns' names; the first line is data then.").texts().at(2))
            .param(encoding_param())
            .example(
                "Import-Csv .\\users.csv | ForEach-Object { Get-Mailbox $_.Alias }",
                "A mailbox for each line.",
            )
            .simple(import),
    );
}

/// What stands between fields.
fn delimiter(cx: &mut Cx<'_>) -> Flow<char> {
    if cx.flag("UseCulture") {
        if cx.has("Delimiter") {
            return Err(cx.fail(
                "System.InvalidOperationException",
                "CannotSpecifyDelimiterAndUseCulture",
                Category::InvalidOperation,
                Value::Null,
                "The parameters -Delimiter and -UseCulture cannot be used together.",
            ));
        }
        return Ok(',');
    }
    Ok(cx.text("Delimiter").and_then(|text| text.chars().next()).unwrap_or(','))
}

fn writer(cx: &mut Cx<'_>) -> Flow<Writer> {
    let delimiter = delimiter(cx)?;
    let fields = cx.texts("QuoteFields");
    let use_quotes = cx.text("UseQuotes").map(|text| text.to_ascii_lowercase());
    if !fields.is_empty() && use_quotes.is_some() {
        return Err(cx.fail(
            "System.InvalidOperationException",
            "CannotSpecifyQuoteFieldsAndUseQuotes",
            Category::InvalidData,
            Value::Null,
            "You must specify either the -UseQuotes or -QuoteFields parameters, but not both.",
        ));
    }
    if cx.flag("IncludeTypeInformation") && cx.flag("NoTypeInformation") {
        return Err(cx.fail(
            "System.InvalidOperationException",
            "CannotSpecifyIncludeTypeInformationAndNoTypeInformation",
            Category::InvalidData,
            Value::Null,
            "The -IncludeTypeInformation and -NoTypeInformation parameters cannot be used together.",
        ));
    }
    let quoting = match use_quotes.as_deref() {
        _ if !fields.is_empty() => Quoting::Fields(fields),
        Some("never") => Quoting::Never,
        Some("asneeded") => Quoting::AsNeeded,
        _ => Quoting::Always,
    };
    // Windows PowerShell's `-NoTypeInformation:$false` asks for the line, too.
    let types =
        cx.flag("IncludeTypeInformation") || cx.has("NoTypeInformation") && !cx.flag("NoTypeInformation");
    Ok(Writer::new(delimiter, quoting, types, !cx.flag("NoHeader")))
}

#[derive(Default)]
struct ToCsv(Option<Writer>);

impl Cmdlet for ToCsv {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.0 = Some(writer(cx)?);
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let Some(writer) = &mut self.0 else { return Ok(()) };
        if input.is_null() {
            return Ok(());
        }
        if writer.columns().is_none() {
            writer.take_columns(&input);
            if let Some(line) = writer.type_line(&input) {
                cx.write(line)?;
            }
            if let Some(line) = writer.header() {
                cx.write(line)?;
            }
        }
        let mut line = String::new();
        writer.row(cx.engine, &input, &mut line)?;
        cx.write(line)
    }
}

#[derive(Default)]
struct ExportCsv {
    writer: Option<Writer>,
    file: Option<FileText>,
    path: PsStr,
    appending: bool,
    line: String,
    checked: bool,
}

impl Cmdlet for ExportCsv {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        let mut writer = writer(cx)?;
        let path = match (cx.text("Path"), cx.text("LiteralPath")) {
            (Some(path), None) | (None, Some(path)) if !path.is_empty() => path,
            _ => {
                return Err(cx.fail(
                    "System.InvalidOperationException",
                    "CannotSpecifyPathAndLiteralPath",
                    Category::InvalidData,
                    Value::Null,
                    "You must specify either the -Path or -LiteralPath parameters, but not both.",
                ));
            }
        };
        self.path = path.clone();
        if !cx.should_process(&path, "Export-Csv")? {
            return Ok(());
        }
        let append = cx.flag("Append");
        if append && cx.engine.has_file(&path)? {
            let content = cx.engine.read_file(&path)?;
            let encoding = encoding_arg(cx)?.unwrap_or_default();
            let text = encoding.decode(&content);
            let mut reader = Reader::new(&text, delimiter(cx)?, None);
            reader.read_header();
            if let Some(columns) = reader.columns() {
                writer.set_columns(columns);
                self.appending = true;
            }
            let mut file = FileText::open(cx, &path, true, false)?;
            if self.appending && !text.ends_with(['\n', '\r']) {
                file.line(cx, "")?;
            }
            self.file = Some(file);
        } else {
            self.file = Some(FileText::open(cx, &path, false, cx.flag("NoClobber"))?);
        }
        self.writer = Some(writer);
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, input: Value) -> Flow<()> {
        let (Some(writer), Some(file)) = (&mut self.writer, &mut self.file) else { return Ok(()) };
        if input.is_null() {
            return Ok(());
        }
        if writer.columns().is_none() {
            writer.take_columns(&input);
            if let Some(line) = writer.type_line(&input) {
                file.line(cx, &line)?;
            }
            if let Some(line) = writer.header() {
                file.line(cx, &line)?;
            }
        } else if self.appending && !self.checked {
            self.checked = true;
            if let Some(missing) = writer.missing(&input)
                && !cx.flag("Force")
            {
                self.file = None;
                return Err(cx.fail(
                    "System.InvalidOperationException",
                    "CannotAppendCsvWithMismatchedPropertyNames",
                    Category::InvalidData,
                    Value::Str(missing.clone()),
                    format!(
                        "Cannot append CSV content to the following file: {}. The appended object does not have a property that corresponds to the following column: {missing}. To continue with mismatched properties, add the -Force parameter, and then retry the command.",
                        self.path
                    ),
                ));
            }
        }
        self.line.clear();
        writer.row(cx.engine, &input, &mut self.line)?;
        file.line(cx, &self.line)
    }

    fn end(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        match self.file.take() {
            Some(mut file) => file.close(cx),
            None => Ok(()),
        }
    }

    fn close(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        self.end(cx)
    }
}

#[derive(Default)]
struct FromCsv {
    columns: Option<Vec<PsStr>>,
    warned: bool,
}

impl Cmdlet for FromCsv {
    fn begin(&mut self, cx: &mut Cx<'_>) -> Flow<()> {
        if cx.has("Header") {
            self.columns = Some(cx.texts("Header"));
        }
        Ok(())
    }

    fn process(&mut self, cx: &mut Cx<'_>, _: Value) -> Flow<()> {
        let delimiter = delimiter(cx)?;
        for line in cx.list("InputObject") {
            let text = cx.engine.text_of(&line)?;
            let mut reader = Reader::new(&text, delimiter, self.columns.clone());
            give(cx, &mut reader, &mut self.warned)?;
            if self.columns.is_none() {
                self.columns = reader.columns();
            }
        }
        Ok(())
    }
}

/// Gives an object for each record.
fn give(cx: &mut Cx<'_>, reader: &mut Reader<'_>, warned: &mut bool) -> Flow<()> {
    reader.read_header();
    if let Some(name) = reader.duplicate() {
        return Err(cx.fail(
            "System.Management.Automation.ExtendedTypeSystemException",
            "AlreadyPresentPSMemberInfoInternalCollectionAdd",
            Category::NotSpecified,
            Value::Null,
            format!("The member \"{name}\" is already present."),
        ));
    }
    if reader.unnamed() && !std::mem::replace(warned, true) {
        cx.warn("One or more headers were not specified. Default names starting with \"H\" have been used in place of any missing headers.")?;
    }
    while let Some(object) = reader.next_object() {
        cx.engine.step()?;
        cx.write(object)?;
    }
    Ok(())
}

fn import(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let delimiter = delimiter(cx)?;
    let encoding = encoding_arg(cx)?.unwrap_or_default();
    let header = cx.has("Header").then(|| cx.texts("Header"));
    let paths = content::given(cx);
    if paths.is_empty() || paths.iter().any(|(path, _)| path.is_empty()) {
        return Err(cx.fail(
            "System.InvalidOperationException",
            "CannotSpecifyPathAndLiteralPath",
            Category::InvalidData,
            Value::Null,
            "You must specify either the -Path or -LiteralPath parameters, but not both.",
        ));
    }
    let mut warned = false;
    for (path, literal) in paths {
        let mut names: Vec<PsStr> = Vec::new();
        for entry in cx.engine.entries_at(&path, literal)? {
            if !entry.folder {
                names.push(entry.name);
            }
        }
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
            let text = encoding.decode(&content);
            let mut reader = Reader::new(&text, delimiter, header.clone());
            give(cx, &mut reader, &mut warned)?;
        }
    }
    Ok(())
}
