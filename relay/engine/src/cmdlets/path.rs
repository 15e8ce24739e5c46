//! Join-, Split-, Resolve- and Convert-Path, Get- and Set-Location.

use postern_shared::value::PsStr;

use super::{
    Cx, Declare, P, Registry,
    content::{self, literal_paths, paths},
};
use crate::{
    interp::Flow,
    ops::pattern::has_wildcard,
    value::{Category, Object, Value},
};

pub(super) fn declare(registry: &mut Registry) {
    let module = "Microsoft.PowerShell.Management";
    registry.add(
        Declare::new("Join-Path", "Puts a folder's and a file's name together.")
            .module(module)
            .param(
                P::new("Path", "The folder.").texts().alias("PSPath").at(0).mandatory().by_value().by_name(),
            )
            .param(P::new("ChildPath", "What is in it.").text().at(1).mandatory().nullable().by_name())
            .param(P::new("AdditionalChildPath", "Further parts.").texts().remaining().by_name())
            .param(P::switch("Resolve", "Only names that there are."))
            .example("Join-Path . users.csv", "Gives ./users.csv.")
            .simple(join_path),
    );
    let part = |name, help, set: &'static str| P::switch(name, help).set(set);
    registry.add(
        Declare::new("Split-Path", "Gives a part of a path.")
            .module(module)
            .default_set("ParentSet")
            .param(P::new("Path", "The paths.").texts().at(0).mandatory().by_value().by_name())
            .param(P::new("LiteralPath", "The paths.").texts().alias("PSPath").alias("LP").by_name())
            .param(part("Parent", "The folder.", "ParentSet"))
            .param(part("Leaf", "The last part.", "LeafSet"))
            .param(part("LeafBase", "The last part without its extension.", "LeafBaseSet"))
            .param(part("Extension", "The extension.", "ExtensionSet"))
            .param(part("Qualifier", "The drive.", "QualifierSet"))
            .param(part("NoQualifier", "What is behind the drive.", "NoQualifierSet"))
            .param(part("IsAbsolute", "Whether it is absolute.", "IsAbsoluteSet"))
            .param(P::switch("Resolve", "Only names that there are."))
            .example("Split-Path .\\reports\\users.csv -Leaf", "Gives users.csv.")
            .simple(split_path),
    );
    let resolving = |name, help| {
        Declare::new(name, help)
            .module(module)
            .default_set("Path")
            .param(paths("Path").at(0).mandatory().by_value().by_name())
            .param(literal_paths())
    };
    registry.add(
        resolving("Resolve-Path", "Gives the names that a path with wildcards means.")
            .alias("rvpa")
            .param(P::switch("Relative", "As texts that begin with a dot."))
            .example("Resolve-Path *.csv", "The names of all CSV files.")
            .simple(|cx, _| {
                let relative = cx.flag("Relative");
                for name in resolve(cx)? {
                    if relative {
                        cx.write(format!("./{name}"))?;
                    } else {
                        cx.write(path_info(name))?;
                    }
                }
                Ok(())
            }),
    );
    registry.add(
        resolving("Convert-Path", "Gives the names that a path means as texts.")
            .alias("cvpa")
            .example("Convert-Path .\\users.csv", "Gives users.csv.")
            .simple(|cx, _| {
                for name in resolve(cx)? {
                    cx.write(name)?;
                }
                Ok(())
            }),
    );
    registry.add(
        Declare::new("Get-Location", "Says where relative names lead: always the session's workspace.")
            .module(module)
            .alias("gl")
            .alias("pwd")
            .param(P::switch("Stack", "Has no effect here."))
            .example("Get-Location", "Gives a dot.")
            .simple(|cx, _| cx.write(path_info(".".into()))),
    );
    registry.add(
        Declare::new(
            "Set-Location",
            "Relative names always lead to the session's workspace; only `.` is taken.",
        )
        .module(module)
        .alias("cd")
        .alias("sl")
        .alias("chdir")
        .param(P::new("Path", "A dot.").text().at(0).by_value().by_name())
        .param(P::new("LiteralPath", "A dot.").text().alias("PSPath").alias("LP").by_name())
        .param(P::switch("PassThru", "Gives the place."))
        .example("Set-Location .", "Nothing changes.")
        .simple(go_to),
    );
    declare_stack(registry, module);
}

/// There is one place to go to, and back to.
fn declare_stack(registry: &mut Registry, module: &'static str) {
    for (name, alias, synopsis) in [
        ("Push-Location", "pushd", "Has no effect here: there is one place for files."),
        ("Pop-Location", "popd", "Has no effect here: there is one place for files."),
    ] {
        registry.add(
            Declare::new(name, synopsis)
                .module(module)
                .alias(alias)
                .param(P::new("Path", "A dot.").text().at(0).by_value().by_name())
                .param(P::new("LiteralPath", "A dot.").text().alias("PSPath").alias("LP").by_name())
                .param(P::new("StackName", "Has no effect here.").text())
                .param(P::switch("PassThru", "Gives the place."))
                .example(name, "Nothing changes.")
                .simple(go_to),
        );
    }
}

