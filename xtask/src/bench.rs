//! `cargo xtask bench`: everything that has a figure, and other clients in the same run.
//!
//! What measures prints lines of a form of its own among whatever else it says: `figure`, title of the table, who,
//! number, unit, with tabs between them. The first row of a table is what the others are compared with.

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::{
    process::{Failed, cannot_start, cargo, root},
    setup,
};

/// Measures and prints.
type Run = fn(&Bench) -> Result<(), Failed>;

/// What can be measured, and what that is.
const BENCHES: [(&str, &str, Run); 8] = [
    (
        "decode",
        "CLIXML: reading a mailbox, against a bare scan of the same bytes and pypsrp; allocations",
        decode,
    ),
    ("encode", "CLIXML: writing a mailbox and 10,000 pipeline inputs, against the same", encode),
    ("fetch", "2,000 and 10,000 mailboxes from a server of another make, against its other clients", fetch),
    ("language", "filters, sorts, groups, CSV and calls of the local session, with memory", language),
    ("grid", "sorts, filters, groups and downloads of 100,000 mailboxes (or a number given)", grid),
    ("page", "what the page weighs on the wire, and how soon it can be used", page),
    ("editor", "keys and completions in a real browser", editor),
    ("large", "100,000 mailboxes (or a number given) of the demo in a real browser", large),
];

/// How often a fetch is repeated; its median is what counts.
const FETCHES: &str = "3";
const SIZES: [&str; 2] = ["2000", "10000"];

/// What the measurements need.
struct Bench {
    /// A Python with the foreign peers' packages, where there is one.
    python: Option<PathBuf>,
    /// Numbers among the arguments.
    numbers: Vec<String>,
}

/// Runs the benchmarks of these names, or all. They print figures and judge nothing.
pub(crate) fn all(arguments: &[String]) -> Result<(), Failed> {
    let (numbers, names): (Vec<String>, Vec<String>) =
        arguments.iter().cloned().partition(|argument| argument.chars().all(|c| c.is_ascii_digit()));
    if let Some(unknown) = names.iter().find(|name| BENCHES.iter().all(|(known, ..)| known != name)) {
        let known = BENCHES.map(|(name, what, _)| format!("  {name:<8}{what}")).join("\n");
        return Err(Failed(format!("there is no benchmark '{unknown}'; there are\n{known}")));
    }
    let python = match setup::peers() {
        Ok(python) => Some(python),
        Err(Failed(why)) => {
            eprintln!("xtask: without pypsrp: {why}");
            None
        }
    };
    let bench = Bench { python, numbers };
    for (_, _, run) in BENCHES.iter().filter(|(name, ..)| names.is_empty() || names.iter().any(|n| n == name))
    {
        run(&bench)?;
    }
    Ok(())
}

fn decode(bench: &Bench) -> Result<(), Failed> {
    let mut table = clixml(bench, "decode")?;
    table.run(&mut cargo(&["bench", "--locked", "--package", "postern-psrp", "--bench", "allocations"]))?;
    table.print();
    Ok(())
}

fn encode(bench: &Bench) -> Result<(), Failed> {
    clixml(bench, "encode")?.print();
    Ok(())
}

fn clixml(bench: &Bench, what: &str) -> Result<Figures, Failed> {
    let mut figures = Figures::default();
    let own = ["bench", "--locked", "--package", "postern-psrp", "--bench", "clixml", "--", what];
    figures.run(&mut cargo(&own))?;
    if let Some(python) = &bench.python {
        figures
            .run(Command::new(python).arg(root().join("relay/psrp/benches/pypsrp_clixml.py")).arg(what))?;
    }
    Ok(figures)
}

/// What scripts cost.
fn language(_: &Bench) -> Result<(), Failed> {
    let mut figures = Figures::default();
    figures.run(&mut cargo(&["bench", "--locked", "--package", "postern-engine", "--bench", "language"]))?;
    figures.print();
    Ok(())
}

/// Questions about a large result.
fn grid(bench: &Bench) -> Result<(), Failed> {
    let grid = ["bench", "--locked", "--package", "postern", "--bench", "grid", "--"];
    crate::process::run(cargo(&grid).args(&bench.numbers).env("POSTERN_SKIP_PAGE", "1"))
}

/// The page itself.
fn page(bench: &Bench) -> Result<(), Failed> {
    in_browser("page", bench)
}

/// Typing.
fn editor(bench: &Bench) -> Result<(), Failed> {
    in_browser("editor", bench)
}

/// A result in a real browser.
fn large(bench: &Bench) -> Result<(), Failed> {
    in_browser("large_result", bench)
}

fn in_browser(name: &str, bench: &Bench) -> Result<(), Failed> {
    setup::wasm_target()?;
    let browser = setup::browser()?;
    let run = ["bench", "--locked", "--package", "postern", "--bench", name, "--"];
    crate::process::run(cargo(&run).args(&bench.numbers).env("CHROME", browser))
}

