//! Logging from Rust without a crate: scalars, a histogram and a gallery of predictions.
//!   rustc log_with_rust.rs -l sumi_summary -l sumi_base && ./log_with_rust [directory]
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_double, c_int, c_void};
use std::{mem, ptr};

/// sumi_array_view_t: row-major numbers that stay their owner's.
#[repr(C)]
#[derive(Clone, Copy)]
struct View {
    dtype: c_int,
    rank: c_int,
    dims: [i64; 8],
    data: *const c_void,
}

/// The first options of sumi_writer_open; what is not here is not given.
#[repr(C)]
struct WriterOptions {
    struct_size: usize,
    intervals: *const c_char,
}

/// sumi_prediction_t up to `id`, and what follows it as zeros.
#[repr(C)]
struct Prediction {
    image: View,
    label: *const c_char,
    truth: *const c_char,
    score: c_double,
    has_score: bool,
    verdict: c_int,
    id: i64,
    marks: [usize; 10], // probabilities, boxes, masks, key points, bones: a pointer and a count each
}

#[repr(C)]
struct PredictionsOptions {
    struct_size: usize,
    class_names: *const c_void,
    columns: c_int,
    rest: c_int, // worst_first, and the padding that struct_size counts
}

extern "C" {
    fn sumi_writer_open_with(directory: *const c_char, options: *const WriterOptions) -> *mut c_void;
    fn sumi_writer_due(log: *mut c_void, tag: *const c_char, step: i64) -> bool;
    fn sumi_writer_scalar(log: *mut c_void, tag: *const c_char, step: i64, value: c_double) -> c_int;
    fn sumi_writer_histogram_with(
        log: *mut c_void, tag: *const c_char, step: i64, values: *const View, options: *const c_void,
    ) -> c_int;
    fn sumi_writer_predictions_with(
        log: *mut c_void, tag: *const c_char, step: i64, predictions: *const Prediction, count: i64,
        options: *const PredictionsOptions,
    ) -> c_int;
    fn sumi_writer_close(log: *mut c_void) -> c_int;
    fn sumi_error_message() -> *const c_char;
}

const FLOAT32: c_int = 1;

fn view(values: &[f32], dims: &[i64]) -> View {
    let mut all = [0; 8];
    all[..dims.len()].copy_from_slice(dims);
    View { dtype: FLOAT32, rank: dims.len() as c_int, dims: all, data: values.as_ptr().cast() }
}

/// A picture [16, 16, 3] of a disc in one colour.
fn disc(radius: f32, channel: usize) -> Vec<f32> {
    let inside = |x: usize, y: usize| (x as f32 - 8.0).hypot(y as f32 - 8.0) < radius;
    (0..16 * 16 * 3)
        .map(|at| if at % 3 == channel && inside(at / 3 % 16, at / 48) { 1.0 } else { 0.2 })
        .collect()
}

fn main() {
    let text = |s: &str| CString::new(s).unwrap();
    let directory = text(&std::env::args().nth(1).unwrap_or("runs/log_with_rust".into()));
    let rules = text("*=10; predictions=50; weights=50");
    let options = WriterOptions { struct_size: mem::size_of::<WriterOptions>(), intervals: rules.as_ptr() };
    let (loss, weights, gallery) = (text("loss"), text("weights"), text("predictions"));
    let names = [text("red"), text("green"), text("blue")];

    // The library borrows for the length of a call; nothing here is freed before its call returns.
    unsafe {
        let log = sumi_writer_open_with(directory.as_ptr(), &options);
        for step in 0..101 {
            sumi_writer_scalar(log, loss.as_ptr(), step, (-0.05 * step as f64).exp());
            if sumi_writer_due(log, weights.as_ptr(), step) {
                let values: Vec<f32> = (0..1000).map(|i| (i as f32 * 0.618).sin() / (1 + step) as f32).collect();
                sumi_writer_histogram_with(log, weights.as_ptr(), step, &view(&values, &[1000]), ptr::null());
            }
            if sumi_writer_due(log, gallery.as_ptr(), step) {
                let pictures: Vec<_> = (0..6).map(|i| disc(3.0 + i as f32, i % 3)).collect();
                let predictions: Vec<_> = (0..6)
                    .map(|i| Prediction {
                        image: view(&pictures[i], &[16, 16, 3]),
                        label: names[(i % 3).min(1)].as_ptr(),
                        truth: names[i % 3].as_ptr(),
                        score: 0.0,
                        has_score: false,
                        verdict: 0,
                        id: i as i64,
                        marks: [0; 10],
                    })
                    .collect();
                let options = PredictionsOptions {
                    struct_size: mem::size_of::<PredictionsOptions>(),
                    class_names: ptr::null(),
                    columns: 3,
                    rest: 0,
                };
                sumi_writer_predictions_with(log, gallery.as_ptr(), step, predictions.as_ptr(), 6, &options);
            }
        }
        if sumi_writer_close(log) != 0 {
            eprintln!("{}", CStr::from_ptr(sumi_error_message()).to_string_lossy());
            std::process::exit(1);
        }
    }
}
