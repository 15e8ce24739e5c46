//! The command line: `postern serve`, `postern run`, `postern check` and `postern demo-endpoint`.

mod check;
mod report;
mod run;
mod sign_in;

use std::{io::IsTerminal as _, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, ConfigError, EndpointConfig};

/// A console for remote PowerShell in a web browser.
#[derive(Debug, Parser)]
#[command(name = "postern", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the console.
    Serve(Serve),
    /// Runs a script or a command as the console would, without a browser.
    Run(run::RunArgs),
    /// Checks the connection to an endpoint layer by layer: name, TCP, TLS, HTTP, sign-in, shell, runspace, a cmdlet.
    Check(check::CheckArgs),
    /// Serves the demo organisation's `WinRM` endpoint alone, for other clients.
    DemoEndpoint(DemoEndpoint),
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Starts a demo Exchange organisation and offers it first.
    #[arg(long)]
    demo: bool,
    /// Mailboxes of the demo organisation.
    #[arg(long, value_name = "N", default_value_t = 300, requires = "demo")]
    demo_mailboxes: u32,
    /// Address and port; overrides the configuration. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Configuration in TOML.
    #[arg(long, value_name = "FILE", env = "POSTERN_CONFIG")]
    config: Option<PathBuf>,
    /// The address that browsers use, such as `https://console.example`; overrides the configuration.
    #[arg(long, value_name = "ORIGIN")]
    public_origin: Option<String>,
}

#[derive(Debug, clap::Args)]
struct DemoEndpoint {
    /// Address and port. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5985")]
    listen: SocketAddr,
    /// Mailboxes of the organisation.
    #[arg(long, value_name = "N", default_value_t = 300)]
    mailboxes: u32,
    /// Seconds without use after which a shell is removed.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    idle: u64,
    /// The only path that there is, such as `/PowerShell/`; any other gets 404.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// A wrong answer on purpose, such as `create=503` or `receive=fault:0x803381A5:TEXT`; may be given several times.
    #[arg(long, value_name = "REQUEST=ANSWER")]
    fault: Vec<postern_demo::FaultSwitch>,
}

/// Why the program ends early.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error("cannot handle signals: {0}")]
    Signals(std::io::Error),
    #[error("the demo endpoint failed: {0}")]
    Demo(std::io::Error),
    #[error(transparent)]
    Check(#[from] check::CheckError),
    #[error(transparent)]
    Run(#[from] run::RunError),
}

/// What is logged unless the environment says something else: what a script gives is not to be mixed with it.
fn filter_of(command: &Command) -> &'static str {
    if matches!(command, Command::Run(_)) { "warn" } else { "warn,postern=info" }
}

/// Runs the program.
pub fn run(cli: Cli) -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("POSTERN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(filter_of(&cli.command)));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("postern: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = |well: bool| if well { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(options) => serve(options).await.map(|()| ExitCode::SUCCESS),
            Command::Run(options) => run_script(options).await.map(ExitCode::from),
            Command::Check(options) => Ok(code(check::check(options).await?)),
            Command::DemoEndpoint(options) => demo_endpoint(options).await.map(|()| ExitCode::SUCCESS),
        }
    });
    // A sort that nobody waits for any more must not hold up the end.
    runtime.shutdown_background();
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("postern: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(options: Serve) -> Result<(), Failed> {
    let mut config = options.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    if let Some(listen) = options.listen {
        config.listen = listen;
    }
    if options.public_origin.is_some() {
        config.public_origin = options.public_origin;
    }
    let stop = stop_signal()?;
    let demo_stop = CancellationToken::new();
    let mut demo = None;
    if options.demo {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr().map_err(Failed::Demo)?;
        config.endpoint.insert(0, demo_config(address));
        let settings = demo_options(options.demo_mailboxes, None);
        demo =
            Some(tokio::spawn(postern_demo::serve(listener, settings, demo_stop.clone().cancelled_owned())));
    }
    config.check()?;
    let listener = bind(config.listen).await?;
    let address = listener.local_addr().map_err(|error| Failed::Listen { address: config.listen, error })?;
    let reach = config.public_origin.clone().unwrap_or_else(|| format!("http://{address}"));
    println!("listening on {}/", reach.trim_end_matches('/'));
    if options.demo {
        println!("demo: sign in as {DEMO_USER} with the password {DEMO_PASSWORD}");
    }
    crate::serve(listener, config, stop.cancelled()).await?;
    // After the relay: its sessions are removed at the demo's door.
    demo_stop.cancel();
    if let Some(demo) = demo {
        let _ = demo.await;
    }
    Ok(())
}

/// `postern run`, with a demo organisation of its own if it is to run there.
async fn run_script(options: run::RunArgs) -> Result<u8, Failed> {
    let stop = stop_signal()?;
    let Some(mailboxes) = options.demo() else { return Ok(run::run(options, None, stop).await?) };
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let endpoint = demo_config(listener.local_addr().map_err(Failed::Demo)?);
    let (demo_stop, settings) = (CancellationToken::new(), demo_options(mailboxes, None));
    let demo = tokio::spawn(postern_demo::serve(listener, settings, demo_stop.clone().cancelled_owned()));
    let ran = run::run(options, Some(endpoint), stop).await;
    demo_stop.cancel();
    let _ = demo.await;
    Ok(ran?)
}

async fn demo_endpoint(options: DemoEndpoint) -> Result<(), Failed> {
    let stop = stop_signal()?;
    let listener = bind(options.listen).await?;
    let address = listener.local_addr().map_err(Failed::Demo)?;
    println!("listening on http://{address}{}", options.path.as_deref().unwrap_or("/PowerShell/"));
    println!("sign in as {DEMO_USER} with the password {DEMO_PASSWORD} (Basic)");
    let idle = std::time::Duration::from_secs(options.idle);
    let faults = postern_demo::Faults { path: options.path, switches: options.fault };
    let options = postern_demo::DemoOptions { faults, ..demo_options(options.mailboxes, Some(idle)) };
    postern_demo::serve(listener, options, stop.cancelled_owned()).await.map_err(Failed::Demo)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failed> {
    TcpListener::bind(address).await.map_err(|error| Failed::Listen { address, error })
}

/// Cancelled by Ctrl+C or SIGTERM. A second one ends the program at once.
fn stop_signal() -> Result<CancellationToken, Failed> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    #[cfg(unix)]
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(Failed::Signals)?;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            #[cfg(not(unix))]
            let _ = tokio::signal::ctrl_c().await;
            if told.is_cancelled() {
                std::process::exit(1);
            }
            told.cancel();
        }
    });
    Ok(stop)
}

const DEMO_USER: &str = "admin@klinik-auer.example";
const DEMO_PASSWORD: &str = "demo";

fn demo_config(address: SocketAddr) -> EndpointConfig {
    EndpointConfig {
        name: "demo".to_owned(),
        title: "Demo: Klinik Auer".to_owned(),
        uri: format!("http://{address}/PowerShell/"),
        configuration: "Microsoft.Exchange".to_owned(),
        // It does not leave this machine.
        allow_http: true,
        sessions: Some(postern_demo::DemoOptions::default().sessions_per_user as u32),
        demo: Some((DEMO_USER.to_owned(), DEMO_PASSWORD.to_owned())),
        ..EndpointConfig::default()
    }
}

fn demo_options(mailboxes: u32, idle: Option<std::time::Duration>) -> postern_demo::DemoOptions {
    let mut options = postern_demo::DemoOptions { mailboxes, ..postern_demo::DemoOptions::default() };
    if let Some(idle) = idle {
        options.idle = idle;
    }
    options
}
