//! Lines through the plan's front door.

use std::sync::Arc;

use postern_shared::value::{Content, Properties, PsObject};

use super::*;

fn known(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("get-") || name.eq_ignore_ascii_case("Set-Mailbox")
}

fn textual(type_names: &[&str], text: &str, content: Content) -> PsValue {
    PsObject {
        type_names: eval::object_type(type_names),
        to_string: Some(text.into()),
        content,
        ..PsObject::default()
    }
    .into()
}

fn mailbox(name: &str, items: i32, size: &str, kind: &str) -> PsValue {
    let kind = textual(
        &["Deserialized.Kind", "Deserialized.System.Enum"],
        kind,
        Content::Value(PsValue::I32(if kind == "UserMailbox" { 1 } else { 4 })),
    );
    let addresses =
        eval::list(vec![format!("SMTP:{name}@a.example").into(), format!("smtp:{name}@b.example").into()]);
    let properties: Properties = [
        ("Name", name.into()),
        ("ItemCount", items.into()),
        ("TotalItemSize", textual(&["Deserialized.Size"], size, Content::None)),
        ("RecipientTypeDetails", kind),
        ("EmailAddresses", addresses),
        ("Office", PsValue::Null),
    ]
    .into_iter()
    .collect();
    PsObject::bag(eval::object_type(&["Deserialized.Mailbox", "Deserialized.System.Object"]), properties)
        .into()
}

fn mailboxes() -> Vec<PsValue> {
    vec![
        mailbox("nora", 10, "10 GB (10,737,418,240 bytes)", "UserMailbox"),
        mailbox("Omar", 2, "9 GB (9,663,676,416 bytes)", "SharedMailbox"),
        mailbox("jens", 30, "1.2 MB (1,258,291 bytes)", "UserMailbox"),
    ]
}

fn run(line: &str) -> Vec<PsValue> {
    let mut plan = Plan::compile(line, &known).unwrap_or_else(|failure| panic!("{line}: {failure:?}"));
    let mut out = Vec::new();
    for mailbox in mailboxes() {
        if plan.push(mailbox, &mut out).unwrap() == Flow::Done {
            break;
        }
    }
    plan.finish(&mut out).unwrap();
    assert_eq!(plan.take_errors(), [], "{line}");
    out
}

fn texts(line: &str) -> Vec<String> {
    run(line)
        .iter()
        .map(|value| eval::items(value).map_or_else(|| value.to_string(), |_| format!("list {value}")))
        .collect()
}

