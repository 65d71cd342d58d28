//! What the monitor's screen shows, and where it lies.

use bevy::{
    asset::RenderAssetUsages,
    prelude::*,
    render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages},
};
use kinora_core::media::PlanarPicture;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Largest side of the screen's texture.
const MAX_SIDE_PX: u32 = 8192;

/// The monitor's screen: a texture that a window shows, painted with what is set here.
#[derive(Resource, Clone, Default)]
pub struct Screen {
    pub(super) image: Option<Handle<Image>>,
    pub(super) size_px: [u32; 2],
    pub(super) pictures: [Option<Arc<PlanarPicture>>; 2],
    pub(super) layout: ScreenLayout,
    pub(super) tallies: Arc<Tallies>,
}

/// Where the film lies on the screen, in the screen's pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ScreenLayout {
    /// Upper left corner of the film's picture.
    pub corner_px: [f32; 2],
    /// Its size.
    pub picture_px: [f32; 2],
    /// Left of this line the first picture is shown, right of it the second; absent to show the first alone.
    pub split_px: Option<f32>,
}

/// What the graphics card was given so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScreenCounts {
    /// Pictures put into textures.
    pub uploads: u64,
    /// Time that the last of them took, in microseconds, until the driver had its bytes.
    pub upload_micros: u64,
    /// All of them together.
    pub all_uploads_micros: u64,
    /// Times that the screen was painted.
    pub paints: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tallies {
    pub(super) uploads: AtomicU64,
    pub(super) upload_micros: AtomicU64,
    pub(super) all_uploads_micros: AtomicU64,
    pub(super) paints: AtomicU64,
}

impl Screen {
    /// The texture to show; made or replaced where the size is another one. Its codes are those of the picture: it is
    /// read as sRGB, like any other image, and light around the picture is left out (alpha 0).
    pub fn image(&mut self, size_px: [u32; 2], images: &mut Assets<Image>) -> Handle<Image> {
        let size_px = size_px.map(|side| side.clamp(1, MAX_SIDE_PX));
        match &self.image {
            Some(handle) if self.size_px == size_px => handle.clone(),
            Some(handle) => {
                let handle = handle.clone();
                // A handle that is held cannot be gone.
                let _ = images.insert(&handle, target(size_px));
                self.size_px = size_px;
                handle
            }
            None => {
                let handle = images.add(target(size_px));
                self.image = Some(handle.clone());
                self.size_px = size_px;
                handle
            }
        }
    }

    /// Size of the texture.
    #[must_use]
    pub const fn size_px(&self) -> [u32; 2] {
        self.size_px
    }

    /// Shows a picture, and another right of the line of a wipe; none to show nothing.
    pub fn show(&mut self, picture: Option<Arc<PlanarPicture>>, right: Option<Arc<PlanarPicture>>) {
        self.pictures = [picture, right];
    }

    /// Whether there is something to see.
    #[must_use]
    pub const fn is_lit(&self) -> bool {
        self.pictures[0].is_some() || self.pictures[1].is_some()
    }

    /// Says where the film lies.
    pub fn lay_out(&mut self, layout: ScreenLayout) {
        self.layout = layout;
    }

    /// What is said where.
    #[must_use]
    pub const fn layout(&self) -> ScreenLayout {
        self.layout
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> ScreenCounts {
        ScreenCounts {
            uploads: self.tallies.uploads.load(Ordering::Relaxed),
            upload_micros: self.tallies.upload_micros.load(Ordering::Relaxed),
            all_uploads_micros: self.tallies.all_uploads_micros.load(Ordering::Relaxed),
            paints: self.tallies.paints.load(Ordering::Relaxed),
        }
    }
}

fn target(size_px: [u32; 2]) -> Image {
    let size = Extent3d { width: size_px[0], height: size_px[1], depth_or_array_layers: 1 };
    let format = TextureFormat::Rgba8UnormSrgb;
    let mut image = Image::new_uninit(size, TextureDimension::D2, format, RenderAssetUsages::RENDER_WORLD);
    image.texture_descriptor.usage = TextureUsages::TEXTURE_BINDING
        | TextureUsages::RENDER_ATTACHMENT
        | TextureUsages::COPY_SRC
        | TextureUsages::COPY_DST;
    // Painted as codes, read as light.
    image.texture_descriptor.view_formats = &[TextureFormat::Rgba8Unorm];
    image
}
