//! Fits the weights of alignment to documents whose beads are known, and prints them.
//!
//! `cargo run --release --example fit_alignment -- [--bridge] FOLDER...` with folders of NAME.ar.txt, NAME.en.txt and
//! NAME.gold. With `--bridge` the Arabic sides are translated first, and only the weights of a bridge's features are fitted: all
//! others stay as they are without one, since a weak translator is no reason to trust the texts themselves less.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a recipe, run by hand"
)]

use std::path::PathBuf;

#[path = "support/known.rs"]
mod known;

fn main() {
    let (options, folders): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let bridge = options.iter().any(|option| option == "--bridge");
    let folders = folders.iter().map(PathBuf::from);
    let examples: Vec<_> = folders.flat_map(|folder| known::examples(&folder, bridge)).collect();
    println!("{} documents", examples.len());
    let start = isnad::align::Options::default();
    let mut weights = start.weights;
    let fitted = |place: usize| {
        !bridge || isnad::align::NAMES.get(place).is_some_and(|name| name.starts_with("bridge"))
    };
    let (mut means, mut squares) = (vec![0.0; known::WEIGHTS], vec![0.0; known::WEIGHTS]);
    for step in 1..=60i32 {
        let (nats, slope) = known::gradient(&examples, &weights);
        for (place, slope) in slope.iter().enumerate().filter(|(place, _)| fitted(*place)) {
            let weight = known::weight(&mut weights, place);
            // A small pull to 0 keeps weights of rare features in bounds. Steps as in Adam (Kingma & Ba 2015).
            let slope = slope - 2e-5 * f64::from(*weight);
            means[place] = 0.9 * means[place] + 0.1 * slope;
            squares[place] = 0.99 * squares[place] + 0.01 * slope * slope;
            let mean = means[place] / (1.0 - 0.9f64.powi(step));
            let size = (squares[place] / (1.0 - 0.99f64.powi(step))).sqrt() + 1e-10;
            let rate = if step < 45 { 0.3 } else { 0.05 };
            *weight += known::narrow(rate * mean / size);
        }
        if step % 10 == 0 {
            println!("step {step}: {nats:.4} nats a bead\n{weights:?}");
        }
    }
    println!("{weights:#?}");
}