fn names(line: &str) -> String {
    run(line).iter().map(|value| eval::property(value, "Name").to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn conditions_choose_as_powershell_does() {
    for (condition, expected) in [
        ("{ $_.Name -like 'N*' }", "nora"),
        ("{ $_.ItemCount -gt 5 -and $_.RecipientTypeDetails -eq 'usermailbox' }", "nora jens"),
        ("Name -match '^(n|j)'", "nora jens"),
        ("ItemCount -ge 10", "nora jens"),
        ("-Not Office", "nora Omar jens"),
        ("Office", ""),
        ("{ $_.EmailAddresses -like '*omar*' }", "Omar"),
        ("{ ($_.EmailAddresses | ? { $_ -clike 'smtp:j*' }).Count -eq 1 }", "jens"),
        ("{ $_.TotalItemSize -like '9 GB*' }", "Omar"),
        (
            "{ [long]($_.TotalItemSize -replace '.*\\(([\\d,]+) bytes\\).*', '$1' -replace ',') -gt 9.5GB }",
            "nora",
        ),
        ("{ $_.RecipientTypeDetails -in 'SharedMailbox', 'x' }", "Omar"),
        ("Name -in nora,jens", "nora jens"),
        ("{ -not ($PSItem.Name -ceq 'omar') -and $null -eq $_.Office }", "nora Omar jens"),
        ("{ $_.Name.Length -eq 4 -and $_.Name.ToUpper().StartsWith('N') }", "nora"),
        ("{ if ($_.ItemCount % 4 -eq 2) { $true } }", "nora Omar jens"),
    ] {
        for alias in ["where", "?", "Where-Object"] {
            assert_eq!(names(&format!("Get-Mailbox | {alias} {condition}")), expected, "{condition}");
        }
    }
}

#[test]
fn selections_make_notes_or_pass_objects_on() {
    let out = run(
        "gEt-Mailbox | select name, @{n='Per; day'; e={[math]::Round($_.ItemCount / 7, 1)}}, Missing -First 1",
    );
    let object = out[0].as_object().unwrap();
    assert_eq!(object.type_names[0], "Selected.Deserialized.Mailbox");
    assert_eq!(object.to_string(), "@{Name=nora; Per; day=1.4; Missing=}");
    assert_eq!(out.len(), 1);
    assert_eq!(
        texts("Get-Mailbox | select *Item* -Last 1"),
        ["@{ItemCount=30; TotalItemSize=1.2 MB (1,258,291 bytes)}"]
    );
    assert_eq!(names("Get-Mailbox | select -Skip 1"), "Omar jens");
    assert_eq!(
        texts("Get-Mailbox | select -Expand EmailAddresses -First 1"),
        ["SMTP:nora@a.example", "smtp:nora@b.example"]
    );
    assert_eq!(texts("Get-Mailbox | select RecipientTypeDetails -Unique").len(), 2);
    assert_eq!(
        texts("Get-Mailbox | select * -Exclude *i*"),
        ["@{Name=nora}", "@{Name=Omar}", "@{Name=jens}"].map(str::to_owned)
    );
}

#[test]
fn the_remote_command_may_stop_when_enough_came() {
    let mut plan = Plan::compile("Get-Mailbox | ? ItemCount -gt 5 | select -First 1", &known).unwrap();
    let mut out = Vec::new();
    assert_eq!(plan.push(mailbox("a", 1, "", ""), &mut out).unwrap(), Flow::Continue);
    assert_eq!(plan.push(mailbox("b", 9, "", ""), &mut out).unwrap(), Flow::Done);
    assert_eq!(out.len(), 1);
}

#[test]
fn sorting_groups_and_measures() {
    assert_eq!(names("Get-Mailbox | sort Name"), "jens nora Omar");
    assert_eq!(names("Get-Mailbox | sort ItemCount -Descending"), "jens nora Omar");
    assert_eq!(
        names("Get-Mailbox | sort @{e={$_.RecipientTypeDetails}; Descending=$true}, Name"),
        "Omar jens nora"
    );
    // Sizes have only their text, which is what PowerShell sorts by.
    assert_eq!(names("Get-Mailbox | sort TotalItemSize"), "jens nora Omar");
    assert_eq!(names("Get-Mailbox | sort { $_.Name.Length }, Name -Top 2"), "jens nora");
    assert_eq!(
        names("Get-Mailbox | group RecipientTypeDetails | sort Count -Desc"),
        "UserMailbox SharedMailbox"
    );
    let measured = run("Get-Mailbox | measure ItemCount -Sum -Maximum");
    assert_eq!(measured[0].get("Sum"), Some(&PsValue::Double(42.0)));
    assert_eq!(measured[0].get("Maximum"), Some(&PsValue::I32(30)));
    assert_eq!(
        texts("Get-Mailbox | % { '{0,5}|{1:N1}' -f $_.Name, $_.ItemCount } | select -First 1"),
        [" nora|10.0"]
    );
    assert_eq!(texts("Get-Mailbox | % Name"), ["nora", "Omar", "jens"]);
}

#[test]
fn the_remote_command_is_structured() {
    let line = "Set-Mailbox nora -ProhibitSendQuota 2GB -Confirm:$false -Filter {Name -eq 'x'} -Emails @{Add='a','b'} -X -Y (1+1),2 \
                -Z \"$(1+1)x\"";
    let plan = Plan::compile(line, &known).unwrap();
    assert!(plan.is_remote_only());
    let shown: Vec<String> = plan
        .remote
        .parameters
        .iter()
        .map(|(name, value)| format!("{}={value}", name.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        shown,
        [
            "=nora",
            "-ProhibitSendQuota=",
            "=2147483648",
            "-Confirm:=False",
            "-Filter=",
            "=Name -eq 'x'",
            "-Emails=",
            "=System.Collections.Hashtable",
            "-X=",
            "-Y=",
            "=2 2",
            "-Z=",
            "=2x",
        ]
    );
    assert!(matches!(&plan.remote.parameters[5].1, PsValue::ScriptBlock(text) if Arc::ptr_eq(text, text)));
}

#[test]
fn what_is_not_there_says_so_with_its_place() {
    for (line, part, code) in [
        ("$x = Get-Mailbox", "$x = Get-Mailbox", "NotAvailable"),
        ("Get-Mailbox | Set-Mailbox -Name x", "Set-Mailbox -Name x", "NotAvailable"),
        ("Get-Mailbox | Export-Csv x.csv", "Export-Csv", "NotAvailable"),
        ("Get-Mailbox | ? { $_.Name -eq $user }", "$user", "NotAvailable"),
        ("Get-Mailbox | ? { [wmi]$_.Name }", "[wmi]$_.Name", "NotAvailable"),
        ("Get-Mailbox | select -Fast 3", "-Fast", "NotAvailable"),
        ("Get-Mailbox | select -s 1", "-s", "AmbiguousParameter"),
        ("Get-Mailbox (Get-User x)", "Get-User x", "NotAvailable"),
        ("Get-Mailbox > x.txt", "> x.txt", "NotAvailable"),
        ("Frobnicate", "Frobnicate", "CommandNotFoundException"),
        ("Get-Mailbox |", "", "IncompleteInput"),
        ("Get-Mailbox ; Get-User", "Get-User", "NotAvailable"),
        ("Get-Mailbox | select Name)", ")", "ParserError"),
    ] {
        let failure = Plan::compile(line, &known).unwrap_err();
        let place = failure.position.unwrap();
        assert_eq!(&line[place.start as usize..place.end as usize], part, "{line}: {failure:?}");
        assert_eq!(failure.code, code, "{line}");
    }
}

#[test]
fn errors_of_single_objects_are_collected() {
    let mut plan = Plan::compile("Get-Mailbox | ? { $_.TotalItemSize -gt 5GB }", &known).unwrap();
    let mut out = Vec::new();
    for _ in 0..50 {
        plan.push(mailbox("a", 1, "10 GB (10,737,418,240 bytes)", ""), &mut out).unwrap();
    }
    let errors = plan.take_errors();
    assert_eq!((out.len(), errors.len()), (0, crate::limits::MAX_ERRORS + 1));
    assert!(errors[0].code == "PSObjectCompareTo" && !errors[0].remedy.is_empty());
}

#[test]
fn work_is_bounded() {
    for line in [
        "Get-Mailbox | % { 'a' * 1GB }",
        "Get-Mailbox | % { 1..5000000 }",
        "Get-Mailbox | ? { ('a' * 40) -match '^(?=(a+)+$)(a|aa)+b' -or ('a' * 60) -match '(a*)*\\1b' }",
    ] {
        let mut plan = Plan::compile(line, &known).unwrap();
        let result = plan.push(mailbox("a", 1, "", ""), &mut Vec::new());
        assert_eq!(result.unwrap_err().code, "LimitExceeded", "{line}");
    }
}
