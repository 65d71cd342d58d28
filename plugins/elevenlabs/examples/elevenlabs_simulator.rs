//! The simulated vendor on a port: `cargo run -p kinora-elevenlabs --example elevenlabs_simulator -- --port 0`.
//!
//! Prints its address on the first line and the key it takes on the second, then serves until it is killed.
//! Faults: `--fault text-to-speech=drop_after` (repeat it for more, `slow_ms=500` takes a number), or while it
//! runs `POST /_simulator/script {"door":"music","faults":["drop_after"]}`. `GET /_simulator/report` says what was paid.

use kinora_elevenlabs::simulator::{Door, Fault, KEY, Simulator};
use std::{error::Error, io::Write as _, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    let mut port = 0_u16;
    let mut clock_ahead_secs = 0_i64;
    let mut faults: Vec<(Door, Fault)> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--port" => port = value.parse()?,
            "--clock-ahead-secs" => clock_ahead_secs = value.parse()?,
            "--fault" => {
                let (door, fault) = value.split_once('=').ok_or("write a fault as door=fault")?;
                faults.push((door.parse()?, fault.parse()?));
            }
            other => return Err(format!("{other}? There are --port, --fault and --clock-ahead-secs").into()),
        }
    }
    let simulator = Simulator::start(port)?;
    simulator.set_clock_ahead_secs(clock_ahead_secs);
    for (door, fault) in faults {
        simulator.script(door, [fault]);
    }
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}\n{KEY}", simulator.url())?;
    output.flush()?;
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}
