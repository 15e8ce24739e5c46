//! Files as items: Test-Path, Get-ChildItem, Get-Item, and the declarations of those that change files.

mod change;

use std::rc::Rc;

use postern_shared::value::PsStr;

use super::{
    Cx, Declare, P, Registry,
    content::{self, literal_paths, paths},
};
use crate::{
    code::Sym,
    interp::{
        Flow,
        files::{Entry, same_name},
    },
    ops::pattern::{Wildcard, has_wildcard, wildcard},
    value::{Category, Object, Type, Value},
};

/// `-Filter`, `-Include`, `-Exclude` and what has no effect on a workspace.
fn filters(declare: Declare) -> Declare {
    declare
        .module("Microsoft.PowerShell.Management")
        .default_set("Path")
        .param(P::new("Include", "Only names that match.").texts())
        .param(P::new("Exclude", "No names that match.").texts())
        .param(P::switch("Force", "Also what is hidden or write-protected."))
}

pub(super) fn declare(registry: &mut Registry) {
    let filter = || P::new("Filter", "Only names that match.").text();
    registry.add(
        filters(Declare::new("Test-Path", "Says whether there is such a file."))
            .param(paths("Path").at(0).mandatory().by_value().by_name())
            .param(literal_paths())
            .param(filter())
            .param(
                P::new("PathType", "Any, Container (a folder) or Leaf (a file).")
                    .text()
                    .alias("Type")
                    .one_of(&["Any", "Container", "Leaf"]),
            )
            .param(P::switch("IsValid", "Whether the name is one, not whether there is such a file."))
            .param(P::new("OlderThan", "Only if it was written before.").ty(Type::DateTime))
            .param(P::new("NewerThan", "Only if it was written after.").ty(Type::DateTime))
            .example(
                "if (Test-Path .\\users.csv) { Import-Csv .\\users.csv }",
                "Reads a file if it is there.",
            )
            .simple(test_path),
    );
    registry.add(
        filters(Declare::new("Get-ChildItem", "Lists the files of the workspace."))
            .alias("gci")
            .alias("ls")
            .alias("dir")
            .default_set("Items")
            .param(paths("Items").at(0).by_value().by_name())
            .param(
                P::new("LiteralPath", "Names; wildcards mean themselves.")
                    .texts()
                    .alias("PSPath")
                    .alias("LP")
                    .set("LiteralItems")
                    .mandatory()
                    .by_name(),
            )
            .param(filter().at(1))
            .param(P::switch("Recurse", "Also what is in folders.").alias("s"))
            .param(P::new("Depth", "How many folders deep.").int())
            .param(P::switch("Name", "Only the names."))
            .param(P::switch("File", "Only files.").alias("af"))
            .param(P::switch("Directory", "Only folders.").alias("ad"))
            .example("Get-ChildItem *.csv", "The CSV files.")
            .simple(get_child_item),
    );
    registry.add(
        filters(Declare::new("Get-Item", "Gives a file as an object."))
            .alias("gi")
            .param(paths("Path").at(0).mandatory().by_value().by_name())
            .param(literal_paths())
            .param(filter())
            .example("(Get-Item .\\users.csv).Length", "How many bytes it has.")
            .simple(|cx, _| {
                for entry in found(cx)? {
                    let item = item_of(cx, &entry);
                    cx.write(item)?;
                }
                Ok(())
            }),
    );
    registry.add(
        filters(Declare::new("Remove-Item", "Removes files from the workspace."))
            .should_process()
            .alias("ri")
            .alias("rm")
            .alias("del")
            .alias("erase")
            .alias("rd")
            .alias("rmdir")
            .param(paths("Path").at(0).mandatory().by_value().by_name())
            .param(literal_paths())
            .param(filter())
            .param(P::switch("Recurse", "Also what is in the folder."))
            .example("Remove-Item .\\old.csv", "The file is gone.")
            .simple(change::remove_item),
    );
    let two = |name, help| {
        filters(Declare::new(name, help))
            .should_process()
            .param(paths("Path").at(0).mandatory().by_value().by_name())
            .param(literal_paths())
            .param(filter())
            .param(P::new("Destination", "The new name, or a folder.").text().at(1).by_name())
            .param(P::switch("PassThru", "Gives the new file."))
    };
    registry.add(
        two("Copy-Item", "Copies files within the workspace.")
            .alias("cp")
            .alias("copy")
            .alias("cpi")
            .param(P::switch("Recurse", "Also what is in the folder."))
            .param(P::switch("Container", "Keeps folders."))
            .example("Copy-Item .\\users.csv .\\users.bak", "A second file of the same content.")
            .simple(|cx, _| change::transfer(cx, false)),
    );
    registry.add(
        two("Move-Item", "Moves files within the workspace.")
            .alias("mv")
            .alias("move")
            .alias("mi")
            .example("Move-Item .\\users.csv .\\done", "Into the folder `done`, if there is one.")
            .simple(|cx, _| change::transfer(cx, true)),
    );
    registry.add(
        Declare::new("Rename-Item", "Gives a file another name.")
            .module("Microsoft.PowerShell.Management")
            .alias("ren")
            .alias("rni")
            .default_set("ByPath")
            .should_process()
            .param(P::new("Path", "The file.").text().set("ByPath").at(0).mandatory().by_value().by_name())
            .param(super::out_file::literal_path("ByLiteralPath"))
            .param(P::new("NewName", "The new name, without a folder.").text().at(1).mandatory().by_name())
            .param(P::switch("PassThru", "Gives the file."))
            .param(P::switch("Force", "Also a file that is write-protected."))
            .example("Rename-Item .\\users.csv users-old.csv", "The file has the new name.")
            .simple(change::rename_item),
    );
    registry.add(
        Declare::new("New-Item", "Makes a file or a folder in the workspace.")
            .module("Microsoft.PowerShell.Management")
            .alias("ni")
            .default_set("pathSet")
            .should_process()
            .param(paths("pathSet").at(0).mandatory().by_name().set("nameSet").at(0).by_name())
            .param(P::new("Name", "The last part of the name.").text().set("nameSet").mandatory().by_name())
            .param(P::new("ItemType", "File or Directory.").text().alias("Type").by_name())
            .param(P::new("Value", "The file's content.").alias("Target").by_value().by_name())
            .param(P::switch("Force", "A file that is there is written anew."))
            .example("New-Item -ItemType Directory reports", "A folder.")
            .simple(change::new_item),
    );
}