/// A server that ends with the measurement.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn fetch(bench: &Bench) -> Result<(), Failed> {
    let Some(python) = &bench.python else {
        return Err(Failed("the server of another make needs Python; see above".into()));
    };
    let peers = root().join("relay/tests/peers");
    let taken = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = taken.map_err(|why| Failed(format!("no port is free: {why}")))?.port().to_string();
    let mut server = Command::new(python);
    server.arg(peers.join("psrpcore_wsman.py")).args(["--port", &port]).stdout(Stdio::piped());
    let child = server.spawn().map_err(|why| cannot_start(server.get_program(), &why))?;
    let mut server = Server(child);
    // Its first line says that it listens.
    if let Some(output) = server.0.stdout.take() {
        let _ = BufReader::new(output).read_line(&mut String::new());
    }
    let uri = format!("http://127.0.0.1:{port}/powershell-liveid/");
    let mut figures = Figures::default();
    for size in SIZES {
        let own =
            ["run", "--quiet", "--release", "--locked", "--package", "postern-wsman", "--example", "fetch"];
        let mut fetch = cargo(&own);
        fetch.args(["--", &uri, "admin", "Get-Mailbox", &format!("ResultSize={size}")]);
        figures.fetched(
            "Postern",
            size,
            fetch.env("POSTERN_PASSWORD", "secret").env("POSTERN_FETCHES", FETCHES),
        )?;
        let mut pypsrp = Command::new(python);
        pypsrp.arg(peers.join("pypsrp_check.py")).args([
            "--port",
            &port,
            "--password",
            "secret",
            "--bench",
            size,
        ]);
        figures.fetched("pypsrp", size, &mut pypsrp)?;
        if let Some(program) = env::var_os("POSTERN_POWERSHELL_PEER").filter(|program| !program.is_empty()) {
            let mut powershell = powershell(program);
            powershell.args(["--uri", &uri, "--user", "admin", "--password", "secret", "--bench", size]);
            figures.fetched("PowerShell", size, &mut powershell)?;
        } else {
            eprintln!("xtask: without PowerShell's own client: POSTERN_POWERSHELL_PEER is not set");
        }
    }
    figures.print();
    Ok(())
}

fn powershell(program: OsString) -> Command {
    let mut command = Command::new(program);
    command.arg("client");
    command
}

/// A row of a table.
struct Figure {
    title: String,
    who: String,
    number: f64,
    unit: String,
}

/// The rows of all tables, in the order in which they came.
#[derive(Default)]
struct Figures(Vec<Figure>);

impl Figures {
    /// Runs a program and takes the figures from what it prints; the rest is shown.
    fn run(&mut self, command: &mut Command) -> Result<(), Failed> {
        for line in output(command)? {
            match Figure::read(&line) {
                Some(figure) => self.0.push(figure),
                None if line.trim().is_empty() => {}
                None => println!("{line}"),
            }
        }
        Ok(())
    }

    /// Runs a client that prints `… wall 1.23 s, client CPU 0.45 s …`.
    fn fetched(&mut self, who: &str, size: &str, command: &mut Command) -> Result<(), Failed> {
        for line in output(command)? {
            let seconds = |name: &str| {
                let line = line.to_lowercase();
                let (_, after) = line.split_once(name)?;
                after.split_whitespace().next()?.parse::<f64>().ok()
            };
            let (Some(wall), Some(cpu)) = (seconds("wall "), seconds("cpu ")) else { continue };
            for (what, number) in [("client's processor time", cpu), ("wall time", wall)] {
                let title = format!("fetch {size} mailboxes from psrpcore: {what}");
                self.0.push(Figure { title, who: who.into(), number, unit: "s".into() });
            }
        }
        Ok(())
    }

    fn print(&self) {
        let mut titles: Vec<&str> = Vec::new();
        for figure in &self.0 {
            if !titles.contains(&figure.title.as_str()) {
                titles.push(&figure.title);
            }
        }
        for title in titles {
            println!("\n{title}");
            let rows = || self.0.iter().filter(|figure| figure.title == title);
            let first = rows().next().map_or(0.0, |figure| figure.number);
            // Only times are compared.
            for figure in rows() {
                let ratio = if figure.unit.ends_with('s') && first > 0.0 {
                    format!("{:>9.2} x", figure.number / first)
                } else {
                    String::new()
                };
                println!("  {:<26}{:>14}{ratio}", figure.who, figure.shown());
            }
        }
    }
}

impl Figure {
    /// Reads a line such as `figure⇥decode a mailbox⇥Postern⇥3215⇥ns`.
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.strip_prefix("figure\t")?.split('\t');
        let mut next = || parts.next();
        let (title, who) = (next()?.to_owned(), next()?.to_owned());
        Some(Self { title, who, number: next()?.parse().ok()?, unit: next().unwrap_or_default().to_owned() })
    }

    fn shown(&self) -> String {
        let Self { number, unit, .. } = self;
        match unit.as_str() {
            "ns" if *number >= 1e6 => format!("{:.1} ms", number / 1e6),
            "ns" if *number >= 1e3 => format!("{:.2} µs", number / 1e3),
            "s" => format!("{number:.2} s"),
            unit => format!("{number} {unit}"),
        }
    }
}

/// Runs a program and gives the lines that it prints.
fn output(command: &mut Command) -> Result<Vec<String>, Failed> {
    command.stderr(Stdio::inherit()).stdin(Stdio::null());
    let output = command.output().map_err(|why| cannot_start(command.get_program(), &why))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stdout);
        return Err(Failed(format!(
            "{} failed: {}\n{said}",
            command.get_program().to_string_lossy(),
            output.status
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_shown() {
        let figure = Figure::read("figure\tdecode\tPostern\t3215\tns").unwrap();
        assert_eq!((figure.title.as_str(), figure.who.as_str()), ("decode", "Postern"));
        assert_eq!(figure.shown(), "3.21 µs");
        assert!(Figure::read("warning: unused").is_none());
    }
}
