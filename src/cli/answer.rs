//! What a command gives back.

use serde_json::Value;

/// The same answer for a person and for a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// For a person; no line break at the end.
    pub text: String,
    /// For `--json`: one object.
    pub json: Value,
    /// Whether the command found what makes it fail, for example problems in a checked project.
    pub failed: bool,
    /// Whether nothing is to be printed.
    pub silent: bool,
}

impl Answer {
    /// An answer of a command that did what it should.
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, failed: false, silent: false }
    }

    /// No answer: the command has spoken for itself.
    pub(super) fn silent(failed: bool) -> Self {
        Self { text: String::new(), json: Value::Null, failed, silent: true }
    }
}

/// Lines of a table with columns as wide as they need to be. The last column is as it is.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            if column + 1 == row.len() { cell.clone() } else { format!("{cell:<width$}", width = widths[column]) }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The first line of a text, cut to what fits beside other columns.
pub(super) fn short(text: &str, chars: usize) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= chars && text.lines().count() <= 1 {
        return line.to_owned();
    }
    let cut: String = line.chars().take(chars.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}
