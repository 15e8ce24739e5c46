//! What a session may do with objects: count them, and select some properties.
//!
//! Both are the restricted forms that a no-language session has (PowerShell's
//! `CreateRestrictedForRemoteServer`): just enough for Import-PSSession.

use std::collections::VecDeque;

use postern_shared::value::{Properties, PsObject, PsStr, PsValue};

use crate::cmdlet::{Call, Cmdlet, Kind, Parameter, Stop};

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Measure-Object", "Counts objects.", measure_object)
        .class("Microsoft.PowerShell.Commands.MeasureObjectCommand")
        .output("Microsoft.PowerShell.Commands.GenericMeasureInfo")
        .streaming()
        .takes(&[Parameter::new("InputObject", Kind::Any).by_value().help("What to count.")]),
    Cmdlet::new("Select-Object", "Selects properties of objects, or some of the objects.", select_object)
        .class("Microsoft.PowerShell.Commands.SelectObjectCommand")
        .output("System.Management.Automation.PSObject")
        .streaming()
        .takes(&[
            Parameter::new("InputObject", Kind::Any).by_value().help("What to select from."),
            Parameter::new("Property", Kind::EnumList(SELECTABLE)).at(0).help("Which properties to keep."),
            Parameter::new("ExpandProperty", Kind::Enum(SELECTABLE))
                .help("Gives the values of this property."),
            Parameter::new("First", Kind::Int).help("How many objects from the beginning."),
            Parameter::new("Last", Kind::Int).help("How many objects from the end."),
            Parameter::new("Skip", Kind::Int).help("How many objects to leave out at the beginning."),
        ]),
];

/// The properties that a no-language session lets a client select.
const SELECTABLE: &[&str] = &[
    "ModuleName",
    "Namespace",
    "OutputType",
    "Count",
    "HelpUri",
    "Name",
    "CommandType",
    "ResolvedCommandName",
    "DefaultParameterSet",
    "CmdletBinding",
    "Parameters",
];
/// Most objects that -Last keeps.
const MAX_LAST: usize = 100_000;

/// What `Measure-Object` gives for a count.
pub fn measured(count: usize) -> PsObject {
    PsObject {
        type_names: ["Microsoft.PowerShell.Commands.GenericMeasureInfo", "System.Object"]
            .map(PsStr::from_static)
            .into(),
        to_string: Some(PsStr::from_static("Microsoft.PowerShell.Commands.GenericMeasureInfo")),
        adapted: [("Count", count_value(count))]
            .into_iter()
            .chain(["Average", "Sum", "Maximum", "Minimum", "Property"].map(|name| (name, PsValue::Null)))
            .collect(),
        ..PsObject::default()
    }
}

/// A count as .NET has it.
pub fn count_value(count: usize) -> PsValue {
    i32::try_from(count).unwrap_or(i32::MAX).into()
}

/// A `PSCustomObject` of selected properties.
pub fn selected(from: &PsValue, properties: Properties) -> PsObject {
    let type_name = from.as_object().map_or(primitive_name(from), PsObject::type_name);
    PsObject {
        type_names: [
            PsStr::from(format!("Selected.{type_name}")),
            PsStr::from_static("System.Management.Automation.PSCustomObject"),
            PsStr::from_static("System.Object"),
        ]
        .into(),
        extended: properties,
        ..PsObject::default()
    }
}

fn primitive_name(value: &PsValue) -> &'static str {
    match value {
        PsValue::Str(_) => "System.String",
        PsValue::I32(_) => "System.Int32",
        _ => "System.Object",
    }
}

fn measure_object(call: &mut Call<'_>) -> Result<(), Stop> {
    let mut count = 0_usize;
    if let Some(given) = call.value("InputObject") {
        count += given.as_list().map_or(1, <[_]>::len);
    }
    while let Some(object) = call.next_input()? {
        count = count.saturating_add(usize::from(!object.is_null()));
    }
    call.write(measured(count))
}

fn select_object(call: &mut Call<'_>) -> Result<(), Stop> {
    let properties = call.texts("Property");
    let expanded = call.text("ExpandProperty").map(str::to_owned);
    let count = |name| call.int(name).map(|number| usize::try_from(number).unwrap_or(0));
    let first = count("First").unwrap_or(usize::MAX);
    let last = count("Last").map(|count| count.min(MAX_LAST));
    let mut skip = count("Skip").unwrap_or(0);
    let mut given = call.value("InputObject").cloned();
    let mut written = 0_usize;
    let mut tail = VecDeque::new();
    // Once enough is there the input is not asked for more, which ends the commands in front.
    while written < first {
        let Some(object) = (match given.take() {
            Some(object) => Some(object),
            None => call.next_input()?,
        }) else {
            break;
        };
        if skip > 0 {
            skip -= 1;
            continue;
        }
        if let Some(last) = last {
            tail.push_back(object);
            if tail.len() > last {
                tail.pop_front();
            }
        } else {
            written += 1;
            write_selected(call, object, &properties, expanded.as_deref())?;
        }
    }
    for object in tail {
        write_selected(call, object, &properties, expanded.as_deref())?;
    }
    Ok(())
}

fn write_selected(
    call: &mut Call<'_>,
    object: PsValue,
    properties: &[PsStr],
    expanded: Option<&str>,
) -> Result<(), Stop> {
    if let Some(name) = expanded {
        return match object.get(name) {
            Some(value) => match value.as_list() {
                Some(items) => items.iter().try_for_each(|item| call.write(item.clone())),
                None => call.write(value.clone()),
            },
            None => Ok(()),
        };
    }
    if properties.is_empty() {
        return call.write(object);
    }
    let kept: Properties =
        properties.iter().map(|name| (name.clone(), object.get(name).cloned().unwrap_or_default())).collect();
    call.write(selected(&object, kept))
}
