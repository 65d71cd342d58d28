//! OpenCV's flow on the same frames.

use crate::{Outcome, clip::Clip};
use serde_json::{Value, json};
use std::{
    io::{BufWriter, Write},
    path::Path,
    process::Command,
};

/// What `benches/flow_opencv.py` says of a clip.
pub(crate) fn measure(python: &Path, clip: &Clip) -> Outcome<Vec<Value>> {
    let raw = tempfile::NamedTempFile::new()?;
    {
        let mut writer = BufWriter::new(raw.as_file());
        for frame in &clip.frames {
            writer.write_all(&frame.luma.codes)?;
        }
        writer.flush()?;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/flow_opencv.py");
    let sides = [clip.width_px(), clip.height_px()].map(|side| side.to_string());
    let run = Command::new(python).arg(script).arg(raw.path()).args(sides).output()?;
    if !run.status.success() {
        return Err(format!("flow_opencv.py: {}", String::from_utf8_lossy(&run.stderr)).into());
    }
    let mut rows: Vec<Value> = serde_json::from_slice(&run.stdout)?;
    for row in &mut rows {
        row["clip"] = json!(clip.name);
    }
    Ok(rows)
}
