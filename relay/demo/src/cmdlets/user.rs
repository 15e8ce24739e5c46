//! Accounts: Get- and Set-User.

use super::{
    selection::{one, selecting, write_selected},
    settings::set,
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Kind, Parameter, Stop},
    objects::USER,
};

/// The properties of people that Set-User and Set-Contact set.
macro_rules! person_parameters {
    ($($more:expr),* $(,)?) => {
        &[
            crate::cmdlets::mailbox::IDENTITY,
            crate::cmdlet::Parameter::new("Name", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("DisplayName", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("SimpleDisplayName", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("FirstName", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("LastName", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Initials", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Title", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Department", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Company", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Manager", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Office", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Phone", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("MobilePhone", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("HomePhone", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Fax", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Pager", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("OtherTelephone", crate::cmdlet::Kind::MultiValued),
            crate::cmdlet::Parameter::new("StreetAddress", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("City", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("PostalCode", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("StateOrProvince", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("CountryOrRegion", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("AssistantName", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("Notes", crate::cmdlet::Kind::Text),
            crate::cmdlet::Parameter::new("WebPage", crate::cmdlet::Kind::Text),
            $($more),*
        ]
    };
}
pub(super) use person_parameters;

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-User", "Lists accounts.", get_user)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetUser")
        .output("Microsoft.Exchange.Data.Directory.Management.User")
        .takes(selecting![Parameter::switch("Arbitration"), Parameter::switch("PublicFolder")]),
    Cmdlet::new("Set-User", "Changes properties of an account.", set_user)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetUser")
        .confirms(Impact::Medium)
        .takes(person_parameters![
            Parameter::new("UserPrincipalName", Kind::Text),
            Parameter::new("SamAccountName", Kind::Text),
            Parameter::new("WindowsEmailAddress", Kind::Text),
            Parameter::new("RemotePowerShellEnabled", Kind::Bool),
            Parameter::new("ResetPasswordOnNextLogon", Kind::Bool),
        ]),
];

fn get_user(call: &mut Call<'_>) -> Result<(), Stop> {
    if call.switch("Arbitration") || call.switch("PublicFolder") {
        return Ok(());
    }
    write_selected(call, &USER, crate::organisation::Kind::is_user)
}

fn set_user(call: &mut Call<'_>) -> Result<(), Stop> {
    match one(call, "Identity", crate::organisation::Kind::is_user)? {
        Some(id) => set(call, id, &USER, "Setting user"),
        None => Ok(()),
    }
}
