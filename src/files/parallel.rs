//! Work on many things that several threads share, with results in order.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// So many small files are read or written at a time. Handing them over costs nothing beside that.
pub(crate) const FILES: usize = 32;

/// More threads than this wait for each other within the kernel.
const MOST_THREADS: usize = 4;

/// Does `work` on `batch` things at a time, on as many threads as there are processors, and gives what comes of them to
/// `take`, in their order and on this thread. The first error of `take` ends it all. A few things are worked on right here:
/// they are not worth a thread. A batch is large enough where handing it over costs nothing beside the work on it.
///
/// Only a few batches are ahead of the one that is taken, so that what waits takes little memory.
pub(crate) fn in_order<T: Send, R: Send, E>(
    batch: usize,
    mut things: impl Iterator<Item = T>,
    work: impl Fn(Vec<T>) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let mut next_batch = || {
        let batch: Vec<T> = things.by_ref().take(batch).collect();
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
        for _ in 0..threads {
            scope.spawn(|| {
                while let Ok((batch, result)) = next_to_do() {
                    // After an error nobody takes it.
                    let _ = result.send(work(batch));
                }
            });
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
            // A thread that panicked has no result, and makes this one panic as the scope ends.
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
    fn results_come_in_order_whatever_their_number() {
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
    fn an_error_ends_it_and_little_is_done_in_vain() {
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
