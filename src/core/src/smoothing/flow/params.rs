//! What the search for flow may spend.

/// Side of a search patch in samples, as in the paper.
pub(super) const PATCH_PX: usize = 8;

/// What [`super::dense_flow`] spends on a pair of planes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DisParams {
    /// The finest level of the pyramid that is searched; level n has 1/2^n of the plane's sides. The flow of that
    /// level is scaled up to the plane.
    pub finest_scale: usize,
    /// Distance of the search patches in samples of a level.
    pub stride_px: usize,
    /// Most steps of the descent for each patch, per round.
    pub descent_steps: usize,
    /// Rounds of the variational refinement of each level; 0 leaves it out.
    pub refinement_rounds: usize,
}

impl DisParams {
    /// Quarter size without refinement.
    pub const ULTRAFAST: Self = Self { finest_scale: 2, stride_px: 4, descent_steps: 4, refinement_rounds: 0 };
    /// Quarter size with refinement.
    pub const FAST: Self = Self { finest_scale: 2, stride_px: 4, descent_steps: 5, refinement_rounds: 5 };
    /// Half size, patches closer together.
    pub const MEDIUM: Self = Self { finest_scale: 1, stride_px: 3, descent_steps: 6, refinement_rounds: 5 };
}

impl Default for DisParams {
    fn default() -> Self {
        Self::FAST
    }
}
