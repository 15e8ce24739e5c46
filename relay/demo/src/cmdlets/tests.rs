//! What administrators do with recipients, against the cmdlets themselves.

use std::{
    cell::RefCell,
    collections::HashSet,
    sync::{Arc, RwLock},
    time::Duration,
};

use postern_shared::value::{Content, PsObject, PsStr, PsValue};

use super::ALL;
use crate::{
    cmdlet::{Caller, CmdletError, Given, HostRequest, Input, Record, Sink, Stop, bind, run_stage},
    organisation::{Moment, Options, Organisation},
};

/// An organisation and someone who manages it.
struct Admin {
    caller: Caller,
}

/// What one command wrote.
#[derive(Default)]
struct Written {
    output: RefCell<Vec<PsValue>>,
    errors: RefCell<Vec<CmdletError>>,
    warnings: RefCell<Vec<String>>,
    shown: RefCell<Vec<String>>,
}

impl Sink for Written {
    fn write(&self, record: Record) -> Result<(), Stop> {
        match record {
            Record::Output(value) => self.output.borrow_mut().push(value),
            Record::Error { error, .. } => self.errors.borrow_mut().push(*error),
            Record::Warning(text) => self.warnings.borrow_mut().push(text),
            _ => {}
        }
        Ok(())
    }

    fn ask(&self, request: HostRequest) -> Result<PsValue, Stop> {
        match request {
            HostRequest::WriteLine(line) => self.shown.borrow_mut().push(line),
            other => panic!("{other:?} was not expected"),
        }
        Ok(PsValue::Null)
    }

    fn sleep(&self, _: Duration) -> Result<(), Stop> {
        Ok(())
    }

    fn check(&self) -> Result<(), Stop> {
        Ok(())
    }
}

impl Written {
    fn texts(&self, property: &str) -> Vec<String> {
        let output = self.output.borrow();
        output.iter().map(|object| object.get(property).cloned().unwrap_or_default().to_string()).collect()
    }

    fn error(&self) -> String {
        self.errors.borrow().first().expect("an error").message.to_string()
    }

    fn quiet(self) -> Self {
        assert!(self.errors.borrow().is_empty(), "{:?}", self.errors);
        assert!(self.warnings.borrow().is_empty(), "{:?}", self.warnings);
        self
    }
}

struct Piped(Option<std::vec::IntoIter<PsValue>>);

impl Input for Piped {
    fn expected(&self) -> bool {
        self.0.is_some()
    }

    fn next(&mut self) -> Result<Option<PsValue>, Stop> {
        Ok(self.0.as_mut().and_then(Iterator::next))
    }
}

impl Admin {
    fn new() -> Self {
        let organisation =
            Organisation::generate(Options { mailboxes: 300, clock: || Moment(1_795_435_200) });
        let organisation = Arc::new(RwLock::new(organisation));
        Self { caller: Caller { user: "admin".into(), organisation, registry: ALL } }
    }

    fn try_run(
        &self,
        name: &str,
        given: &[(&str, PsValue)],
        input: Option<Vec<PsValue>>,
    ) -> Result<Written, Stop> {
        let cmdlet = ALL.find(name).unwrap_or_else(|| panic!("no {name}"));
        let argument =
            |(name, value): &(&str, PsValue)| Given { name: Some((*name).into()), value: value.clone() };
        let given: Vec<Given> = given.iter().map(argument).collect();
        let bound = bind(cmdlet, &given)?;
        let written = Written::default();
        run_stage(cmdlet, bound, &self.caller, &written, &mut Piped(input.map(Vec::into_iter)))?;
        Ok(written)
    }

    fn run(&self, name: &str, given: &[(&str, PsValue)]) -> Written {
        self.try_run(name, given, None).unwrap_or_else(|stop| panic!("{name}: {stop:?}"))
    }

    fn pipe(&self, objects: &Written, name: &str, given: &[(&str, PsValue)]) -> Written {
        let input = objects.output.borrow().clone();
        self.try_run(name, given, Some(input)).unwrap_or_else(|stop| panic!("{name}: {stop:?}"))
    }

    fn mailbox(&self, identity: &str, property: &str) -> String {
        let written = self.run("Get-Mailbox", &[("Identity", identity.into())]).quiet();
        assert_eq!(written.output.borrow().len(), 1, "{identity}");
        written.texts(property).remove(0)
    }
}