/// Whether a name passes `-Filter`, `-Include` and `-Exclude`.
pub(super) fn passes(cx: &Cx<'_>, leaf: &str) -> bool {
    let include = cx.texts("Include");
    cx.text("Filter")
        .is_none_or(|filter| filter.is_empty() || filter == "*.*" || wildcard(&filter, leaf, false))
        && (include.is_empty() || include.iter().any(|pattern| wildcard(pattern, leaf, false)))
        && !cx.texts("Exclude").iter().any(|pattern| wildcard(pattern, leaf, false))
}

/// What `-Path` and `-LiteralPath` mean; an error for each that there is not.
fn found(cx: &mut Cx<'_>) -> Flow<Vec<Entry>> {
    let mut all = Vec::new();
    for (path, literal) in content::given(cx) {
        let entries = cx.engine.entries_at(&path, literal)?;
        if entries.is_empty() && (literal || !has_wildcard(&path)) {
            not_found(cx, &path)?;
        }
        for entry in entries {
            if passes(cx, entry.leaf()) {
                all.push(entry);
            }
        }
    }
    Ok(all)
}

fn not_found(cx: &mut Cx<'_>, path: &str) -> Flow<()> {
    cx.error(
        "System.Management.Automation.ItemNotFoundException",
        "PathNotFound",
        Category::ObjectNotFound,
        Value::str(path),
        format!("Cannot find path '{path}' because it does not exist."),
    )
}

/// A file or folder as Get-ChildItem gives it. Its text is its name, which other cmdlets take as a path.
pub(super) fn item_of(cx: &Cx<'_>, entry: &Entry) -> Rc<Object> {
    let leaf = entry.leaf();
    let (base, extension) = match leaf.rfind('.') {
        Some(at) if !entry.folder => (&leaf[..at], &leaf[at..]),
        _ => (leaf, ""),
    };
    let full = if entry.name.is_empty() { PsStr::from_static(".") } else { entry.name.clone() };
    let parent = match entry.parent() {
        "" => ".",
        parent => parent,
    };
    let utc = entry.written;
    let local = cx.engine.environment.local(utc);
    let mut properties: Vec<(&'static str, Value)> = vec![
        ("Mode", Value::str(if entry.folder { "d----" } else { "-a---" })),
        ("LastWriteTime", local.into()),
        ("Length", Value::I64(entry.length as i64)),
        ("Name", Value::str(leaf)),
        ("BaseName", Value::str(base)),
        ("Extension", Value::str(extension)),
        ("FullName", Value::Str(full.clone())),
        ("DirectoryName", Value::str(parent)),
        ("Exists", true.into()),
        ("IsReadOnly", false.into()),
        ("CreationTime", local.into()),
        ("LastWriteTimeUtc", utc.into()),
        ("PSIsContainer", entry.folder.into()),
        ("PSChildName", Value::str(leaf)),
        ("PSParentPath", Value::str(parent)),
        ("PSPath", Value::Str(full.clone())),
    ];
    if entry.folder {
        properties.retain(|(name, _)| !matches!(*name, "Length" | "DirectoryName" | "IsReadOnly"));
        properties.push(("Parent", Value::str(parent)));
    } else {
        properties.push(("Directory", Value::str(parent)));
    }
    let type_name = if entry.folder { "System.IO.DirectoryInfo" } else { "System.IO.FileInfo" };
    Object::typed(type_name, properties).labelled(full)
}

