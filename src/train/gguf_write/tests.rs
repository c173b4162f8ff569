use super::*;
use crate::provider::embedded::gguf::{Gguf, f32_of_f16};

#[test]
fn what_is_written_is_read() {
    let mut file = GgufWriter::default();
    file.text("general.architecture", "llama");
    file.count("llama.block_count", 3);
    let rows: Vec<f32> = (0..96_u8)
        .map(|number| (f32::from(number) - 40.0) / 7.0)
        .collect();
    file.tensor("norm", &[3], &[1.0, -2.5, 0.25]);
    file.tensor("matrix", &[3, 32], &rows);
    let file = file.finish();
    let gguf = Gguf::read(&file).expect("a file");
    assert_eq!(gguf.text("general.architecture").expect("a text"), "llama");
    assert_eq!(gguf.count("llama.block_count").expect("a number"), 3);
    let norm = gguf.tensor("norm").expect("a tensor");
    assert_eq!(
        (norm.shape(), norm.to_f32()),
        ([3].as_slice(), vec![1.0, -2.5, 0.25])
    );
    let matrix = gguf.tensor("matrix").expect("a tensor");
    assert_eq!(matrix.shape(), [32, 3]);
    // Half of a step of 127 between 0 and the greatest of a block, and the rounding of its scale.
    for (written, read) in rows.chunks(32).zip(matrix.to_f32().chunks(32)) {
        let most = written
            .iter()
            .fold(0.0_f32, |most, number| most.max(number.abs()));
        for (written, read) in written.iter().zip(read) {
            assert!(
                (written - read).abs() <= most * (0.5 / 127.0 + 0.001),
                "{written} was read as {read}"
            );
        }
    }
}

#[test]
fn every_half_float_that_is_no_sign_is_written_as_itself() {
    for bits in 0..=0x7C00_u16 {
        assert_eq!(half(f32_of_f16(bits)), bits);
    }
}

#[test]
fn between_two_half_floats_the_nearer_is_written() {
    for bits in [0, 1, 0x03FF, 0x0400, 0x3BFF, 0x3C00, 0x3C01, 0x7BFE] {
        let (below, above) = (f32_of_f16(bits), f32_of_f16(bits + 1));
        assert_eq!(half(below + (above - below) * 0.25), bits);
        assert_eq!(half(below + (above - below) * 0.75), bits + 1);
        assert_eq!(
            half(below + (above - below) * 0.5) % 2,
            0,
            "ties go to even"
        );
    }
}
