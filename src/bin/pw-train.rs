//! Makes the embedded model.
#![expect(clippy::print_stdout, reason = "its output is for the person who trains")]

use pw::train::corpus::{Corpus, Dice, HeldOut};

fn main() {
    let corpus = Corpus::new(HeldOut::default());
    let mut dice = Dice::new(1);
    for _ in 0..400 {
        let row = corpus.row(&mut dice);
        println!("{:?} {:?} => {:?}", row.kind, row.turns.iter().map(|(s, t)| format!("{s:?}:{t}")).collect::<Vec<_>>(), row.answer);
    }
}
