//! Dense flow: the pyramid from coarse to fine.

use super::{
    densify::densify,
    field::FlowField,
    image::Image,
    params::{DisParams, PATCH_PX},
    refine::refine,
    search::search,
};
use crate::planes::Plane;
use std::borrow::Cow;

/// The flow of `a` in `b`: for each sample of `a`, how far away its like lies in `b`, by dense inverse search (Kroeger
/// et al. 2016).
///
/// The planes have one size; a flow of nothing comes back where they do not, or where they are empty.
#[must_use]
pub fn dense_flow(a: &Plane, b: &Plane, params: &DisParams) -> FlowField {
    if a.codes.is_empty() || (a.width_px, a.height_px) != (b.width_px, b.height_px) {
        return FlowField::still(a.width_px, a.height_px);
    }
    let (a_levels, b_levels) =
        (Pyramid::new(&Image::from_plane(a), params), Pyramid::new(&Image::from_plane(b), params));
    let field = pyramid_flow(&a_levels, &b_levels, params);
    field.scaled_to(a.width_px, a.height_px, (1 << a_levels.finest_scale) as f32)
}

/// A picture at the sizes that are searched.
pub(super) struct Pyramid {
    /// The level that comes first: its sides are 1/2^n of the picture's.
    pub(super) finest_scale: usize,
    /// From fine to coarse.
    levels: Vec<Image>,
}

impl Pyramid {
    /// The levels of a picture that has samples. A picture too small for the finest level that is asked for starts
    /// with a finer one.
    pub(super) fn new(picture: &Image, params: &DisParams) -> Self {
        let short_px = picture.width_px.min(picture.height_px);
        let finest_scale = (0..=params.finest_scale).rev().find(|scale| short_px >> scale >= 4 * PATCH_PX).unwrap_or(0);
        let finest = (0..finest_scale).fold(Cow::Borrowed(picture), |image, _| Cow::Owned(image.halved()));
        let mut levels = vec![finest.into_owned()];
        while let Some(last) = levels.last()
            && last.width_px.min(last.height_px) >= 2 * PATCH_PX
            && last.width_px.max(last.height_px) >= 6 * PATCH_PX
        {
            levels.push(last.halved());
        }
        Self { finest_scale, levels }
    }
}

/// The flow between two pictures of one size, at their finest level and in its samples.
pub(super) fn pyramid_flow(a: &Pyramid, b: &Pyramid, params: &DisParams) -> FlowField {
    let mut above = None;
    for (a, b) in a.levels.iter().zip(&b.levels).rev() {
        let patches = search(a, b, above.as_ref(), params);
        let mut field = densify(a, b, &patches);
        refine(a, b, &mut field, params.refinement_rounds);
        above = Some(field);
    }
    above.unwrap_or_else(|| FlowField::still(0, 0))
}
