//! The engines that are measured. Another one is another line here.

use kinora_core::smoothing::{
    BlendInterpolator, DisInterpolator, DisParams, Interpolator, MinterpolateInterpolator, NearestInterpolator,
};

/// An engine by name, made for one thread or for all.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) make: fn(one_thread: bool) -> Box<dyn Interpolator>,
    /// The most frames of a clip that it makes, spread over the clip; and then it is not timed on all threads.
    pub(crate) most: Option<usize>,
}

/// A slow engine shows what it can do on a few frames.
const FEW: usize = 10;

pub(crate) fn all() -> Vec<Engine> {
    vec![
        Engine { name: "repeat", make: |_| Box::new(NearestInterpolator), most: None },
        Engine { name: "blend", make: |_| Box::new(BlendInterpolator), most: None },
        Engine { name: "minterpolate", make: |_| Box::new(MinterpolateInterpolator), most: Some(FEW) },
        Engine { name: "dis ultrafast", make: |one| dis(DisParams::ULTRAFAST, one), most: None },
        Engine { name: "dis fast (the default)", make: |one| dis(DisParams::FAST, one), most: None },
        Engine { name: "dis medium", make: |one| dis(DisParams::MEDIUM, one), most: None },
    ]
}

fn dis(params: DisParams, one_thread: bool) -> Box<dyn Interpolator> {
    let engine = DisInterpolator::new(params);
    Box::new(if one_thread { engine.with_threads(1) } else { engine })
}
