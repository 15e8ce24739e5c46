//! Protocols of mailboxes: Get- and Set-CASMailbox.

use super::{
    mailbox::IDENTITY,
    selection::{one, selecting, write_selected},
    settings::set,
};
use crate::{
    cmdlet::{Call, Cmdlet, Impact, Kind, Parameter, Stop},
    objects::CAS_MAILBOX,
};

/// The family.
pub const CMDLETS: &[Cmdlet] = &[
    Cmdlet::new("Get-CASMailbox", "Lists by which protocols mailboxes can be reached.", get_cas_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetCASMailbox")
        .output("Microsoft.Exchange.Data.Directory.Management.CASMailbox")
        .takes(selecting![
            Parameter::switch("ProtocolSettings"),
            Parameter::switch("GetPopProtocolLog"),
            Parameter::switch("GetImapProtocolLog"),
        ]),
    Cmdlet::new("Set-CASMailbox", "Changes by which protocols a mailbox can be reached.", set_cas_mailbox)
        .class("Microsoft.Exchange.Management.RecipientTasks.SetCASMailbox")
        .confirms(Impact::Medium)
        .takes(&[
            IDENTITY,
            Parameter::new("ActiveSyncEnabled", Kind::Bool),
            Parameter::new("OWAEnabled", Kind::Bool),
            Parameter::new("OWAforDevicesEnabled", Kind::Bool),
            Parameter::new("ECPEnabled", Kind::Bool),
            Parameter::new("PopEnabled", Kind::Bool),
            Parameter::new("PopUseProtocolDefaults", Kind::Bool),
            Parameter::new("ImapEnabled", Kind::Bool),
            Parameter::new("ImapUseProtocolDefaults", Kind::Bool),
            Parameter::new("MAPIEnabled", Kind::Bool),
            Parameter::new("MapiHttpEnabled", Kind::Bool),
            Parameter::new("MAPIBlockOutlookVersions", Kind::Text),
            Parameter::new("MAPIBlockOutlookNonCachedMode", Kind::Bool),
            Parameter::new("EwsEnabled", Kind::Bool),
            Parameter::new("EwsAllowOutlook", Kind::Bool),
            Parameter::new("EwsAllowMacOutlook", Kind::Bool),
            Parameter::new("SmtpClientAuthenticationDisabled", Kind::Bool),
            Parameter::new("ActiveSyncAllowedDeviceIDs", Kind::MultiValued),
            Parameter::new("ActiveSyncBlockedDeviceIDs", Kind::MultiValued),
            Parameter::new("ActiveSyncMailboxPolicy", Kind::Text),
        ]),
];

fn get_cas_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    write_selected(call, &CAS_MAILBOX, crate::organisation::Kind::is_mailbox)
}

fn set_cas_mailbox(call: &mut Call<'_>) -> Result<(), Stop> {
    match one(call, "Identity", crate::organisation::Kind::is_mailbox)? {
        Some(id) => set(call, id, &CAS_MAILBOX, "Setting Client Access settings of mailbox"),
        None => Ok(()),
    }
}
