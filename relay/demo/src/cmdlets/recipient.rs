//! Get-Recipient.

use postern_shared::value::PsValue;

use super::selection::{Slot, filter, selected, selecting, write_all};
use crate::{
    cmdlet::{Call, Cmdlet, Kind, Parameter, Stop},
    objects::{RECIPIENT, Row},
    opath::Filter,
};

/// The words of `-RecipientType`.
const TYPES: &[&str] = &[
    "UserMailbox",
    "MailUser",
    "MailContact",
    "MailUniversalDistributionGroup",
    "MailUniversalSecurityGroup",
    "DynamicDistributionGroup",
];

/// The family.
pub const CMDLETS: &[Cmdlet] =
    &[Cmdlet::new("Get-Recipient", "Lists everyone that mail can be sent to.", get_recipient)
        .class("Microsoft.Exchange.Management.RecipientTasks.GetRecipient")
        .output("Microsoft.Exchange.Data.Directory.Management.ReducedRecipient")
        .takes(selecting![
            Parameter::new("RecipientType", Kind::EnumList(TYPES)),
            Parameter::new("RecipientPreviewFilter", Kind::Filter)
                .help("The filter of a dynamic group: who is in it."),
            Parameter::new("Database", Kind::Text),
            Parameter::new("Properties", Kind::TextList),
            Parameter::new("PropertySet", Kind::Text),
            Parameter::new("BookmarkDisplayName", Kind::Text),
            Parameter::switch("IncludeBookmarkObject"),
        ])];

fn get_recipient(call: &mut Call<'_>) -> Result<(), Stop> {
    let types = call.texts("RecipientType");
    let preview: Option<(Filter, Vec<Slot>)> = filter(call, "RecipientPreviewFilter", &RECIPIENT)?;
    let ids = selected(call, &RECIPIENT, |organisation, id| {
        let kind = organisation.recipient(id).kind;
        let of_type = types.is_empty() || types.iter().any(|wanted| *wanted == kind.recipient_type());
        kind.is_recipient()
            && of_type
            && preview.as_ref().is_none_or(|(filter, slots)| {
                let row = Row::new(organisation, id);
                filter.matches(|slot| slots.get(slot).map_or(PsValue::Null, |at| at.value(&RECIPIENT, &row)))
            })
    })?;
    write_all(call, &ids, |organisation, id| RECIPIENT.object(&Row::new(organisation, id)))
}
