//! The arithmetic under the networks: integer matrix products and row-wise float functions.
//!
//! Owns: the choice of instruction set at run time, and the only `unsafe` of the project (calling a
//! function compiled for an instruction set after asking the processor whether it has it).
//! In: slices. Out: slices. Every result is the same, bit for bit, on every instruction set and for
//! every number of rows in the batch: integer sums are exact, and float sums have a fixed order.
//! Never: models, tensors of a framework, files.

mod float;
mod gemm;
mod packed;
mod panel;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use float::{
    add, attend, attend_biased, gelu, gelu_erf, gelu_gate, layer_norm, log_sum_exp, relu,
    relu_of_sum, rms_norm, rotate_interleaved, rotate_pairs, silu, silu_gate, tanh,
};
pub(crate) use gemm::{QuantizedRows, matmul};
pub(crate) use packed::{BLOCK, BlockFormat, PackedMatrix};
pub(crate) use panel::{PanelMatrix, panel_matmul, panel_matmul_rows};

use std::sync::OnceLock;

/// Instruction sets that have kernels of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Isa {
    /// 512-bit vectors with 8-bit dot products.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// 256-bit vectors with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// What the compiler makes of plain code.
    Portable,
}

impl Isa {
    /// The widest set this processor has; asked once.
    pub(crate) fn best() -> Self {
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(Self::detect)
    }

    #[cfg(target_arch = "x86_64")]
    fn detect() -> Self {
        let avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("f16c");
        let vnni = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        match (avx2, vnni) {
            (true, true) => Self::Avx512Vnni,
            (true, false) => Self::Avx2,
            (false, _) => Self::Portable,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn detect() -> Self {
        Self::Portable
    }

    /// Its name, for reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => "avx512-vnni",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => "avx2-fma",
            Self::Portable => "portable",
        }
    }
}

/// Compiles one function body for each instruction set and calls the best at run time.
macro_rules! per_isa {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name($($arg: $ty),*) $(-> $ret)? {
            #[inline(always)]
            fn portable($($arg: $ty),*) $(-> $ret)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx2,fma,f16c")]
            fn avx512($($arg: $ty),*) $(-> $ret)? { portable($($arg),*) }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2($($arg: $ty),*) $(-> $ret)? { portable($($arg),*) }

            match $crate::infer::kernels::Isa::best() {
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "the processor was asked for these instructions")]
                // SAFETY: `Isa::best` names a set only after detecting each of its features.
                $crate::infer::kernels::Isa::Avx512Vnni => unsafe { avx512($($arg),*) },
                #[cfg(target_arch = "x86_64")]
                #[expect(unsafe_code, reason = "the processor was asked for these instructions")]
                // SAFETY: as above.
                $crate::infer::kernels::Isa::Avx2 => unsafe { avx2($($arg),*) },
                $crate::infer::kernels::Isa::Portable => portable($($arg),*),
            }
        }
    };
}
pub(crate) use per_isa;
