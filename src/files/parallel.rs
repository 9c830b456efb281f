//! Processes batches of items on several threads, with results in order.

use std::collections::VecDeque;
use std::iter;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// The batch size for small files. Passing such a batch to a thread costs little compared to reading or writing it.
pub(crate) const FILES: usize = 32;

/// The maximum number of threads. More threads only wait for each other in the kernel.
const MOST_THREADS: usize = 4;

/// Calls `work` on batches of `batch` items on several threads, and passes the results to `take` in order.
///
/// The number of threads is the number of processors, but at most 4. `take` runs on the calling thread. The first error
/// of `take` stops the work. If the items fill less than one batch, `work` runs on the calling thread too, because a
/// thread costs more than it saves. Choose `batch` so large that passing a batch to a thread costs little compared to
/// its work.
///
/// Only a few batches are processed ahead of `take`, so that waiting results use little memory.
pub(crate) fn in_order<T: Send, R: Send, E>(
    batch: usize,
    mut items: impl Iterator<Item = T>,
    work: impl Fn(Vec<T>) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let mut next_batch = || {
        let batch: Vec<T> = items.by_ref().take(batch).collect();
        (!batch.is_empty()).then_some(batch)
    };
    let Some(first) = next_batch() else { return Ok(()) };
    if first.len() < batch {
        return take(work(first));
    }
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let (batches, waiting) = mpsc::channel::<(Vec<T>, mpsc::Sender<R>)>();
    let waiting = &Mutex::new(waiting);
    let next_to_do = || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
    thread::scope(|scope| {
        let work_off = || {
            while let Ok((batch, result)) = next_to_do() {
                // After an error, the receiver is dropped.
                let _ = result.send(work(batch));
            }
        };
        let started = (0..threads).filter(|_| thread::Builder::new().spawn_scoped(scope, work_off).is_ok()).count();
        if started == 0 {
            // A limit on processes or memory forbids another thread.
            take(work(first))?;
            return iter::from_fn(next_batch).try_for_each(|batch| take(work(batch)));
        }
        let batches = batches;
        let mut ahead = VecDeque::new();
        let mut next = Some(first);
        loop {
            while ahead.len() < 2 * threads
                && let Some(batch) = next.take().or_else(&mut next_batch)
            {
                let (result, taken) = mpsc::channel();
                if batches.send((batch, result)).is_err() {
                    break;
                }
                ahead.push_back(taken);
            }
            // A thread that panicked sends no result. The panic continues here when the scope ends.
            match ahead.pop_front().map(|taken| taken.recv()) {
                Some(Ok(result)) => take(result)?,
                _ => return Ok(()),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::in_order;

    #[test]
    fn results_are_in_order_for_any_number_of_items() {
        for count in [0, 1, 31, 32, 33, 64, 1000] {
            let mut all = Vec::new();
            let done: Result<(), ()> = in_order(
                32,
                0..count,
                |batch| batch.into_iter().map(|n| n * 2).collect::<Vec<_>>(),
                |batch| {
                    all.extend(batch);
                    Ok(())
                },
            );
            assert_eq!(done, Ok(()));
            assert_eq!(all, (0..count).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_stops_the_work_early() {
        let worked = AtomicUsize::new(0);
        let done = in_order(
            32,
            0..1_000_000,
            |batch| worked.fetch_add(batch.len(), Ordering::Relaxed),
            |before| if before < 320 { Ok(()) } else { Err("enough") },
        );
        assert_eq!(done, Err("enough"));
        assert!(worked.into_inner() < 2000);
    }
}
