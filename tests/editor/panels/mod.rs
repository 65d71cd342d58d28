//! The panels, pressed, typed in and dragged without a window: every control asks for the right thing.
//!
//! - `bench`: the film they show, and the hands; `inspector`, `library`, `timeline`, `overlays`: a module a panel;
//! - `drops`: what is let go over them; `keys`: every action from the keyboard; `panes`: panes and menus from there;
//!   `names`: what a screen reader says.

pub(crate) mod bench;
mod drops;
mod inspector;
mod keys;
mod library;
mod names;
mod overlays;
mod panes;
mod timeline;
