//! Times how long a command's output takes: `fetch URI USER COMMAND [NAME=VALUE…]`, password in `POSTERN_PASSWORD`,
//! how often in `POSTERN_FETCHES`.

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

/// What one fetch took, in seconds.
struct Run {
    objects: u64,
    first: f64,
    wall: f64,
    cpu: f64,
}

async fn fetch(session: &RemoteSession, spec: PipelineSpec) -> Run {
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let (mut objects, mut first) = (0_u64, None);
    let mut pipeline = session.invoke(spec);
    while let Some(event) = pipeline.next().await {
        match event {
            PipelineEvent::Output(_) => {
                objects += 1;
                first.get_or_insert_with(|| began.elapsed());
            }
            PipelineEvent::Error(record) => println!("{record:?}"),
            _ => {}
        }
    }
    Run {
        objects,
        first: first.unwrap_or_default().as_secs_f64(),
        wall: began.elapsed().as_secs_f64(),
        cpu: cpu_seconds() - cpu,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let times: usize =
        std::env::var("POSTERN_FETCHES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
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
    let mut runs = Vec::new();
    for _ in 0..times {
        runs.push(fetch(&session, spec.clone()).await);
    }
    let objects = runs.first().map_or(0, |run| run.objects);
    assert!(runs.iter().all(|run| run.objects == objects), "each time the same");
    let median = |of: fn(&Run) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    println!(
        "{objects} objects: wall {:.2} s, client CPU {:.2} s, first after {:.3} s (medians of {times})",
        median(|run| run.wall),
        median(|run| run.cpu),
        median(|run| run.first)
    );
    session.close().await;
    Ok(())
}