fn test_path(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let kind = cx.text("PathType").unwrap_or_default();
    let ticks = |cx: &Cx<'_>, name: &str| match cx.arg(name).as_ref().map(Value::base) {
        Some(Value::DateTime(at)) => Some(cx.engine.to_universal(*at).ticks),
        _ => None,
    };
    let (older, newer) = (ticks(cx, "OlderThan"), ticks(cx, "NewerThan"));
    for (path, literal) in content::given(cx) {
        if path.trim().is_empty() {
            cx.write(false)?;
            continue;
        }
        if let Some(there) = test_drive(cx, &path) {
            cx.write(there)?;
            continue;
        }
        if cx.flag("IsValid") {
            let valid = cx.engine.file_name(&path).is_ok();
            cx.write(valid)?;
            continue;
        }
        let entries = cx.engine.entries_at(&path, literal)?;
        let there = entries.iter().any(|entry| {
            (match kind.to_ascii_lowercase().as_str() {
                "container" => entry.folder,
                "leaf" => !entry.folder,
                _ => true,
            }) && older.is_none_or(|at| entry.written.ticks < at)
                && newer.is_none_or(|at| entry.written.ticks > at)
                && passes(cx, entry.leaf())
        });
        cx.write(there)?;
    }
    Ok(())
}

/// Whether there is a variable, a function or an entry of `$env:`; `None` for a path of files.
fn test_drive(cx: &Cx<'_>, path: &str) -> Option<bool> {
    let (drive, name) = path.split_once(':')?;
    let name = name.trim_start_matches(['\\', '/']);
    Some(match drive.to_ascii_lowercase().as_str() {
        "env" => cx.engine.env_get(name).is_some(),
        "variable" => cx.engine.scope.find(Sym::new(name)).is_some(),
        "function" => cx.engine.scope.function(Sym::new(name)).is_some(),
        _ => return None,
    })
}

fn get_child_item(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let mut paths = content::given(cx);
    if paths.is_empty() {
        paths.push((".".into(), true));
    }
    let recurse = cx.flag("Recurse") || cx.has("Depth");
    let depth = cx.int("Depth").and_then(|depth| usize::try_from(depth).ok()).unwrap_or(usize::MAX);
    let (files, folders, names) = (cx.flag("File"), cx.flag("Directory"), cx.flag("Name"));
    let mut given: Vec<Entry> = Vec::new();
    for (path, literal) in paths {
        let starts = cx.engine.entries_at(&path, literal)?;
        let wild = !literal && has_wildcard(&path);
        if starts.is_empty() && !wild {
            not_found(cx, &path)?;
        }
        let all = cx.engine.entries();
        if wild && recurse {
            // As in PowerShell, the last part of the path then means names at every depth.
            let name = cx.engine.file_name(&path)?;
            let (folder, leaf) = name.rsplit_once('/').unwrap_or(("", &name));
            let pattern = Wildcard::new(leaf, false);
            given.extend(all.into_iter().filter(|entry| {
                below(entry, folder).is_some_and(|level| level <= depth) && pattern.matches(entry.leaf())
            }));
            continue;
        }
        for start in starts {
            if !start.folder || wild && !recurse {
                given.push(start);
                continue;
            }
            let most = if recurse { depth } else { 0 };
            let inside =
                all.iter().filter(|entry| below(entry, &start.name).is_some_and(|level| level <= most));
            given.extend(inside.cloned());
        }
    }
    for entry in given {
        cx.engine.step()?;
        if files && entry.folder && !folders
            || folders && !entry.folder && !files
            || !passes(cx, entry.leaf())
        {
            continue;
        }
        if names {
            cx.write(if recurse { entry.name.to_string() } else { entry.leaf().to_owned() })?;
        } else {
            let item = item_of(cx, &entry);
            cx.write(item)?;
        }
    }
    Ok(())
}

/// How many folders below a folder an entry is: 0 for one directly in it.
fn below(entry: &Entry, folder: &str) -> Option<usize> {
    if folder.is_empty() {
        return Some(entry.name.matches('/').count());
    }
    let start = entry.name.get(..folder.len())?;
    let rest = entry.name.get(folder.len()..)?.strip_prefix('/')?;
    same_name(start, folder).then(|| rest.matches('/').count())
}