fn go_to(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let path = cx.text("Path").or_else(|| cx.text("LiteralPath")).unwrap_or_default();
    if !cx.engine.file_name(&path)?.is_empty() {
        return Err(cx.fail(
            "System.Management.Automation.PSNotSupportedException",
            "NotAvailableInThisConsole",
            Category::NotImplemented,
            Value::Str(path.clone()),
            format!("This console has one place for files, the session's workspace; name files in a folder as {path}/file."),
        ));
    }
    if cx.flag("PassThru") { cx.write(path_info(".".into())) } else { Ok(()) }
}

fn path_info(name: PsStr) -> Value {
    Value::Object(
        Object::typed(
            "System.Management.Automation.PathInfo",
            [("Path", Value::Str(name.clone())), ("ProviderPath", Value::Str(name.clone()))],
        )
        .labelled(name),
    )
}

fn resolve(cx: &mut Cx<'_>) -> Flow<Vec<PsStr>> {
    let mut names = Vec::new();
    for (path, literal) in content::given(cx) {
        let entries = cx.engine.entries_at(&path, literal)?;
        if entries.is_empty() && (literal || !has_wildcard(&path)) {
            cx.error(
                "System.Management.Automation.ItemNotFoundException",
                "PathNotFound",
                Category::ObjectNotFound,
                Value::Str(path.clone()),
                format!("Cannot find path '{path}' because it does not exist."),
            )?;
        }
        names.extend(
            entries
                .into_iter()
                .map(|entry| if entry.name.is_empty() { PsStr::from_static(".") } else { entry.name }),
        );
    }
    Ok(names)
}

fn join(path: &str, child: &str) -> String {
    let (path, child) = (path.replace('\\', "/"), child.replace('\\', "/"));
    if path.is_empty() {
        return if child.starts_with('/') { child } else { format!("/{child}") };
    }
    format!("{}/{}", path.strip_suffix('/').unwrap_or(&path), child.trim_start_matches('/'))
}

fn join_path(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let child = cx.text("ChildPath").unwrap_or_default();
    let more = cx.texts("AdditionalChildPath");
    for path in cx.texts("Path") {
        let mut joined = join(&path, &child);
        for part in &more {
            joined = join(&joined, part);
        }
        if cx.flag("Resolve") {
            for entry in cx.engine.entries_at(&joined, false)? {
                cx.write(entry.name)?;
            }
        } else {
            cx.write(joined)?;
        }
    }
    Ok(())
}

fn split_path(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut paths = cx.texts("Path");
    paths.extend(cx.texts("LiteralPath"));
    let wanted = ["Leaf", "LeafBase", "Extension", "Qualifier", "NoQualifier", "IsAbsolute"]
        .into_iter()
        .find(|name| cx.flag(name))
        .unwrap_or("Parent");
    if cx.flag("Resolve") {
        let mut resolved = Vec::new();
        for path in paths {
            resolved.extend(cx.engine.entries_at(&path, false)?.into_iter().map(|entry| entry.name));
        }
        paths = resolved;
    }
    for path in paths {
        let plain = path.replace('\\', "/");
        let drive = plain.find(':').map(|at| &plain[..=at]);
        let trimmed = plain.trim_end_matches('/');
        let leaf = trimmed.rsplit('/').next().unwrap_or(trimmed);
        let dot = leaf.rfind('.');
        match wanted {
            "Leaf" => cx.write(leaf)?,
            "LeafBase" => cx.write(dot.map_or(leaf, |at| &leaf[..at]))?,
            "Extension" => cx.write(dot.map_or("", |at| &leaf[at..]))?,
            "NoQualifier" => cx.write(drive.map_or(plain.as_str(), |drive| &plain[drive.len()..]))?,
            "IsAbsolute" => cx.write(plain.starts_with('/') || drive.is_some())?,
            "Qualifier" => match drive {
                Some(drive) => cx.write(drive)?,
                None => cx.error(
                    "System.FormatException",
                    "ParsePathFormatError",
                    Category::InvalidArgument,
                    Value::Str(path.clone()),
                    format!("Cannot parse path because path '{path}' does not have a qualifier specified."),
                )?,
            },
            _ => cx.write(match trimmed.rfind('/') {
                Some(0) => "/",
                Some(at) => &trimmed[..at],
                None => "",
            })?,
        }
    }
    Ok(())
}
