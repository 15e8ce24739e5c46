//! Remove-, Copy-, Move-, Rename- and New-Item.

use postern_shared::value::PsStr;

use super::{below, found, item_of, not_found};
use crate::{
    cmdlets::Cx,
    interp::{
        Flow,
        files::{Entry, same_name},
    },
    value::{Category, Value},
};

pub(super) fn remove_item(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    for entry in found(cx)? {
        if entry.name.is_empty() {
            cx.error(
                "System.Management.Automation.PSInvalidOperationException",
                "InvalidOperation",
                Category::InvalidOperation,
                Value::str("."),
                "The workspace itself cannot be removed. Use Remove-Item * for all its files.",
            )?;
            continue;
        }
        let inside: Vec<Entry> =
            cx.engine.entries().into_iter().filter(|other| below(other, &entry.name).is_some()).collect();
        if entry.folder && !inside.is_empty() && !cx.flag("Recurse") {
            cx.error(
                "System.IO.IOException",
                "DirectoryNotEmpty",
                Category::WriteError,
                Value::Str(entry.name.clone()),
                format!(
                    "The folder '{}' is not empty. Use -Recurse to remove what is in it, too.",
                    entry.name
                ),
            )?;
            continue;
        }
        let action = if entry.folder { "Remove Directory" } else { "Remove File" };
        if !cx.should_process(&entry.name, action)? {
            continue;
        }
        for gone in inside.iter().chain(std::iter::once(&entry)) {
            if gone.folder {
                cx.engine.folders.remove(gone.name.as_str());
            } else {
                cx.engine.workspace.remove(&gone.name);
            }
        }
    }
    Ok(())
}

/// Copies or moves.
pub(super) fn transfer(cx: &mut Cx<'_>, remove: bool) -> Flow<()> {
    let destination = cx.text("Destination").unwrap_or_else(|| ".".into());
    for entry in found(cx)? {
        let into = cx.engine.entries_at(&destination, true)?.first().is_some_and(|entry| entry.folder);
        let target = cx.engine.file_name(&destination)?;
        let target: PsStr = match (into, target.is_empty()) {
            (true, true) => entry.leaf().into(),
            (true, false) => format!("{target}/{}", entry.leaf()).into(),
            (false, _) => target,
        };
        let action = match (remove, entry.folder) {
            (false, false) => "Copy File",
            (false, true) => "Copy Directory",
            (true, false) => "Move File",
            (true, true) => "Move Directory",
        };
        let text = format!("Item: {} Destination: {target}", entry.name);
        if !cx.should_process(&text, action)? {
            continue;
        }
        if same_name(&entry.name, &target) || entry.folder && target.starts_with(&format!("{}/", entry.name))
        {
            cx.error(
                "System.IO.IOException",
                "CopyError",
                Category::WriteError,
                Value::Str(entry.name.clone()),
                format!("Cannot overwrite the item {} with itself.", entry.name),
            )?;
            continue;
        }
        if remove && !cx.flag("Force") && !cx.engine.entries_at(&target, true)?.is_empty() {
            cx.error(
                "System.IO.IOException",
                "MoveFileInfoItemIOError",
                Category::WriteError,
                Value::Str(entry.name.clone()),
                "Cannot create a file when that file already exists.",
            )?;
            continue;
        }
        move_entry(cx, &entry, &target, remove, remove || cx.flag("Recurse"))?;
        if cx.flag("PassThru")
            && let Some(made) = cx.engine.entries_at(&target, true)?.first().cloned()
        {
            let item = item_of(cx, &made);
            cx.write(item)?;
        }
    }
    Ok(())
}

/// Writes a file, or a folder with what is in it, under another name.
fn move_entry(cx: &mut Cx<'_>, entry: &Entry, target: &str, remove: bool, inside: bool) -> Flow<()> {
    if !entry.folder {
        let content = cx.engine.read_file(&entry.name)?;
        cx.engine.write_file(target, content.to_vec())?;
        if remove {
            cx.engine.workspace.remove(&entry.name);
        }
        return Ok(());
    }
    cx.engine.make_folder(target)?;
    if inside {
        for other in cx.engine.entries() {
            if below(&other, &entry.name).is_none() {
                continue;
            }
            let rest = other.name.get(entry.name.len()..).unwrap_or_default();
            let name = format!("{target}{rest}");
            if other.folder {
                cx.engine.make_folder(&name)?;
            } else {
                let content = cx.engine.read_file(&other.name)?;
                cx.engine.write_file(&name, content.to_vec())?;
            }
            if remove {
                cx.engine.workspace.remove(&other.name);
                cx.engine.folders.remove(other.name.as_str());
            }
        }
    }
    if remove {
        cx.engine.folders.remove(entry.name.as_str());
    }
    Ok(())
}

