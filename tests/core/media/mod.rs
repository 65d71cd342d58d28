//! The media room against clips of every kind that models emit, judged by FFmpeg's own programs.

mod bad_files;
mod clip_writer;
mod conform;
mod sound;
mod stills;
