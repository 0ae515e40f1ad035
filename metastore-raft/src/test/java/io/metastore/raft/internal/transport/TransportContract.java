package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.SHORT;
import static io.metastore.raft.internal.transport.Calls.assertFailed;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.failureOf;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every transport promises. */
@Timeout(60)
abstract class TransportContract {
    private TestMembers members;
    private String a;
    private String b;
    private Transport atA;
    private Transport atB;

    abstract TestMembers members();

    @BeforeEach
    void open() throws IOException {
        members = members();
        a = members.newAddress();
        b = members.newAddress();
        atA = members.open(a);
        atB = members.open(b);
    }

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void carriesEveryMethodBothWays() throws Exception {
        Transport.Handler handler =
                (method, request) -> CompletableFuture.completedFuture(bytes(method + " " + Calls.text(request)));
        atA.listen(handler);
        atB.listen(handler);
        for (Method method : Method.values()) {
            assertThat(get(atA.call(b, method, bytes("to b"), LONG))).isEqualTo(method + " to b");
            assertThat(get(atB.call(a, method, bytes("to a"), LONG))).isEqualTo(method + " to a");
        }
    }

    @Test
    void reachesItselfUnderItsOwnAddress() throws Exception {
        atA.listen(Calls::echo);
        assertThat(get(atA.call(a, Method.DESCRIBE, bytes("me"), LONG))).isEqualTo("me");
    }

    @Test
    void carriesEmptyBytes() throws Exception {
        atB.listen(Calls::echo);
        assertThat(get(atA.call(b, Method.FORWARD, new byte[0], LONG))).isEmpty();
    }

    @Test
    void callsWithoutListening() throws Exception {
        atB.listen(Calls::echo);
        assertThat(get(atA.call(b, Method.DESCRIBE, bytes("hello"), LONG))).isEqualTo("hello");
    }

    @Test
    void carriesLargePayloadsBothWays() throws Exception {
        atB.listen(Calls::echo);
        byte[] large = new byte[20 << 20];
        new Random(1).nextBytes(large);
        CompletableFuture<byte[]> first = atA.call(b, Method.FORWARD, large, LONG);
        CompletableFuture<byte[]> second = atA.call(b, Method.RAFT_APPEND, large, LONG);
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(large);
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(large);
    }

