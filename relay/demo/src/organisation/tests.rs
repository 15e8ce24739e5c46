use super::*;

/// 2026-11-23T12:00:00Z.
const NOW: Moment = Moment(1_795_435_200);

fn made(mailboxes: u32) -> Organisation {
    Organisation::generate(Options { mailboxes, clock: || NOW })
}

fn mailboxes(organisation: &Organisation) -> usize {
    organisation.ids().filter(|id| organisation.recipient(*id).kind.is_mailbox()).count()
}

#[test]
fn the_same_options_give_the_same_organisation() {
    let (a, b) = (made(300), made(300));
    let text = |organisation: &Organisation| {
        let line = |id| {
            let recipient = organisation.recipient(id);
            format!("{} {} {:?}", organisation.canonical_name(id), recipient.guid, recipient.traits)
        };
        organisation.ids().map(line).collect::<Vec<_>>()
    };
    assert_eq!(text(&a), text(&b));
    // The start does not change when the number does, so that examples hold for every size.
    let large = made(400);
    assert_eq!(text(&a)[..70], text(&large)[..70]);
}

#[test]
fn as_many_mailboxes_as_asked_for_and_all_that_always_exist() {
    assert_eq!(mailboxes(&made(300)), 300);
    assert_eq!(mailboxes(&made(2_000)), 2_000);
    let smallest = made(0);
    for name in [
        "nora.fink",
        "pia.sommer",
        "omar.said",
        "jens.opitz",
        "room-201",
        "room-240",
        "lab",
        "desk",
        "billing",
    ] {
        assert!(smallest.find(name).is_some(), "{name}");
    }
    assert!(smallest.find("ward7@klinik-auer.example").is_some());
}

#[test]
fn every_name_and_address_is_given_once() {
    let organisation = made(3_000);
    let mut seen = std::collections::HashSet::new();
    for id in organisation.ids() {
        assert!(
            seen.insert(organisation.canonical_name(id).to_lowercase()),
            "{}",
            organisation.canonical_name(id)
        );
        assert!(seen.insert(format!("alias {}", organisation.alias(id))), "{}", organisation.alias(id));
        for address in organisation.addresses(id) {
            assert!(seen.insert(address.to_lowercase()), "{address}");
        }
    }
}

#[test]
fn a_recipient_is_found_by_each_of_its_names() {
    let organisation = made(300);
    let nora = organisation.find("nora.fink").unwrap();
    let guid = organisation.recipient(nora).guid;
    for identity in [
        "NORA.FINK".to_owned(),
        "Nora Fink".into(),
        "nora.fink@klinik-auer.example".into(),
        "smtp:nora.fink@alt-klinik.example".into(),
        guid.to_string(),
        format!("{{{guid}}}"),
        organisation.exchange_guid(nora).to_string(),
        "CN=Nora Fink,OU=Staff,DC=klinik-auer,DC=local".into(),
        "klinik-auer.local/Staff/Nora Fink".into(),
        r"KLINIK\nora.fink".into(),
        organisation.legacy_dn(nora).to_string(),
        "nora.f*".into(),
    ] {
        assert_eq!(organisation.resolve(&identity, |_| true), Ok(nora), "{identity}");
    }
    for identity in [
        "",
        "nobody",
        "nora.fink@elsewhere.example",
        "klinik-auer.local/Groups/Nora Fink",
        "CN=",
        "/o=x/cn=y",
    ] {
        assert_eq!(organisation.resolve(identity, |_| true), Err(Missing::NotFound), "{identity}");
    }
    assert_eq!(organisation.resolve("room-2*", |_| true), Err(Missing::Ambiguous));
    assert_eq!(organisation.find_all("room-2*").len(), 40);
}

#[test]
fn umlauts_and_apostrophes_are_found_without_case() {
    let organisation = made(3_000);
    let person = |start: &str| organisation.ids().find(|id| organisation.name(*id).contains(start)).unwrap();
    for part in ["Müller", "O'Brien"] {
        let id = person(part);
        assert!(organisation.find_all(&organisation.name(id).to_uppercase()).contains(&id));
    }
}

#[test]
fn namesakes_are_ambiguous_by_display_name_alone() {
    let organisation = made(3_000);
    let second = organisation.ids().find(|id| {
        organisation.name(*id).ends_with(" 2") && organisation.name(*id) != organisation.display_name(*id)
    });
    let second = second.expect("some names occur twice");
    let display_name = organisation.display_name(second);
    assert_eq!(
        organisation.find_all(&display_name).len(),
        organisation.find_all(&format!("{display_name}*")).len()
    );
    assert_eq!(organisation.resolve(&organisation.name(second), |_| true), Ok(second));
}

#[test]
fn changed_names_are_found_and_old_ones_are_not() {
    let mut organisation = made(0);
    let nora = organisation.find("nora.fink").unwrap();
    organisation.recipient_mut(nora).set("Alias", "nora.stern");
    organisation.recipient_mut(nora).set("Name", "Nora Stern");
    organisation.recipient_mut(nora).set("DisplayName", "Nora Stern");
    organisation.recipient_mut(nora).changes.get_or_insert_default().addresses =
        Some(vec!["SMTP:nora.stern@klinik-auer.example".into()]);
    organisation.touch(nora, NOW);
    assert_eq!(organisation.find("nora.stern"), Some(nora));
    assert_eq!(organisation.find("CN=Nora Stern,OU=Staff,DC=klinik-auer,DC=local"), Some(nora));
    assert_eq!(organisation.find("Nora Fink"), None);
    assert_eq!(organisation.find("nora.stern@klinik-auer.example"), Some(nora));
    organisation.remove(nora);
    assert_eq!(organisation.find("nora.stern"), None);
}

#[test]
fn the_spread_is_believable() {
    let organisation = made(1_000);
    let users: Vec<_> =
        organisation.ids().filter(|id| organisation.recipient(*id).kind == Kind::UserMailbox).collect();
    let share = |which: Traits| {
        users.iter().filter(|id| organisation.recipient(**id).traits.has(which)).count() * 100 / users.len()
    };
    assert!((1..8).contains(&share(Traits::OVER_QUOTA)));
    assert!((3..12).contains(&share(Traits::NEVER_USED)));
    assert!((1..6).contains(&share(Traits::FORWARDS_OUTSIDE)));
    for id in &users {
        let statistics = organisation.mailbox_statistics(*id, false);
        let traits = organisation.recipient(*id).traits;
        assert_eq!(statistics.logon.is_none(), traits.has(Traits::NEVER_USED));
        assert!(statistics.logon.is_none_or(|at| at <= NOW));
    }
    assert!(organisation.groups.values().any(|group| group.members.is_empty()));
    assert!(organisation.mail_flow.trace.len() > 1_000);
    let heads = users.iter().filter(|id| organisation.recipient(**id).manager.is_none()).count();
    assert!(heads <= names::DEPARTMENTS.len());
}
