//! Hot loops compiled twice: for every machine of the architecture, and for those with wide vectors.

/// Defines a function whose body is compiled a second time for AVX2 and chosen at the call, where the machine has it.
///
/// Rust neither fuses nor reorders float operations, so both give the same bits.
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name($($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn plain($($arg: $ty),*) $(-> $ret)? $body
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn wide($($arg: $ty),*) $(-> $ret)? {
                plain($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2") {
                // SAFETY: the machine was just found to have AVX2.
                return unsafe { wide($($arg),*) };
            }
            plain($($arg),*)
        }
    };
}
pub(super) use vectorised;
