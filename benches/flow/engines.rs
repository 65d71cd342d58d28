//! The engines that are measured. Another one is another line here.

use kinora_core::smoothing::{BlendInterpolator, DisInterpolator, DisParams, Interpolator, NearestInterpolator};

/// An engine by name, made for one thread or for all.
pub(crate) struct Engine {
    pub(crate) name: &'static str,
    pub(crate) make: fn(one_thread: bool) -> Box<dyn Interpolator>,
}

pub(crate) fn all() -> Vec<Engine> {
    vec![
        Engine { name: "repeat", make: |_| Box::new(NearestInterpolator) },
        Engine { name: "blend", make: |_| Box::new(BlendInterpolator) },
        Engine { name: "dis ultrafast", make: |one| dis(DisParams::ULTRAFAST, one) },
        Engine { name: "dis fast (the default)", make: |one| dis(DisParams::FAST, one) },
        Engine { name: "dis medium", make: |one| dis(DisParams::MEDIUM, one) },
    ]
}

fn dis(params: DisParams, one_thread: bool) -> Box<dyn Interpolator> {
    let engine = DisInterpolator::new(params);
    Box::new(if one_thread { engine.with_threads(1) } else { engine })
}