fn edit(entries: &[(&str, &str)]) -> PsValue {
    let entries = entries.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    PsObject { content: Content::Dictionary(entries), ..PsObject::default() }.into()
}

#[test]
fn every_cmdlet_is_declared_once_and_describes_itself() {
    let mut names = HashSet::new();
    for cmdlet in ALL.all() {
        assert!(names.insert(cmdlet.name.to_lowercase()), "{} is there twice", cmdlet.name);
        assert!(!cmdlet.synopsis.is_empty(), "{}", cmdlet.name);
        let mut parameters = HashSet::new();
        for parameter in cmdlet.all_parameters() {
            assert!(parameters.insert(parameter.name), "{} -{}", cmdlet.name, parameter.name);
        }
    }
    assert!(names.len() >= 45, "{}", names.len());
}

#[test]
fn results_are_limited_with_a_warning() {
    let admin = Admin::new();
    assert_eq!(admin.run("Get-Mailbox", &[]).quiet().output.borrow().len(), 300);
    let few = admin.run("Get-Mailbox", &[("ResultSize", 10.into())]);
    assert_eq!(few.output.borrow().len(), 10);
    assert!(
        few.warnings.borrow()[0]
            .starts_with("There are more results available than are currently displayed.")
    );
    assert_eq!(
        admin.run("Get-Mailbox", &[("ResultSize", "Unlimited".into())]).quiet().output.borrow().len(),
        300
    );
    assert!(admin.run("Get-Mailbox", &[("ResultSize", 300.into())]).warnings.borrow().is_empty());
}

#[test]
fn mailboxes_are_found_and_filtered() {
    let admin = Admin::new();
    let one = |given: &[(&str, PsValue)]| admin.run("Get-Mailbox", given).quiet().texts("Name");
    assert_eq!(one(&[("Identity", "nora.fink@klinik-auer.example".into())]), ["Nora Fink"]);
    assert_eq!(one(&[("Identity", "room-20*".into())]).len(), 9);
    assert_eq!(one(&[("Anr", "fin".into())]), ["Nora Fink"]);
    assert_eq!(one(&[("RecipientTypeDetails", "RoomMailbox".into())]).len(), 40);
    let radiology = one(&[("Filter", "Department -like 'Radiolog*' -and Office -eq 'Lindau'".into())]);
    assert!(radiology.contains(&"Pia Sommer".to_owned()));
    assert!(!radiology.contains(&"Uwe Lang".to_owned()));
    assert_eq!(one(&[("OrganizationalUnit", "Resources".into())]).len(), 46);
    let sorted = one(&[("SortBy", "DisplayName".into()), ("RecipientTypeDetails", "SharedMailbox".into())]);
    assert!(sorted.is_sorted_by_key(|name| name.to_lowercase()), "{sorted:?}");
    assert!(one(&[("Filter", "ForwardingSmtpAddress -ne $null".into())]).contains(&"Jens Opitz".to_owned()));
}

#[test]
fn what_is_missing_or_wrong_is_said_as_exchange_says_it() {
    let admin = Admin::new();
    let missing = admin.run("Get-Mailbox", &[("Identity", "nobody".into())]);
    assert_eq!(
        missing.error(),
        "The operation couldn't be performed because object 'nobody' couldn't be found on 'DC1.klinik-auer.local'."
    );
    let id = missing.errors.borrow()[0].id.clone();
    assert!(id.starts_with("[FailureCategory=Cmdlet-ManagementObjectNotFoundException] "), "{id}");
    let message = |filter: &str| match admin.try_run("Get-Mailbox", &[("Filter", filter.into())], None) {
        Err(Stop::Error(error)) => error.message.to_string(),
        _ => panic!("{filter} was taken"),
    };
    assert!(
        message("Departmint -eq 'x'").contains("\"Departmint\" is not a recognized filterable property.")
    );
    assert!(message("Department -eq").contains("Invalid filter syntax."));
    let many = admin.run("Set-Mailbox", &[("Identity", "room-2*".into()), ("Office", "x".into())]);
    assert!(many.error().contains("matches multiple entries"));
}

