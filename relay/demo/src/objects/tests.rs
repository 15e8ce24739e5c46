use postern_shared::value::{Content, PsValue};

use super::*;
use crate::organisation::{Kind, Moment, Options, Organisation};

fn made() -> Organisation {
    Organisation::generate(Options { mailboxes: 300, clock: || Moment(1_795_435_200) })
}

#[test]
fn sizes_are_written_as_exchange_writes_them() {
    for (bytes, text) in [
        (0, "0 B (0 bytes)"),
        (78_848, "77 KB (78,848 bytes)"),
        (37_748_736, "36 MB (37,748,736 bytes)"),
        (1_238_061_234, "1.153 GB (1,238,061,234 bytes)"),
        (53_150_220_288, "49.5 GB (53,150,220,288 bytes)"),
        (325_582_848, "310.5 MB (325,582,848 bytes)"),
        (52_516_713_267, "48.91 GB (52,516,713,267 bytes)"),
        (512, "512 B (512 bytes)"),
    ] {
        assert_eq!(values::size_text(bytes), text);
    }
}

#[test]
fn a_mailbox_has_exchanges_shape() {
    let organisation = made();
    let nora = organisation.find("nora.fink").unwrap();
    let mailbox = MAILBOX.object(&Row::new(&organisation, nora));
    let object = mailbox.as_object().unwrap();
    assert_eq!(object.type_name(), "Microsoft.Exchange.Data.Directory.Management.Mailbox");
    assert_eq!(object.type_names.last().unwrap(), "System.Object");
    assert!(object.adapted.len() > 150, "{}", object.adapted.len());
    assert_eq!(object.adapted.iter().next().unwrap().0, "Database");
    assert!(object.extended.is_empty());
    let identity = mailbox.get("Identity").unwrap();
    assert_eq!(identity.to_string(), "klinik-auer.local/Staff/Nora Fink");
    assert_eq!(identity.get("Rdn").unwrap().to_string(), "CN=Nora Fink");
    assert_eq!(identity.get("Parent").unwrap().to_string(), "klinik-auer.local/Staff");
    assert_eq!(identity.get("Depth"), Some(&3.into()));
    let (PsValue::Object(identity), Some(PsValue::Object(id))) = (identity, mailbox.get("Id")) else {
        panic!()
    };
    assert!(std::sync::Arc::ptr_eq(identity, id), "Id is a reference to Identity");
    let addresses = mailbox.get("EmailAddresses").unwrap();
    assert!(addresses.as_object().unwrap().to_string.is_none());
    assert_eq!(addresses.as_list().unwrap()[0].to_string(), "SMTP:nora.fink@klinik-auer.example");
    let details = mailbox.get("RecipientTypeDetails").unwrap();
    assert_eq!(details.as_object().unwrap().content, Content::Value(PsValue::I64(1)));
    let quota = mailbox.get("ProhibitSendQuota").unwrap();
    assert_eq!(quota.to_string(), "Unlimited");
    assert!(quota.get("Value").is_none());
}

/// An object that occurs twice is a reference on the wire, where a real server has two objects.
#[test]
fn only_id_refers_to_another_property() {
    let organisation = made();
    let views: [&View; 8] = [
        &MAILBOX,
        &CAS_MAILBOX,
        &RECIPIENT,
        &USER,
        &DISTRIBUTION_GROUP,
        &DYNAMIC_GROUP,
        &MAIL_CONTACT,
        &MAIL_USER,
    ];
    for view in views {
        for id in organisation.ids() {
            let object = view.object(&Row::new(&organisation, id));
            let mut seen = Vec::new();
            for (name, value) in object.as_object().unwrap().properties() {
                if let PsValue::Object(value) = value
                    && name != "Id"
                {
                    let at = std::sync::Arc::as_ptr(value);
                    assert!(!seen.contains(&at), "{} of {}", name, view.type_name());
                    seen.push(at);
                }
            }
        }
    }
}

#[test]
fn one_property_is_what_the_whole_object_has() {
    let organisation = made();
    for id in organisation.ids().filter(|id| organisation.recipient(*id).kind == Kind::UserMailbox).take(20) {
        let row = Row::new(&organisation, id);
        let object = MAILBOX.object(&row);
        for (at, (name, value)) in object.as_object().unwrap().adapted.iter().enumerate() {
            assert_eq!(&MAILBOX.value(&row, at), value, "{name}");
            assert_eq!(MAILBOX.position(name), Some(at), "{name} is there twice");
        }
    }
}

#[test]
fn what_was_set_is_what_the_object_shows() {
    let mut organisation = made();
    let nora = organisation.find("nora.fink").unwrap();
    organisation.recipient_mut(nora).set("CustomAttribute5", "Board");
    let mailbox = MAILBOX.object(&Row::new(&organisation, nora));
    assert_eq!(mailbox.get("CustomAttribute5").unwrap().to_string(), "Board");
    let recipient = RECIPIENT.object(&Row::new(&organisation, nora));
    assert_eq!(recipient.get("CustomAttribute5").unwrap().to_string(), "Board");
}

#[test]
fn statistics_and_folders_add_up() {
    let organisation = made();
    let omar = organisation.find("omar.said").unwrap();
    let statistics = mailbox_statistics(&organisation, omar, false);
    assert_eq!(statistics.get("StorageLimitStatus").unwrap().to_string(), "ProhibitSend");
    let shares =
        |recoverable| FOLDERS.iter().filter(|f| f.recoverable == recoverable).map(|f| f.share).sum::<u64>();
    assert_eq!((shares(false), shares(true)), (1_000, 1_000));
    let folder = folder_statistics(&organisation, omar, &FOLDERS[7], false);
    assert_eq!(folder.get("FolderPath").unwrap().to_string(), "/Inbox");
    assert!(folder.get("FolderSize").unwrap().to_string().ends_with("bytes)"));
}

#[test]
fn every_type_with_a_table_has_its_columns() {
    let organisation = made();
    let views: [&View; 9] = [
        &MAILBOX,
        &CAS_MAILBOX,
        &RECIPIENT,
        &USER,
        &CONTACT,
        &DISTRIBUTION_GROUP,
        &DYNAMIC_GROUP,
        &MAIL_CONTACT,
        &MAIL_USER,
    ];
    for view in views {
        let table = views::TABLES.iter().find(|(name, _)| *name == view.type_name()).unwrap();
        for (column, _) in table.1 {
            assert!(view.position(column).is_some(), "{column} of {}", view.type_name());
        }
        let data = views::format_data(table);
        let definition = data.get("FormatViewDefinition").unwrap().as_list().unwrap();
        let headers = definition[0].get("Control").unwrap().get("Headers").unwrap().as_list().unwrap();
        assert_eq!(headers.len(), table.1.len());
    }
    let billing = organisation.find("billing").unwrap();
    for (entry, name) in [
        (mailbox_permissions(&organisation, billing).remove(0), "MailboxAcePresentationObject"),
        (mailbox_statistics(&organisation, billing, false), "MailboxStatistics"),
        (recipient_permission("a".into(), "b".into(), "c".into(), false), "RecipientPermission"),
    ] {
        let table = views::TABLES.iter().find(|(type_name, _)| type_name.ends_with(name)).unwrap();
        assert_eq!(entry.as_object().unwrap().type_name(), table.0);
        for (column, _) in table.1 {
            assert!(entry.get(column).is_some(), "{column} of {name}");
        }
    }
}
