//! `postern run`: a script as the console runs it, without a browser.

mod json;
mod lines;
mod terminal;

use std::{fs, io, path::PathBuf};

use postern_engine::{RunOptions, host::Workspace};
use postern_shared::wire::{BlockState, Failure};
use postern_wsman::client::Proxy;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use self::terminal::Terminal;
use super::sign_in::{SignInArgs, SignInError};
use crate::{
    config::EndpointConfig,
    session::{Folder, Script, in_memory, run_script},
};

/// The longest script.
const LONGEST: u64 = 16 << 20;

/// Cells of a line.
const WIDTH: usize = 120;

/// What `postern run` is told.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("where").required(true).args(["demo", "endpoint"]),
    group = clap::ArgGroup::new("what").required(true).args(["command", "file"]),
    after_help = "Objects and what a script writes to the host go to the standard output, errors, warnings and the like to \
    the standard error. A password is read from --password-fd, from the environment variable, or asked for, in this order; \
    never give it as an argument. Questions are asked on the standard error and answered from the standard input. The exit \
    code is 0 where the script ran to its end, what `exit` gave, and 1 after a terminating error."
)]
pub(super) struct RunArgs {
    /// Runs in a demo Exchange organisation of its own.
    #[arg(long)]
    demo: bool,
    /// Mailboxes of the demo organisation.
    #[arg(long, value_name = "N", default_value_t = 300, requires = "demo")]
    demo_mailboxes: u32,
    /// Connection URI, or the name of an endpoint in the configuration.
    #[arg(long, value_name = "URI|NAME", requires = "user")]
    endpoint: Option<String>,
    /// User name to sign in with.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    sign_in: SignInArgs,
    /// The command to run.
    #[arg(short = 'c', long, value_name = "COMMAND")]
    command: Option<String>,
    /// The script to run.
    #[arg(value_name = "FILE.ps1")]
    file: Option<PathBuf>,
    /// Runs the text on the server, as a script in the server's own language, where the server allows that.
    #[arg(long)]
    remote: bool,
    /// The folder for files that the script reads and writes; without it they are in memory only.
    #[arg(long, value_name = "FOLDER")]
    workspace: Option<PathBuf>,
    /// Prints everything as lines of JSON on the standard output.
    #[arg(long)]
    json: bool,
}

impl RunArgs {
    /// Mailboxes of the demo organisation, if it is to run there.
    pub(super) fn demo(&self) -> Option<u32> {
        self.demo.then_some(self.demo_mailboxes)
    }
}

/// Why nothing has run.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error("cannot read {path}: {error}")]
    File { path: String, error: io::Error },
    #[error("cannot use the folder {path}: {error}")]
    Workspace { path: String, error: io::Error },
    #[error("{}", lines::failure(.0))]
    NotOpened(Box<Failure>),
}

/// Runs the script; gives the exit code. `demo` is the endpoint of the demo organisation, with its user and password.
pub(super) async fn run(
    args: RunArgs,
    demo: Option<EndpointConfig>,
    stop: CancellationToken,
) -> Result<u8, RunError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let width = (!args.json).then_some(WIDTH);
    let (text, options) = match (args.command, args.file) {
        (Some(command), _) => (command, RunOptions { width, ..RunOptions::default() }),
        (None, file) => {
            let path = file.unwrap_or_default();
            let failed = |error| RunError::File { path: path.display().to_string(), error };
            let text = read(&path).map_err(failed)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (text, RunOptions { name: name.into(), own_scope: true, width })
        }
    };
    let workspace: Box<dyn Workspace + Send> = match args.workspace {
        Some(path) => {
            let folder = Folder::open(&path);
            Box::new(folder.map_err(|error| RunError::Workspace { path: path.display().to_string(), error })?)
        }
        None => Box::new(in_memory()),
    };
    let opening = match demo {
        Some(endpoint) => {
            let (user, password) = endpoint.demo.clone().unwrap_or_default();
            args.sign_in.opening_of(endpoint, Proxy::default(), user, Zeroizing::new(password))
        }
        None => args.sign_in.opening(args.endpoint.as_deref().unwrap_or_default(), args.user)?,
    };
    let screen = Box::new(Terminal::new(args.json));
    let script = Script { text, is_remote: args.remote, options, workspace };
    let ended = run_script(opening, script, screen, stop).await.map_err(RunError::NotOpened)?;
    if args.json {
        json::ended(&ended);
    }
    Ok(match ended.state {
        BlockState::Completed => u8::try_from(ended.code.rem_euclid(256)).unwrap_or(1),
        BlockState::Failed => 1,
        // As a shell says of a program that Ctrl+C ended.
        BlockState::Stopped => 130,
    })
}

/// A script's text: UTF-8, or UTF-16 if it begins so.
fn read(path: &std::path::Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the script is too long"));
    }
    let bytes = fs::read(path)?;
    let invalid = || io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| invalid())
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).map_err(|_| invalid()),
        _ => String::from_utf8(bytes).map_err(|_| invalid()),
    }
}
