//! A text with a `^` where the cursor is, and what it says.

use super::{Context, MemberOf, Target, context};

fn at(marked: &str) -> Context {
    let cursor = marked.find('^').expect("a cursor");
    let text = marked.replacen('^', "", 1);
    context(&text, cursor)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn value(command: &str, parameter: Option<&str>, position: usize, given: &[&str]) -> Target {
    Target::Value {
        command: command.to_owned(),
        parameter: parameter.map(str::to_owned),
        position,
        given: names(given),
    }
}

#[test]
fn commands_stand_where_a_statement_begins() {
    for (text, typed, upstream) in [
        ("^", "", &[][..]),
        ("get-m^", "get-m", &[]),
        ("get-m^ailbox", "get-m", &[]),
        ("$x = get-m^", "get-m", &[]),
        ("$x = ^", "", &[]),
        ("foo; ^", "", &[]),
        ("foo a\n^", "", &[]),
        ("(get^", "get", &[]),
        ("if ($x) { get^", "get", &[]),
        ("foo (^", "", &[]),
        ("$(^", "", &[]),
        ("a && ^", "", &[]),
        ("a | b | ^", "", &["a", "b"]),
        ("$m | sel^", "sel", &["$m"]),
        ("Get-Mailbox | sel^", "sel", &["Get-Mailbox"]),
        ("Get-Mailbox |\n  sel^", "sel", &["Get-Mailbox"]),
        ("& ^", "", &[]),
    ] {
        let found = at(text);
        assert_eq!(found.target, Target::Command { upstream: names(upstream) }, "{text}");
        assert_eq!(found.typed, typed, "{text}");
    }
    assert_eq!(at("get-m^ailbox x").span.range(), 0..11);
}

#[test]
fn parameters_and_values_know_their_command() {
    let parameter =
        |given: &[&str]| Target::Parameter { command: "Set-Mailbox".to_owned(), given: names(given) };
    for (text, target, typed) in [
        ("Set-Mailbox -^", parameter(&[]), ""),
        ("Set-Mailbox -Iden^", parameter(&[]), "Iden"),
        ("Set-Mailbox x -Type Shared -Hi^dden", parameter(&["Type"]), "Hi"),
        ("Set-Mailbox ^", value("Set-Mailbox", None, 0, &[]), ""),
        ("Set-Mailbox nor^", value("Set-Mailbox", None, 0, &[]), "nor"),
        ("Set-Mailbox nora ^", value("Set-Mailbox", None, 1, &[]), ""),
        ("Set-Mailbox -Type ^", value("Set-Mailbox", Some("Type"), 0, &["Type"]), ""),
        ("Set-Mailbox -Type Sh^", value("Set-Mailbox", Some("Type"), 0, &["Type"]), "Sh"),
        ("Set-Mailbox -Type:^", value("Set-Mailbox", Some("Type"), 0, &["Type"]), ""),
        ("Set-Mailbox -Type:Sh^", value("Set-Mailbox", Some("Type"), 0, &["Type"]), "Sh"),
        ("Set-Mailbox -Type 'Sh^", value("Set-Mailbox", Some("Type"), 0, &["Type"]), "Sh"),
        ("Set-Mailbox -Grant a, ^", value("Set-Mailbox", Some("Grant"), 0, &["Grant"]), ""),
        ("Set-Mailbox -Grant a, b^", value("Set-Mailbox", Some("Grant"), 0, &["Grant"]), "b"),
        ("Set-Mailbox -Id x ^", value("Set-Mailbox", None, 0, &["Id"]), ""),
        ("foo (Set-Mailbox -Type ^)", value("Set-Mailbox", Some("Type"), 0, &["Type"]), ""),
        ("foo (a b) ^", value("foo", None, 1, &[]), ""),
        ("foo `\n  ^", value("foo", None, 0, &[]), ""),
    ] {
        let found = at(text);
        assert_eq!(found.target, target, "{text}");
        assert_eq!(found.typed, typed, "{text}");
    }
    assert_eq!(at("Set-Mailbox x -Hi^dden y").span.range(), 14..21);
}

#[test]
fn properties_come_from_upstream() {
    for (text, upstream, typed) in [
        ("Get-Mailbox | Select-Object ^", &["Get-Mailbox"][..], ""),
        ("Get-Mailbox | select Name, Al^", &["Get-Mailbox"], "Al"),
        ("Get-Mailbox | sort -Property ^", &["Get-Mailbox"], ""),
        ("Get-Mailbox | ? x | sort -Desc -Prop A^", &["Get-Mailbox", "?"], "A"),
        ("$m | ft Na^", &["$m"], "Na"),
    ] {
        let found = at(text);
        let Target::Property { upstream: found_upstream, .. } = found.target else {
            panic!("{text}: {found:?}")
        };
        assert_eq!(found_upstream, names(upstream), "{text}");
        assert_eq!(found.typed, typed, "{text}");
    }
    assert!(matches!(at("Get-Mailbox | select -First ^").target, Target::Value { .. }));
}

#[test]
fn members_know_what_they_belong_to() {
    let pipeline = |from: &[&str]| MemberOf::Pipeline(names(from));
    for (text, of, is_static, typed) in [
        ("$x.^", MemberOf::Variable("x".into(), vec![]), false, ""),
        ("$x = Get-Mailbox; $x.Na^", MemberOf::Variable("x".into(), names(&["Get-Mailbox"])), false, "Na"),
        ("foreach ($m in Get-User) { $m.^", MemberOf::Variable("m".into(), names(&["Get-User"])), false, ""),
        ("[math]::^", MemberOf::Type("math".into()), true, ""),
        ("[math]::Ro^", MemberOf::Type("math".into()), true, "Ro"),
        ("Get-Mailbox | ? { $_.^", pipeline(&["Get-Mailbox"]), false, ""),
        ("Get-Mailbox | ? { $_.Na^ }", pipeline(&["Get-Mailbox"]), false, "Na"),
        ("Get-Mailbox | select @{n='x'; e={ $_.^", pipeline(&["Get-Mailbox"]), false, ""),
        ("(Get-Mailbox).^", MemberOf::Expression, false, ""),
        ("\"$($x.^", MemberOf::Variable("x".into(), vec![]), false, ""),
    ] {
        let found = at(text);
        assert_eq!(found.target, Target::Member { of, is_static }, "{text}");
        assert_eq!(found.typed, typed, "{text}");
    }
}

#[test]
fn variables_keys_types_and_files() {
    let known = |known: &[&str]| Target::Variable { scope: None, known: names(known) };
    for (text, target, typed) in [
        ("$a = 1; $b = 2; $^", known(&["a", "b"]), ""),
        ("$abc = 1; foo $a^", known(&["abc"]), "a"),
        ("$abc = 1; \"x $a^", known(&["abc"]), "a"),
        ("foo @sp^", known(&[]), "sp"),
        ("$env:TE^", Target::Variable { scope: Some("env".into()), known: vec![] }, "TE"),
        ("@{ ^", Target::Key { known: vec![], of: None }, ""),
        (
            "[pscustomobject]@{ a = 1; b^",
            Target::Key { known: names(&["a"]), of: Some("pscustomobject".into()) },
            "b",
        ),
        ("x | select @{n='a'; ^", Target::Key { known: names(&["n"]), of: Some("select".into()) }, ""),
        ("[int^", Target::Type, "int"),
        ("[^", Target::Type, ""),
        ("foo > out^", Target::File, "out"),
        ("foo > ^", Target::File, ""),
        ("Import-Csv .\\us^", Target::File, ".\\us"),
        ("foo # ba^", Target::Nothing, ""),
    ] {
        let found = at(text);
        assert_eq!(found.target, target, "{text}");
        assert_eq!(found.typed, typed, "{text}");
    }
    assert_eq!(at("$a = 1; $ab^c + 1").span.range(), 8..12);
}

#[test]
fn a_line_gives_the_objects_of_its_first_command() {
    let cases = [
        ("Get-Mailbox -ResultSize 5", Some("Get-Mailbox")),
        ("Get-Mailbox | ? Alias | Sort-Object Name", Some("Get-Mailbox")),
        ("$all | Where-Object { $_.Alias }", Some("$all")),
        ("Get-Mailbox | Select-Object Name", None),
        ("Get-Mailbox; Get-User", None),
        ("1..3", None),
        ("", None),
    ];
    for (line, given) in cases {
        assert_eq!(super::gives(line).as_deref(), given, "{line}");
    }
}
