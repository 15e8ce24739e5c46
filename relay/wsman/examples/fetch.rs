//! Times how long a command's output takes: `fetch URI USER COMMAND [NAME=VALUE…]`, password in `POSTERN_PASSWORD`.

use std::time::Instant;

use postern_psrp::pipeline::PipelineSpec;
use postern_wsman::{
    client::{ConnectOptions, Credentials, Endpoint, PipelineEvent, RemoteSession},
    envelope::EXCHANGE_RESOURCE,
};

/// Processor time of this process so far, in seconds; Linux counts it in hundredths.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(uri), Some(user), Some(command)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: fetch URI USER COMMAND [NAME=VALUE…]".into());
    };
    let spec = arguments.fold(PipelineSpec::command(command.as_str()), |spec, argument| {
        match argument.split_once('=') {
            Some((name, value)) => spec.parameter(name, value),
            None => spec.switch(argument.as_str()),
        }
    });
    let credentials = Credentials::new(user, std::env::var("POSTERN_PASSWORD")?);
    let began = Instant::now();
    let session = RemoteSession::connect(
        Endpoint::new(&uri, EXCHANGE_RESOURCE)?,
        credentials,
        ConnectOptions::default(),
        |step| println!("{:>8.3} s  {step:?}", began.elapsed().as_secs_f64()),
    )
    .await?;
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let (mut objects, mut first) = (0_u64, None);
    let mut pipeline = session.invoke(spec);
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(_) => {
                objects += 1;
                first.get_or_insert_with(|| began.elapsed());
            }
            PipelineEvent::Progress(_) | PipelineEvent::HostCall(_) => {}
            other => println!("{other:?}"),
        }
    }
    println!(
        "{objects} objects in {:.2} s, the first after {:.3} s, {:.2} s of processor time",
        began.elapsed().as_secs_f64(),
        first.unwrap_or_default().as_secs_f64(),
        cpu_seconds() - cpu
    );
    session.close().await;
    Ok(())
}
