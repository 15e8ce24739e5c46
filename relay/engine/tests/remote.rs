//! Remote commands in pipelines: streamed, stopped, one at a time.

#[path = "support/recorder.rs"]
mod recorder;

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
};

use postern_engine::{
    Ended, Engine,
    host::{Environment, Invocation, Remote, RemoteError, RemoteEvent, RemoteRun},
    limits,
};
use postern_shared::value::{DateTimeKind, PsDateTime, PsObject, PsValue};

/// What happened on the remote side, in order.
type Log = Rc<RefCell<Vec<String>>>;

/// `Get-Number` gives 1 to 100, `Add-One` gives each input plus one, `Get-Fault` an error, `Get-Thing` two objects.
struct Side {
    log: Log,
    running: Rc<RefCell<u32>>,
}

struct Run {
    name: String,
    log: Log,
    running: Rc<RefCell<u32>>,
    events: VecDeque<RemoteEvent>,
    open: bool,
}

impl Remote for Side {
    fn has(&self, name: &str) -> bool {
        ["get-number", "add-one", "get-fault", "get-thing"].contains(&name.to_lowercase().as_str())
    }

    fn invoke(&mut self, invocation: Invocation) -> Box<dyn RemoteRun> {
        let name = invocation.name.to_lowercase();
        let parameters: Vec<String> = invocation
            .parameters
            .iter()
            .map(|(name, value)| format!("{}{value}", name.as_deref().unwrap_or("")))
            .collect();
        self.log.borrow_mut().push(format!("{name} {}", parameters.join(" ")).trim().to_owned());
        *self.running.borrow_mut() += 1;
        assert_eq!(*self.running.borrow(), 1, "a runspace runs one command at a time");
        let events = match name.as_str() {
            "get-number" => (1..=100).map(|n| RemoteEvent::Output(PsValue::I32(n))).collect(),
            "get-thing" => ["a", "b"].map(|name| RemoteEvent::Output(thing(name))).into(),
            "get-fault" => [RemoteEvent::Error(Box::new(RemoteError {
                message: "no such thing".into(),
                id: "NotFound,Get-Fault".into(),
                ..RemoteError::default()
            }))]
            .into(),
            _ => VecDeque::new(),
        };
        let open = true;
        Box::new(Run { name, log: Rc::clone(&self.log), running: Rc::clone(&self.running), events, open })
    }
}

fn thing(name: &str) -> PsValue {
    let properties = [("Name", PsValue::from(name)), ("Size", PsValue::I32(7))];
    PsObject::bag(Arc::from(["Deserialized.Thing".into()]), properties.into_iter().collect()).into()
}

impl Run {
    fn close(&mut self) {
        if std::mem::replace(&mut self.open, false) {
            *self.running.borrow_mut() -= 1;
        }
    }
}

impl RemoteRun for Run {
    fn input(&mut self, value: PsValue) {
        if let PsValue::I32(n) = value {
            self.events.push_back(RemoteEvent::Output(PsValue::I32(n + 1)));
        }
    }

    fn end_input(&mut self) {
        self.log.borrow_mut().push(format!("{} input ended", self.name));
    }

    fn next(&mut self) -> Option<RemoteEvent> {
        let next = self.events.pop_front();
        if next.is_none() {
            self.close();
        }
        next
    }

    fn ready(&mut self) -> Option<RemoteEvent> {
        self.events.pop_front()
    }

    fn stop(&mut self) {
        self.log.borrow_mut().push(format!("{} stopped", self.name));
        self.close();
    }
}

/// Texts of the output, ids of the errors, what happened on the remote side.
fn run(script: &'static str) -> (Vec<String>, Vec<String>, Vec<String>) {
    let run = move || {
        let recorder = recorder::Recorder::default();
        let log = Log::default();
        let side = Side { log: Rc::clone(&log), running: Rc::default() };
        let mut engine = Engine::new(
            Box::new(recorder.clone()),
            Box::new(side),
            Box::<recorder::Files>::default(),
            Environment::fixed(PsDateTime { ticks: 0, kind: DateTimeKind::Utc }),
            Arc::new(AtomicBool::new(false)),
        );
        let ended = engine.run(script);
        assert!(matches!(ended, Ended::Completed(_)), "{ended:?}");
        let seen = recorder.0.take();
        let log = log.take();
        let output = seen.output.into_iter().filter_map(|(_, text)| text).collect();
        (output, seen.errors.into_iter().map(|(id, _)| id).collect(), log)
    };
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(run).expect("a thread");
    thread.join().expect("no panic")
}

