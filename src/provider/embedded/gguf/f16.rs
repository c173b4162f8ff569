//! Half floats, which stable Rust does not know yet.

/// Widens a half float (IEEE 754 binary16), exactly.
pub fn f32_of_f16(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    let magnitude = match exponent {
        // 2^-24 for each unit of a subnormal's fraction.
        #[expect(clippy::cast_precision_loss, reason = "ten bits fit")]
        0 => (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits(),
        0x1f => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_widen_exactly() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(
                f32_of_f16(bits).to_bits(),
                f32::to_bits(expected),
                "{bits:#x}"
            );
        }
        assert!(f32_of_f16(0x7e00).is_nan());
        assert!(f32_of_f16(0x8000).is_sign_negative());
    }
}