    @Test
    void givesEachOfManyConcurrentCallersItsOwnReply() throws Exception {
        atB.listen((method, request) -> CompletableFuture.supplyAsync(() -> request));
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> callers = new ArrayList<>();
        AtomicInteger answered = new AtomicInteger();
        List<Method> methods = List.of(Method.values());
        for (int c = 0; c < 8; c++) {
            int caller = c;
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < 300; i++) {
                        Method method = methods.get(i % methods.size());
                        assertThat(get(atA.call(b, method, bytes(caller + ":" + i), LONG)))
                                .isEqualTo(caller + ":" + i);
                        answered.incrementAndGet();
                    }
                } catch (Exception | AssertionError e) {
                    failures.add(e);
                }
            });
            thread.start();
            callers.add(thread);
        }
        for (Thread thread : callers) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(answered).hasValue(2400);
    }

    @Test
    void answersManyPipelinedCalls() throws Exception {
        atB.listen(Calls::echo);
        List<CompletableFuture<byte[]>> replies = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            replies.add(atA.call(b, Method.RAFT_APPEND, bytes("n" + i), LONG));
        }
        for (int i = 0; i < replies.size(); i++) {
            assertThat(get(replies.get(i))).isEqualTo("n" + i);
        }
    }

    @Test
    void aFastCallOvertakesASlowOne() throws Exception {
        CompletableFuture<byte[]> slow = new CompletableFuture<>();
        atB.listen((method, request) ->
                method == Method.FORWARD ? slow : CompletableFuture.completedFuture(bytes("fast")));
        CompletableFuture<byte[]> forward = atA.call(b, Method.FORWARD, bytes("x"), LONG);
        assertThat(get(atA.call(b, Method.DESCRIBE, bytes("y"), LONG))).isEqualTo("fast");
        assertThat(forward).isNotDone();
        slow.complete(bytes("slow"));
        assertThat(get(forward)).isEqualTo("slow");
    }

    @Test
    void aThrowingHandlerFailsTheCallAsPossiblyHandled() throws Exception {
        atB.listen((method, request) -> {
            throw new IllegalStateException("no such table");
        });
        Throwable failure = failureOf(atA.call(b, Method.FORWARD, bytes("x"), LONG));
        assertThat(failure).hasMessageContaining("no such table").hasMessageContaining(b);
        assertFailed(atA.call(b, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.FAILED);
        assertFailed(atA.call(b, Method.RAFT_VOTE, bytes("x"), LONG), TransportException.Kind.FAILED);
    }

    @Test
    void aFailedHandlerFutureFailsTheCallAsPossiblyHandled() throws Exception {
        atB.listen((method, request) -> CompletableFuture.supplyAsync(() -> {
            throw new IllegalArgumentException("bad batch");
        }));
        Throwable failure = failureOf(atA.call(b, Method.FORWARD, bytes("x"), LONG));
        assertThat(failure).hasMessageContaining("bad batch");
        assertFailed(atA.call(b, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.FAILED);
    }

    @Test
    void aRefusalStaysARefusal() throws Exception {
        atB.listen((method, request) ->
                CompletableFuture.failedFuture(new TransportException(TransportException.Kind.REFUSED, "old epoch")));
        assertFailed(atA.call(b, Method.HELLO, bytes("x"), LONG), TransportException.Kind.REFUSED);
        assertThat(failureOf(atA.call(b, Method.HELLO, bytes("x"), LONG))).hasMessageContaining("old epoch");
    }

    @Test
    void unreachableOfAHandlerIsNotUnreachableOfTheCall() throws Exception {
        atB.listen((method, request) -> CompletableFuture.failedFuture(
                new TransportException(TransportException.Kind.UNREACHABLE, "my own peer")));
        assertFailed(atA.call(b, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.FAILED);
    }

    @Test
    void anAddressWhereNobodyListensIsUnreachableLongBeforeTheTimeout() throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            assertFailed(atA.call(b, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.UNREACHABLE);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aCallWithoutReplyTimesOutAndTheNextOneWorks() throws Exception {
        List<CompletableFuture<byte[]>> never = new ArrayList<>();
        atB.listen((method, request) -> {
            if (method == Method.FORWARD) {
                CompletableFuture<byte[]> pending = new CompletableFuture<>();
                never.add(pending);
                return pending;
            }
            return Calls.echo(method, request);
        });
        long start = System.nanoTime();
        Throwable failure = failureOf(atA.call(b, Method.FORWARD, bytes("x"), SHORT));
        assertThat(failure).isInstanceOf(TimeoutException.class).hasMessageContaining("timeoutMillis=300");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT.minusMillis(1), Duration.ofSeconds(5));
        never.forEach(pending -> pending.complete(bytes("too late")));
        assertThat(get(atA.call(b, Method.DESCRIBE, bytes("next"), LONG))).isEqualTo("next");
    }

    @Test
    void aShortTimeoutIsKeptBesideALongOne() throws Exception {
        atB.listen((method, request) -> new CompletableFuture<>());
        CompletableFuture<byte[]> patient = atA.call(b, Method.FORWARD, bytes("x"), LONG);
        assertThat(failureOf(atA.call(b, Method.FORWARD, bytes("x"), SHORT))).isInstanceOf(TimeoutException.class);
        assertThat(patient).isNotDone();
    }

    @Test
    void closingTheCallerFailsPendingCallsAndLaterOnes() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        atB.listen((method, request) -> {
            handled.incrementAndGet();
            return new CompletableFuture<>();
        });
        CompletableFuture<byte[]> pending = atA.call(b, Method.FORWARD, bytes("x"), LONG);
        await().until(() -> handled.get() == 1);
        atA.close();
        assertFailed(pending, TransportException.Kind.FAILED);
        assertFailed(atA.call(b, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.UNREACHABLE);
    }

    @Test
    void closingTheOtherMemberFailsPendingCallsAndLaterOnes() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        atB.listen((method, request) -> {
            handled.incrementAndGet();
            return new CompletableFuture<>();
        });
        CompletableFuture<byte[]> pending = atA.call(b, Method.FORWARD, bytes("x"), LONG);
        await().until(() -> handled.get() == 1);
        atB.close();
        assertFailed(pending, TransportException.Kind.FAILED);
        assertFailed(atA.call(b, Method.FORWARD, bytes("x"), LONG), TransportException.Kind.UNREACHABLE);
        assertThat(handled).hasValue(1);
    }

    @Tag("alone")
    @Test
    void closesTwiceWithinASecond() throws Exception {
        atB.listen((method, request) -> new CompletableFuture<>());
        atA.listen(Calls::echo);
        CompletableFuture<byte[]> pending = atA.call(b, Method.FORWARD, bytes("x"), LONG);
        long start = System.nanoTime();
        atB.close();
        atB.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
        assertThat(failureOf(pending)).isInstanceOf(TransportException.class);
    }

    @Test
    void listensOnce() throws Exception {
        atA.listen(Calls::echo);
        assertThatThrownBy(() -> atA.listen(Calls::echo))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(a);
        assertThat(get(atB.call(a, Method.DESCRIBE, bytes("still there"), LONG)))
                .isEqualTo("still there");
    }

    @Test
    void doesNotListenAfterClose() {
        atA.close();
        assertThatThrownBy(() -> atA.listen(Calls::echo)).isInstanceOf(IOException.class);
    }

    @Test
    void aTakenAddressIsAnErrorThatNamesItAndDisturbsNobody() throws Exception {
        atA.listen(Calls::echo);
        Transport second = members.open(a);
        assertThatThrownBy(() -> second.listen(Calls::echo))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(a)
                .hasMessageContaining("in use");
        second.close();
        assertThat(get(atB.call(a, Method.DESCRIBE, bytes("still there"), LONG)))
                .isEqualTo("still there");
    }

    @Test
    void aRestartedMemberIsReachedAgainPromptly() throws Exception {
        atB.listen(Calls::echo);
        for (int restart = 0; restart < 3; restart++) {
            assertThat(get(atA.call(b, Method.RAFT_APPEND, bytes("up"), LONG))).isEqualTo("up");
            atB.close();
            await().atMost(Duration.ofSeconds(2))
                    .until(() -> unreachable(atA.call(b, Method.RAFT_APPEND, bytes("down"), LONG)));
            atB = members.open(b);
            atB.listen(Calls::echo);
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofMillis(1500))
                    .until(() -> !unreachable(atA.call(b, Method.RAFT_APPEND, bytes("up again"), LONG)));
        }
    }

    private static boolean unreachable(CompletableFuture<byte[]> reply) {
        try {
            get(reply);
            return false;
        } catch (Exception e) {
            return Handling.unwrap(e) instanceof TransportException failure
                    && failure.kind() == TransportException.Kind.UNREACHABLE;
        }
    }
}
