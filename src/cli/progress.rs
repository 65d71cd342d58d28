//! Progress bars, on standard error and only when a person watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kinora_core::progress::{ProgressSink, ProgressUpdate};
use std::{io::IsTerminal, time::Duration};

/// One bar for whatever is going on now.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar that is drawn only if standard error is a terminal.
    pub(super) fn new() -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(8)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let style = ProgressStyle::with_template("{wide_msg} {bar:24} {percent:>3} % {eta:>4}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }
}

impl ProgressSink for Bar {
    fn report(&self, update: ProgressUpdate) {
        if self.0.is_hidden() {
            return;
        }
        // New work, new estimate of the time left.
        if self.0.length() != Some(update.total) || self.0.position() > update.done {
            self.0.reset_eta();
        }
        self.0.set_length(update.total);
        self.0.set_position(update.done);
        self.0.set_message(update.label);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
