//! Runs a script from standard input and prints each object that it gives with its type, then the errors.

#[path = "../tests/support/recorder.rs"]
mod recorder;

use std::io::Read;

use postern_engine::{Ended, RunOptions, limits};

fn run(script: &str) {
    let (mut engine, recorder, _) = recorder::engine(recorder::Files::default());
    let ended = engine.run_with(script, &RunOptions::default());
    let seen = recorder.0.borrow();
    for (name, text) in &seen.output {
        println!("[{}] {}", name.as_deref().unwrap_or(""), text.as_deref().unwrap_or(""));
    }
    for (id, message) in &seen.errors {
        println!("ERROR {id}: {message}");
    }
    if let Ended::Invalid(errors) = ended {
        for error in errors {
            println!("PARSE {}: {}", error.id, error.message);
        }
    }
}

fn main() {
    let mut script = String::new();
    if std::io::stdin().read_to_string(&mut script).is_err() {
        return;
    }
    let thread = std::thread::Builder::new().stack_size(limits::STACK).spawn(move || run(&script));
    if let Ok(thread) = thread {
        let _ = thread.join();
    }
}