pub(super) fn rename_item(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let (path, literal) = match cx.text("Path") {
        Some(path) => (path, false),
        None => (cx.text("LiteralPath").unwrap_or_default(), true),
    };
    let new = cx.text("NewName").unwrap_or_default();
    let Some(entry) = cx.engine.entries_at(&path, literal)?.first().cloned() else {
        return not_found(cx, &path);
    };
    let new = cx.engine.file_name(&new)?;
    if new.contains('/') || new.is_empty() || entry.name.is_empty() {
        return cx.error(
            "System.Management.Automation.PSArgumentException",
            "Argument",
            Category::InvalidArgument,
            Value::Str(new),
            "Cannot rename the specified target, because it represents a path or device name.",
        );
    }
    let target = match entry.parent() {
        "" => new.to_string(),
        parent => format!("{parent}/{new}"),
    };
    if !same_name(&entry.name, &target) && !cx.engine.entries_at(&target, true)?.is_empty() {
        return cx.error(
            "System.IO.IOException",
            "RenameItemIOError",
            Category::WriteError,
            Value::Str(entry.name),
            "Cannot create a file when that file already exists.",
        );
    }
    if !cx.should_process(&format!("Item: {} Destination: {target}", entry.name), "Rename File")? {
        return Ok(());
    }
    if !entry.folder && same_name(&entry.name, &target) {
        // Only the case changes.
        let content = cx.engine.read_file(&entry.name)?.to_vec();
        cx.engine.workspace.remove(&entry.name);
        cx.engine.write_file(&target, content)?;
    } else {
        move_entry(cx, &entry, &target, true, true)?;
    }
    if cx.flag("PassThru")
        && let Some(made) = cx.engine.entries_at(&target, true)?.first().cloned()
    {
        let item = item_of(cx, &made);
        cx.write(item)?;
    }
    Ok(())
}

pub(super) fn new_item(cx: &mut Cx<'_>, _: Value) -> Flow<()> {
    let kind = cx.text("ItemType").unwrap_or_else(|| "File".into()).to_ascii_lowercase();
    let mut paths = cx.texts("Path");
    if paths.is_empty() {
        paths.push(".".into());
    }
    for path in paths {
        let path = match cx.text("Name") {
            Some(name) => format!("{path}/{name}"),
            None => path.to_string(),
        };
        let name = cx.engine.file_name(&path)?;
        let there = cx.engine.entries_at(&name, true)?.first().cloned();
        let folder = match kind.as_str() {
            "file" => false,
            "directory" | "container" => true,
            _ => {
                return Err(cx.fail(
                    "System.Management.Automation.PSArgumentException",
                    "Argument",
                    Category::InvalidArgument,
                    Value::str(kind),
                    "The workspace has items of the types File and Directory only.",
                ));
            }
        };
        let force = cx.flag("Force");
        if there.as_ref().is_some_and(|there| !force || there.folder != folder) {
            let id = if folder { "DirectoryExist" } else { "NewItemIOError" };
            let message = if folder {
                format!("An item with the specified name {name} already exists.")
            } else {
                format!("The file '{name}' already exists.")
            };
            let category = if folder { Category::ResourceExists } else { Category::WriteError };
            cx.error("System.IO.IOException", id, category, Value::Str(name), message)?;
            continue;
        }
        let action = if folder { "Create Directory" } else { "Create File" };
        if !cx.should_process(&format!("Destination: {name}"), action)? {
            continue;
        }
        if folder {
            if there.is_none() {
                cx.engine.make_folder(&name)?;
            }
        } else {
            if force && let Some((parent, _)) = name.rsplit_once('/') {
                cx.engine.make_folder(parent)?;
            }
            let content = match cx.arg("Value") {
                Some(value) if !value.is_null() => cx.engine.text_of(&value)?.as_bytes().to_vec(),
                _ => Vec::new(),
            };
            cx.engine.write_file(&name, content)?;
        }
        if let Some(made) = cx.engine.entries_at(&name, true)?.first().cloned() {
            let item = item_of(cx, &made);
            cx.write(item)?;
        }
    }
    Ok(())
}