#[test]
fn what_was_set_is_read() {
    let admin = Admin::new();
    admin
        .run(
            "Set-Mailbox",
            &[
                ("Identity", "nora.fink".into()),
                ("DisplayName", "Dr. Nora Fink".into()),
                ("ProhibitSendQuota", "10GB".into()),
                ("CustomAttribute3", "Board".into()),
                ("HiddenFromAddressListsEnabled", true.into()),
                ("ForwardingAddress", "lab".into()),
                ("ForwardingSmtpAddress", "nora@privat.example".into()),
                ("LitigationHoldEnabled", true.into()),
                ("LitigationHoldDuration", 2_555.into()),
                ("GrantSendOnBehalfTo", "pia.sommer".into()),
            ],
        )
        .quiet();
    for (property, value) in [
        ("DisplayName", "Dr. Nora Fink"),
        ("ProhibitSendQuota", "10 GB (10,737,418,240 bytes)"),
        ("CustomAttribute3", "Board"),
        ("HiddenFromAddressListsEnabled", "True"),
        ("ForwardingAddress", "klinik-auer.local/Shared/Laboratory"),
        ("ForwardingSmtpAddress", "smtp:nora@privat.example"),
        ("LitigationHoldEnabled", "True"),
        ("LitigationHoldDuration", "2555.00:00:00"),
        ("LitigationHoldOwner", "admin"),
        ("GrantSendOnBehalfTo", "klinik-auer.local/Staff/Pia Sommer"),
        ("Name", "Nora Fink"),
    ] {
        assert_eq!(admin.mailbox("nora.fink", property), value, "{property}");
    }
    admin
        .run("Set-Mailbox", &[("Identity", "nora.fink".into()), ("ForwardingAddress", PsValue::Null)])
        .quiet();
    assert_eq!(admin.mailbox("nora.fink", "ForwardingAddress"), "");
    let found = admin.run("Get-Mailbox", &[("Filter", "CustomAttribute3 -eq 'board'".into())]);
    assert_eq!(found.texts("Alias"), ["nora.fink"]);
    let nothing = admin.run("Set-Mailbox", &[("Identity", "nora.fink".into())]);
    assert!(
        nothing.warnings.borrow()[0].starts_with("The command completed successfully but no settings of")
    );
}

#[test]
fn what_if_changes_nothing() {
    let admin = Admin::new();
    let given = [("Identity", "jens.opitz".into()), ("Office", "Ulm".into()), ("WhatIf", true.into())];
    let shown = admin.run("Set-Mailbox", &given).shown.borrow().clone();
    assert_eq!(shown, ["What if: Setting mailbox \"klinik-auer.local/Staff/Jens Opitz\"."]);
    assert_eq!(admin.mailbox("jens.opitz", "Office"), "Wangen");
}

#[test]
fn addresses_are_added_and_removed_and_never_given_twice() {
    let admin = Admin::new();
    let change = |value: PsValue| {
        admin.run("Set-Mailbox", &[("Identity", "pia.sommer".into()), ("EmailAddresses", value)])
    };
    change(edit(&[("Add", "pia@herz.klinik-auer.example")])).quiet();
    assert_eq!(admin.mailbox("pia@herz.klinik-auer.example", "Name"), "Pia Sommer");
    change(edit(&[("Remove", "smtp:pia@herz.klinik-auer.example")])).quiet();
    assert!(
        !admin
            .run("Get-Mailbox", &[("Identity", "pia@herz.klinik-auer.example".into())])
            .errors
            .borrow()
            .is_empty()
    );
    assert!(change(edit(&[("Add", "lab@klinik-auer.example")])).error().contains("is already being used"));
    assert!(change(edit(&[("Add", "no address")])).error().contains("isn't correct"));
    admin
        .run(
            "Set-Mailbox",
            &[("Identity", "pia.sommer".into()), ("PrimarySmtpAddress", "pia@klinik-auer.example".into())],
        )
        .quiet();
    assert_eq!(
        admin.mailbox("pia.sommer", "EmailAddresses"),
        "SMTP:pia@klinik-auer.example smtp:pia.sommer@klinik-auer.example"
    );
    assert_eq!(admin.mailbox("pia.sommer", "WindowsEmailAddress"), "pia@klinik-auer.example");
}

