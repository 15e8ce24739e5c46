//! Get-FormatData: the default tables of types.

use postern_shared::value::PsValue;

use crate::{
    cmdlet::{Call, Cmdlet, Kind, Parameter, Pattern, Stop},
    objects::views::{TABLES, format_data},
};

/// The family.
pub const CMDLETS: &[Cmdlet] =
    &[Cmdlet::new("Get-FormatData", "Shows how objects are shown.", get_format_data)
        .class("Microsoft.PowerShell.Commands.GetFormatDataCommand")
        .output("System.Management.Automation.ExtendedTypeDefinition")
        .takes(&[
            Parameter::new("TypeName", Kind::TextList).at(0).help("Full names of types, or wildcards."),
            Parameter::new("PowerShellVersion", Kind::Version),
        ])];

fn get_format_data(call: &mut Call<'_>) -> Result<(), Stop> {
    let patterns: Vec<Pattern> = call.texts("TypeName").iter().map(|text| Pattern::new(text)).collect();
    for table in TABLES {
        if patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(table.0)) {
            let definition: PsValue = format_data(table);
            call.write(definition)?;
        }
    }
    Ok(())
}
