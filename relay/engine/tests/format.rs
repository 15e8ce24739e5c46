//! The text of objects against what PowerShell shows.

#[path = "support/recorder.rs"]
mod recorder;

use std::{fs, path::Path, rc::Rc, sync::Arc, thread};

use postern_engine::{
    Ended, Engine, RunOptions, format,
    host::{Environment, Invocation, Remote, RemoteEvent, RemoteRun},
    limits,
};
use postern_shared::{
    value::{Content, DateTimeKind, PsDateTime, PsObject, PsStr, PsValue},
    view::FormatViews,
    wire::ViewKind,
};
use serde_json::Value as Json;

/// What a console of that width shows for a script's output.
fn show(script: &str, width: usize) -> String {
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
    let ended = engine.run_with(script, &RunOptions::default());
    assert!(matches!(ended, Ended::Completed(_)), "{script}: {ended:?}");
    let values = std::mem::take(&mut recorder.0.borrow_mut().values);
    engine.show(&values, width).expect("within bounds")
}

fn tidy(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end_matches('\n').to_owned()
}

fn on_a_stack(test: fn()) {
    let thread = thread::Builder::new().stack_size(limits::STACK).spawn(test).expect("thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// `formats.jsonl` was recorded with the formatter of PowerShell 7.6.9 in the invariant culture, which breaks lines within
/// words and writes numbers and dates in its own way; what depends on that is not in it. Blank lines count, blanks at the
/// end of a line do not.
#[test]
fn objects_show_as_in_powershell() {
    on_a_stack(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats.jsonl");
        let text = fs::read_to_string(file).expect("cases");
        let cases: Vec<Json> =
            text.lines().map(|line| serde_json::from_str(line).expect("a case a line")).collect();
        assert!(cases.len() > 140, "{}", cases.len());
        for case in &cases {
            let script = case["script"].as_str().expect("script");
            let width = case["width"].as_u64().expect("width") as usize;
            let found = tidy(&show(script, width));
            assert_eq!(found, tidy(case["text"].as_str().expect("text")), "{script}\n{found}");
        }
    });
}

/// The cases of the kind `text`: blank lines before and behind do not count.
#[test]
fn texts_of_the_conformance_cases_are_right() {
    on_a_stack(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/language.jsonl");
        let text = fs::read_to_string(file).expect("cases");
        let mut count = 0;
        for line in text.lines() {
            let case: Json = serde_json::from_str(line).expect("a case a line");
            let expect = &case["expect"];
            if expect["kind"] != "text" {
                continue;
            }
            let script = case["script"].as_str().expect("script");
            let width = expect["width"].as_u64().map_or(120, |width| width as usize);
            let found = tidy(&show(script, width));
            assert_eq!(
                found.trim_matches('\n'),
                tidy(expect["text"].as_str().expect("text")).trim_matches('\n'),
                "{script}"
            );
            count += 1;
        }
        assert_eq!(count, 43);
    });
}

#[test]
fn out_string_gives_the_same_text() {
    on_a_stack(|| {
        let script = "[pscustomobject]@{ a = 1; b = 'x' } | Out-String -Width 40";
        assert_eq!(show(script, 120), "\na b\n- -\n1 x\n\n\n");
        let script =
            "1..3 | ForEach-Object { [pscustomobject]@{ a = $_ } } | Format-Table | Out-String -Stream";
        assert_eq!(show(script, 120), "\na\n-\n1\n2\n3\n\n");
        let script = "'日本語', 'abc' | ForEach-Object { [pscustomobject]@{ Name = $_; N = 1 } }";
        assert_eq!(show(script, 120), "\nName   N\n----   -\n日本語 1\nabc    1\n\n");
        let script = "[pscustomobject]@{ a = 'one'; b = 2 } | Format-Custom";
        assert_eq!(show(script, 120), "\nclass PSCustomObject\n{\n  a = one\n  b = 2\n}\n\n");
    });
}

#[test]
fn a_grid_learns_what_the_format_cmdlets_ask_for() {
    on_a_stack(|| {
        let asked = |script: &str| {
            let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
            engine.run_with(script, &RunOptions::default());
            let seen = recorder.0.borrow();
            let grid = seen.values.first().and_then(format::grid).cloned();
            grid.map(|grid| {
                let columns: Vec<String> =
                    grid.columns.iter().map(|(property, label)| format!("{property}/{label}")).collect();
                (grid.kind, columns.join(" "), grid.object.text().to_string())
            })
        };
        let object = "[pscustomobject]@{ Name = 'x'; Size = 2 } | ";
        assert_eq!(
            asked(&format!("{object} Format-Table size, @{{ n = 'Who'; e = 'Name' }}")),
            Some((ViewKind::Table, "Size/Size Name/Who".to_owned(), "@{Name=x; Size=2}".to_owned()))
        );
        assert_eq!(
            asked(&format!("{object} Format-List Name, @{{ n = 'Twice'; e = {{ $_.Size * 2 }} }}")),
            Some((ViewKind::List, "Name/Name Twice/Twice".to_owned(), "@{Name=x; Twice=4}".to_owned()))
        );
        assert_eq!(asked("5 | Format-Table"), None);
        assert_eq!(asked("5"), None);
    });
}