#[test]
fn mailboxes_come_and_go() {
    let admin = Admin::new();
    let given = [
        ("Shared", true.into()),
        ("Name", "Ward 9 Desk".into()),
        ("Alias", "ward9".into()),
        ("PrimarySmtpAddress", "ward9@klinik-auer.example".into()),
    ];
    let made = admin.run("New-Mailbox", &given).quiet();
    assert_eq!(made.texts("RecipientTypeDetails"), ["SharedMailbox"]);
    assert_eq!(admin.mailbox("ward9@klinik-auer.example", "Name"), "Ward 9 Desk");
    assert!(admin.run("New-Mailbox", &given).error().contains("already exists"));
    admin.run("Remove-Mailbox", &[("Identity", "ward9".into()), ("Confirm", false.into())]).quiet();
    assert!(admin.run("Get-Mailbox", &[("Identity", "ward9".into())]).error().contains("couldn't be found"));

    admin.run("Set-Mailbox", &[("Identity", "max.ohm".into()), ("Type", "Shared".into())]).quiet();
    assert_eq!(admin.mailbox("max.ohm", "RecipientTypeDetails"), "SharedMailbox");
    assert_eq!(admin.mailbox("max.ohm", "Identity"), "klinik-auer.local/Staff/Max Ohm");
    admin.run("Disable-Mailbox", &[("Identity", "max.ohm".into()), ("Confirm", false.into())]).quiet();
    assert!(!admin.run("Get-Mailbox", &[("Identity", "max.ohm".into())]).errors.borrow().is_empty());
    assert_eq!(admin.run("Get-User", &[("Identity", "max.ohm".into())]).texts("RecipientType"), ["User"]);
    admin.run("Enable-Mailbox", &[("Identity", "max.ohm".into())]).quiet();
    assert_eq!(admin.mailbox("max.ohm", "RecipientTypeDetails"), "UserMailbox");
}

#[test]
fn permissions_are_given_and_taken() {
    let admin = Admin::new();
    let given = [
        ("Identity", "billing".into()),
        ("User", "tina.bruhl".into()),
        ("AccessRights", "FullAccess".into()),
    ];
    let added = admin.run("Add-MailboxPermission", &given).quiet();
    assert_eq!(added.texts("User"), [r"KLINIK\tina.bruhl"]);
    assert_eq!(admin.run("Add-MailboxPermission", &given).warnings.borrow().len(), 1);
    let shared = admin.run("Get-Mailbox", &[("Identity", "billing".into())]);
    let users = admin.pipe(&shared, "Get-MailboxPermission", &[]).quiet().texts("User");
    assert!(users.contains(&r"KLINIK\tina.bruhl".to_owned()) && users[0] == r"NT AUTHORITY\SELF");
    let mut remove = given.to_vec();
    remove.push(("Confirm", false.into()));
    admin.run("Remove-MailboxPermission", &remove).quiet();
    assert_eq!(admin.run("Remove-MailboxPermission", &remove).warnings.borrow().len(), 1);
    assert!(
        admin
            .run("Add-MailboxPermission", &[("Identity", "billing".into()), ("User", "x".into())])
            .error()
            .contains("wasn't found")
    );

    let send_as = [
        ("Identity", "billing@klinik-auer.example".into()),
        ("Trustee", "nora.fink".into()),
        ("Confirm", false.into()),
    ];
    admin.run("Add-RecipientPermission", &send_as).quiet();
    let trustees = admin.run("Get-RecipientPermission", &[("Identity", "billing".into())]).texts("Trustee");
    assert!(trustees.contains(&"nora.fink@klinik-auer.example".to_owned()), "{trustees:?}");
}

#[test]
fn groups_have_members_that_change() {
    let admin = Admin::new();
    let members = || {
        admin
            .run("Get-DistributionGroupMember", &[("Identity", "Fire Wardens".into())])
            .quiet()
            .texts("Alias")
    };
    let before = members().len();
    let group: PsValue = "Fire Wardens".into();
    let add = |member: &str| {
        admin.run("Add-DistributionGroupMember", &[("Identity", group.clone()), ("Member", member.into())])
    };
    add("pia.sommer").quiet();
    assert_eq!(members().len(), before + 1);
    assert!(add("pia.sommer").error().contains("is already a member of the group"));
    admin
        .run(
            "Remove-DistributionGroupMember",
            &[("Identity", group.clone()), ("Member", "pia.sommer".into()), ("Confirm", false.into())],
        )
        .quiet();
    assert_eq!(members().len(), before);
    admin.run("New-DistributionGroup", &[("Name", "Yoga".into()), ("Members", "nora.fink".into())]).quiet();
    assert_eq!(
        admin.run("Get-DistributionGroupMember", &[("Identity", "Yoga".into())]).texts("Name"),
        ["Nora Fink"]
    );
    admin
        .run("Set-DistributionGroup", &[("Identity", "Yoga".into()), ("ManagedBy", "pia.sommer".into())])
        .quiet();
    let managed = admin.run("Get-DistributionGroup", &[("Identity", "Yoga".into())]).texts("ManagedBy");
    assert_eq!(managed, ["klinik-auer.local/Staff/Pia Sommer"]);
    let empty = admin.run("Get-DistributionGroup", &[]);
    let sizes = empty.texts("Name").into_iter().map(|name| {
        admin.run("Get-DistributionGroupMember", &[("Identity", name.as_str().into())]).output.borrow().len()
    });
    assert!(sizes.filter(|size| *size == 0).count() >= 3);
}