#[test]
fn the_first_objects_stop_the_command() {
    let (output, errors, log) =
        run("Get-Number -Size 5 | Where-Object { $_ -gt 3 } | Select-Object -First 2");
    assert_eq!((output, errors), (vec!["4".into(), "5".into()], vec![]));
    assert_eq!(log, ["get-number -Size 5", "get-number stopped"]);
}

#[test]
fn a_command_inside_the_pipeline_of_another_waits_for_its_end() {
    let (output, _, log) = run("(Get-Number | ForEach-Object { 1 | Add-One }).Count");
    assert_eq!(output, ["100"]);
    assert_eq!(log.iter().filter(|line| *line == "add-one").count(), 100);
    assert!(!log.iter().any(|line| line.ends_with("stopped")), "{log:?}");
}

#[test]
fn objects_are_streamed_to_a_command() {
    let (output, _, log) = run("1..3 | Add-One -Confirm:$false | ForEach-Object { $_ * 10 }");
    assert_eq!(output, ["20", "30", "40"]);
    assert_eq!(log, ["add-one -Confirm:False", "add-one input ended"]);
}

#[test]
fn a_remote_command_may_follow_another() {
    let (output, _, log) = run("(Get-Number | Add-One | Measure-Object -Sum).Sum");
    assert_eq!(output, ["5150"]);
    assert_eq!(log.len(), 3, "{log:?}");
}

#[test]
fn errors_are_those_of_the_server_and_preferences_go_to_both_sides() {
    let (output, errors, log) = run(
        "Get-Fault -ErrorAction SilentlyContinue; $Error.Count; try { Get-Fault -ea Stop } catch { $_.FullyQualifiedErrorId }; Get-Fault",
    );
    assert_eq!(output, ["1", "NotFound,Get-Fault"]);
    assert_eq!(errors, ["NotFound,Get-Fault"]);
    assert_eq!(log[0], "get-fault -ErrorAction:SilentlyContinue");
}

#[test]
fn what_a_variable_keeps_is_told_and_added_up() {
    let (output, errors, log) = run(
        "Get-Fault -ea 0 -ErrorVariable ev; Get-Fault -ErrorAction SilentlyContinue -ev +ev; $ev.Count; Get-Fault -ea 0; Get-Thing -wa SilentlyContinue -WarningVariable wv | Out-Null",
    );
    assert_eq!((output, errors), (vec!["2".to_owned()], vec![]));
    let told = [
        "get-fault -ErrorAction:Continue",
        "get-fault -ErrorAction:Continue",
        "get-fault -ErrorAction:SilentlyContinue",
        "get-thing -WarningAction:Continue",
    ];
    assert_eq!(log, told);
}

#[test]
fn a_filter_in_braces_travels_as_its_text() {
    let (_, _, log) = run("Get-Number -Filter { Name -eq 'x' } | Out-Null");
    assert_eq!(log, ["get-number -Filter  Name -eq 'x'"]);
}

#[test]
fn what_was_sent_can_be_added_to_and_changed_here() {
    let (output, errors, _) = run("\
        $all = @(Get-Thing); $one = $all[0]
        $one | Add-Member Extra 5; $one.Size = 8
        \"$($all[0].Extra) $($all[0].Size) $($all[1].Size)\"
        $one | Add-Member ScriptProperty Double { $this.Size * 2 }; $one.Double
        $one.PSObject.Properties.Add([psnoteproperty]::new('More', 1)); $one.More
        $one.PSObject.TypeNames.Insert(0, 'My.Thing'); $one.PSTypeNames -join ' '
        $copy = $one.PSObject.Copy(); $copy.Name = 'c'; \"$($one.Name) $($copy.Name) $($copy.Extra)\"
        ($one | Select-Object * | Get-Member -MemberType NoteProperty).Name -join ' '
        $one | Add-Member Name x
        $one | Add-Member Name x -Force; $one.Name
        try { $one.None = 1 } catch { $_.FullyQualifiedErrorId }");
    assert_eq!(
        output,
        [
            "5 8 7",
            "16",
            "1",
            "My.Thing Deserialized.Thing",
            "a c 5",
            "Double Extra More Name Size",
            "x",
            "ExceptionWhenSetting"
        ]
    );
    assert_eq!(errors, ["MemberAlreadyExists,Microsoft.PowerShell.Commands.AddMemberCommand"]);
}

#[test]
fn an_exo_command_is_that_of_the_session_and_brings_whole_objects() {
    let (output, _, log) = run(
        "(Get-EXOThing -PropertySets Minimum, Archive -Identity x -Properties Name | Select-Object -First 1).Size",
    );
    assert_eq!((output, log[0].as_str()), (vec!["7".to_owned()], "get-thing -Identity x"));
}