/// A remote side with one command and a view for what it gives.
struct Mailboxes;

struct Sent(std::vec::IntoIter<PsValue>);

impl RemoteRun for Sent {
    fn input(&mut self, _: PsValue) {}
    fn end_input(&mut self) {}
    fn next(&mut self) -> Option<RemoteEvent> {
        self.0.next().map(RemoteEvent::Output)
    }
    fn ready(&mut self) -> Option<RemoteEvent> {
        self.next()
    }
    fn stop(&mut self) {}
}

fn bag(properties: Vec<(&str, PsValue)>) -> PsValue {
    PsObject { adapted: properties.into_iter().collect(), ..PsObject::default() }.into()
}

fn items(values: Vec<PsValue>) -> PsValue {
    PsObject { content: Content::List(values), ..PsObject::default() }.into()
}

impl Remote for Mailboxes {
    fn has(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case("Get-Mailbox")
    }
    fn views(&self) -> Rc<FormatViews> {
        let column = |name: &str| {
            bag(vec![("DisplayEntry", bag(vec![("ValueType", "Property".into()), ("Value", name.into())]))])
        };
        let header = |width: i32| bag(vec![("Label", PsValue::Null), ("Width", width.into())]);
        let control = bag(vec![
            ("Headers", items(vec![header(10), header(8), header(0)])),
            (
                "Rows",
                items(vec![bag(vec![("Columns", items(["Name", "Alias", "Quota"].map(column).into()))])]),
            ),
        ]);
        let definition = bag(vec![
            ("TypeName", "Test.Mailbox".into()),
            ("FormatViewDefinition", items(vec![bag(vec![("Control", control)])])),
        ]);
        Rc::new(FormatViews::from_format_data(&[definition]))
    }
    fn invoke(&mut self, _: Invocation) -> Box<dyn RemoteRun> {
        let mailbox = |name: &str, alias: &str| -> PsValue {
            let properties: Vec<(&str, PsValue)> = vec![
                ("Name", name.into()),
                ("Alias", alias.into()),
                ("Quota", "Unlimited".into()),
                ("More", 1.into()),
                ("PSComputerName", "server".into()),
            ];
            let type_names = ["Deserialized.Test.Mailbox"].map(PsStr::from).into();
            PsObject::bag(type_names, properties.into_iter().collect()).into()
        };
        Box::new(Sent(vec![mailbox("Nora Fink", "nora.fink"), mailbox("Pia Sommer-Lang", "pia")].into_iter()))
    }
}

#[test]
fn remote_objects_have_the_views_of_their_side() {
    on_a_stack(|| {
        let show = |script: &str| {
            let recorder = recorder::Recorder::default();
            let mut engine = Engine::new(
                Box::new(recorder.clone()),
                Box::new(Mailboxes),
                Box::new(recorder::Files::default()),
                Environment::fixed(PsDateTime { ticks: 0, kind: DateTimeKind::Utc }),
                Arc::default(),
            );
            let ended = engine.run_with(script, &RunOptions::default());
            assert!(matches!(ended, Ended::Completed(_)), "{script}: {ended:?}");
            let values = std::mem::take(&mut recorder.0.borrow_mut().values);
            engine.show(&values, 60).expect("within bounds")
        };
        let table = "\n\
            Name       Alias    Quota\n\
            ----       -----    -----\n\
            Nora Fink  nora.fi… Unlimited\n\
            Pia Somme… pia      Unlimited\n\n";
        assert_eq!(show("Get-Mailbox"), table);
        assert_eq!(show("Get-Mailbox | Format-Table"), table);
        assert_eq!(show("Get-Mailbox | Out-String -Width 60"), format!("{table}\n"));
        let list = show("Get-Mailbox | Format-List");
        assert!(list.contains("\nMore  : 1\n") && !list.contains("PSComputerName"), "{list}");
        assert_eq!(show("Get-Mailbox | Format-Table more -HideTableHeaders"), "\n   1\n   1\n\n");
    });
}

#[test]
fn long_output_is_sized_by_its_first_rows_and_bounded() {
    on_a_stack(|| {
        let text = show("1..3000 | ForEach-Object { [pscustomobject]@{ N = $_; T = 'x' * ($_ / 100) } }", 60);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3_004);
        assert!(lines[3_002].starts_with("3000 xxxxxxxxxxxxxxxxxxx") && lines[3_002].ends_with('…'));
    });
}

#[test]
fn members_stand_below_their_types_name() {
    on_a_stack(|| {
        let member = "[pscustomobject]@{ PSTypeName = 'Microsoft.PowerShell.Commands.MemberDefinition'; \
            TypeName = 'System.String'; Name = 'Length'; MemberType = 'Property'; Definition = 'int Length {get;}' }";
        let table = "\n   TypeName: System.String\n\n\
            Name   MemberType Definition\n\
            ----   ---------- ----------\n\
            Length Property   int Length {get;}\n\n";
        assert_eq!(show(member, 120), table);
    });
}