#[test]
fn a_dynamic_group_is_what_its_filter_finds() {
    let admin = Admin::new();
    let filter = "(RecipientTypeDetails -eq 'UserMailbox') -and (CustomAttribute8 -eq 'N')";
    admin
        .run(
            "New-DynamicDistributionGroup",
            &[("Name", "Night Shift".into()), ("RecipientFilter", filter.into())],
        )
        .quiet();
    let group = admin.run("Get-DynamicDistributionGroup", &[("Identity", "Night Shift".into())]).quiet();
    assert_eq!(group.texts("RecipientFilter"), [filter]);
    let container = group.output.borrow()[0].get("RecipientContainer").cloned().unwrap();
    let given = [("RecipientPreviewFilter", filter.into()), ("OrganizationalUnit", container)];
    let people = admin.run("Get-Recipient", &given).quiet();
    assert!(people.texts("Name").contains(&"Omar Said".to_owned()));
    assert!(people.texts("RecipientType").iter().all(|kind| kind == "UserMailbox"));
}

#[test]
fn people_accounts_and_protocols() {
    let admin = Admin::new();
    let open = admin
        .run("Get-CASMailbox", &[("Filter", "ImapEnabled -eq 'true' -or PopEnabled -eq 'true'".into())])
        .quiet();
    assert!(open.output.borrow().len() > 20);
    admin
        .pipe(&open, "Set-CASMailbox", &[("ImapEnabled", false.into()), ("PopEnabled", false.into())])
        .quiet();
    let left =
        admin.run("Get-CASMailbox", &[("Filter", "ImapEnabled -eq 'true' -or PopEnabled -eq 'true'".into())]);
    assert!(left.output.borrow().is_empty());

    admin
        .run(
            "Set-User",
            &[
                ("Identity", "uwe.lang".into()),
                ("Department", "Legal".into()),
                ("Manager", "nora.fink".into()),
            ],
        )
        .quiet();
    let user = admin
        .run("Get-User", &[("Filter", "Department -eq 'Legal' -and Name -eq 'Uwe Lang'".into())])
        .quiet();
    assert_eq!(user.texts("Manager"), ["klinik-auer.local/Staff/Nora Fink"]);

    let contact = [("Name", "Lab Süd".into()), ("ExternalEmailAddress", "sued@partnerlabor.example".into())];
    admin.run("New-MailContact", &contact).quiet();
    let found = admin.run("Get-MailContact", &[("Identity", "sued@partnerlabor.example".into())]).quiet();
    assert_eq!(found.texts("ExternalEmailAddress"), ["SMTP:sued@partnerlabor.example"]);
    assert!(admin.run("Get-MailUser", &[]).quiet().output.borrow().len() >= 5);
}

#[test]
fn statistics_tell_full_and_unused_mailboxes() {
    let admin = Admin::new();
    let full = admin.run("Get-MailboxStatistics", &[("Identity", "omar.said".into())]).quiet();
    assert_eq!(full.texts("StorageLimitStatus"), ["ProhibitSend"]);
    let all = admin.run("Get-MailboxStatistics", &[("Database", "MBX-DB03".into())]).quiet();
    assert!(
        all.texts("DatabaseName").iter().all(|name| name == "MBX-DB03") && all.output.borrow().len() > 30
    );
    let folders = admin
        .run(
            "Get-MailboxFolderStatistics",
            &[("Identity", "ward7".into()), ("FolderScope", "RecoverableItems".into())],
        )
        .quiet();
    assert_eq!(folders.output.borrow().len(), 5);
    let mailboxes = admin.run("Get-Mailbox", &[]);
    let unused = admin.pipe(&mailboxes, "Get-MailboxStatistics", &[]);
    assert!(unused.warnings.borrow().iter().any(|text| text.contains("hasn't logged on to mailbox")));
    let count: PsStr = format!("{}", unused.output.borrow().len() + unused.warnings.borrow().len()).into();
    assert_eq!(count, "300");
}
