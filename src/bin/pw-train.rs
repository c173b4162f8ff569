//! Makes the embedded model: `train`, `eval`, `ask`, `sample`.
#![expect(
    clippy::print_stdout,
    reason = "its output is for the person who trains"
)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use pw::provider::embedded::Weights;
use pw::provider::embedded::tokenizer::{Speaker, Tokenizer};
use pw::train::Shape;
use pw::train::corpus::{Corpus, Dice, HeldOut};
use pw::train::evaluate::{Marks, answer};
use pw::train::run::{Run, Settings};
use pw::train::vocabulary;

/// Make the embedded model
#[derive(Parser)]
struct Arguments {
    /// Folder of the suites that are held out
    #[arg(long, default_value = "evals")]
    held_out: PathBuf,
    /// Seed of the rows, the vocabulary and the weights
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train, or carry on from the checkpoint
    Train {
        #[arg(long)]
        out: PathBuf,
        #[arg(long)]
        checkpoint: PathBuf,
        /// Steps in all: the rate falls towards the last
        #[arg(long, default_value_t = 5200)]
        steps: usize,
        /// Stop before the last
        #[arg(long)]
        stop: Option<usize>,
        #[arg(long, default_value_t = 1000)]
        batch: usize,
        #[arg(long, default_value_t = 2e-3)]
        rate: f32,
        /// Weights to begin with, and their tokens, which also a checkpoint keeps when the rows change; else both are new
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// Ask a file for rows it has not seen and print right and asked by kind
    Eval {
        file: PathBuf,
        #[arg(long, default_value_t = 600)]
        rows: usize,
        /// Print so many wrong answers
        #[arg(long, default_value_t = 0)]
        wrong: usize,
    },
    /// Ask a file one thing
    Ask {
        file: PathBuf,
        prompt: String,
        #[arg(long)]
        system: Option<String>,
    },
    /// Print rows
    Sample {
        #[arg(long, default_value_t = 40)]
        rows: usize,
    },
}

/// Tokens of the vocabulary.
const VOCABULARY: usize = 2048;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let corpus = Corpus::new(held_out(&arguments.held_out)?);
    match arguments.command {
        Command::Train {
            out,
            checkpoint,
            steps,
            stop,
            batch,
            rate,
            from,
        } => {
            let vocabulary = match &from {
                Some(file) => Weights::read(file)?.tokenizer().vocabulary().clone(),
                None => vocabulary::learn(&corpus, arguments.seed, VOCABULARY),
            };
            println!("{} tokens", vocabulary.tokens.len());
            let tokenizer = Tokenizer::new(vocabulary)?;
            let shape = Shape {
                vocabulary: tokenizer.size(),
                width: 192,
                layers: 4,
                heads: 6,
                hidden: 512,
                context: 512,
            };
            let seed = arguments.seed;
            let settings = Settings {
                shape,
                seed,
                from,
                steps,
                stop,
                batch,
                rate,
                out,
                checkpoint,
                every: 100,
            };
            Run::new(settings, &corpus, &tokenizer)?.train(|line| println!("{line}"))?;
        }
        Command::Eval { file, rows, wrong } => eval(&corpus, &file, rows, wrong, arguments.seed)?,
        Command::Ask {
            file,
            prompt,
            system,
        } => {
            let system = system.map(|system| (Speaker::System, system));
            let turns: Vec<_> = system
                .into_iter()
                .chain([(Speaker::User, prompt)])
                .collect();
            println!("{}", answer(&Weights::read(&file)?, &turns)?);
        }
        Command::Sample { rows } => {
            let mut dice = Dice::new(arguments.seed);
            for _ in 0..rows {
                let row = corpus.row(&mut dice);
                println!("{:?} {:?} => {:?}", row.kind, row.turns, row.answer);
            }
        }
    }
    Ok(())
}

fn held_out(folder: &Path) -> Result<HeldOut, Box<dyn Error>> {
    let mut held_out = HeldOut::default();
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "csv"));
    paths.sort();
    for path in paths {
        held_out.add(&fs::read_to_string(path)?)?;
    }
    let (texts, facts) = held_out.count();
    println!("{texts} texts and {facts} facts are held out");
    Ok(held_out)
}

/// Rows of evaluation come from seeds far from those of training.
const EVALUATION: u64 = 1 << 40;

fn eval(
    corpus: &Corpus,
    file: &Path,
    rows: usize,
    wrong: usize,
    seed: u64,
) -> Result<(), Box<dyn Error>> {
    let weights = Weights::read(file)?;
    let mut marks = Marks::default();
    let mut dice = Dice::new(seed + EVALUATION);
    for _ in 0..rows {
        marks.ask(&weights, corpus.row(&mut dice))?;
    }
    let mut all = (0, 0);
    for (kind, (right, asked)) in &marks.by_kind {
        println!("{kind:?}\t{right}\t{asked}");
        all = (all.0 + right, all.1 + asked);
    }
    println!("all\t{}\t{}", all.0, all.1);
    for (row, said) in marks.wrong.iter().take(wrong) {
        println!(
            "{:?} {:?}\n   => {:?}\n   != {said:?}",
            row.kind, row.turns, row.answer
        );
    }
    Ok(())
}
