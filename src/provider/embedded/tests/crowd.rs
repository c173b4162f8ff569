//! Many answers at once, and answers that nobody waits for.

use super::*;

#[tokio::test]
async fn two_hundred_at_once_get_the_answers_that_each_gets_alone() {
    let embedded = Arc::new(small());
    let prompts: Vec<String> = (0..200).map(|n| format!("今天 {n} sunny")).collect();
    let together = prompts.iter().map(|prompt| {
        let (embedded, prompt) = (Arc::clone(&embedded), prompt.clone());
        tokio::spawn(async move { ask(&embedded, &prompt, json!({})).await })
    });
    let together: Vec<_> = together.collect();
    for (prompt, answer) in prompts.iter().zip(together) {
        assert_eq!(
            answer.await.unwrap(),
            ask(&embedded, prompt, json!({})).await
        );
    }
}

#[tokio::test]
async fn no_more_are_written_at_once_than_there_are_places() {
    let embedded = served(&File::small(3), |endpoint| endpoint.concurrency = Some(2));
    let embedded = Arc::new(embedded.unwrap());
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let watch = Watch {
        on_text: Some({
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            Arc::new(move |_: &str| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(1));
                now.fetch_sub(1, Ordering::SeqCst);
            })
        }),
        ..Watch::none()
    };
    let calls = (0..8).map(|n| {
        let (embedded, watch) = (Arc::clone(&embedded), watch.clone());
        tokio::spawn(async move {
            let prepared = embedded
                .prepare(&request(&"今".repeat(n), json!({})))
                .unwrap();
            embedded.send(&prepared, &watch).await.unwrap()
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

/// A call whose writing thread waits after its first piece until the gate is dropped.
struct Held {
    gate: std::sync::mpsc::Sender<()>,
    pieces: Arc<AtomicUsize>,
    watch: Watch,
}

fn held() -> Held {
    let (gate, wait) = std::sync::mpsc::channel::<()>();
    let (wait, pieces) = (Mutex::new(wait), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&pieces);
    let on_text = move |_: &str| {
        counted.fetch_add(1, Ordering::SeqCst);
        wait.lock().unwrap().recv().ok();
    };
    Held {
        gate,
        pieces,
        watch: Watch {
            on_text: Some(Arc::new(on_text)),
            ..Watch::none()
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_waits_for_ends_at_its_next_token() {
    let embedded = Arc::new(served(&File::small(3), |e| e.concurrency = Some(1)).unwrap());
    let Held {
        gate,
        pieces,
        watch,
    } = held();
    let call = tokio::spawn({
        let embedded = Arc::clone(&embedded);
        async move {
            let prepared = embedded.prepare(&request("a", json!({}))).unwrap();
            embedded.send(&prepared, &watch).await.map(drop)
        }
    });
    while pieces.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    drop(gate);
    // The place comes back when the thread ends.
    let place = embedded.places.acquire().await.unwrap();
    assert_eq!(pieces.load(Ordering::SeqCst), 1);
    drop(place);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_takes_too_long_is_a_timeout() {
    let limit = Duration::from_millis(5);
    let embedded = served(&File::small(3), |e| e.timeout = limit).unwrap();
    let Held { gate, watch, .. } = held();
    let prepared = embedded.prepare(&request("a", json!({}))).unwrap();
    let fault = embedded
        .send(&prepared, &watch)
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!((fault.code.0, fault.money), (26, MoneyClass::Refused));
    assert!(
        fault.message.contains("no answer within 0.005 s"),
        "{}",
        fault.message
    );
    drop(gate);
}
