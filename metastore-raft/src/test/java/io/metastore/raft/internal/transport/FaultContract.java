package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.SHORT;
import static io.metastore.raft.internal.transport.Calls.assertFailed;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.failureOf;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.transport.LinkFaults.Cut;
import io.metastore.raft.internal.transport.LinkFaults.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every fault does, and that it is counted when it did it. */
@Timeout(60)
abstract class FaultContract {
    private final LinkFaults faults = new LinkFaults(42);
    private final AtomicInteger handledByB = new AtomicInteger();

    private TestMembers members;
    private String a;
    private String b;
    private String c;
    private Transport atA;
    private Transport atB;
    private Transport atC;

    abstract TestMembers members();

    @BeforeEach
    void open() throws IOException {
        members = members();
        a = members.newAddress();
        b = members.newAddress();
        c = members.newAddress();
        atA = new FaultyTransport(members.open(a), a, faults);
        atB = new FaultyTransport(members.open(b), b, faults);
        atC = new FaultyTransport(members.open(c), c, faults);
        atA.listen(Calls::echo);
        atB.listen((method, request) -> {
            handledByB.incrementAndGet();
            return Calls.echo(method, request);
        });
        atC.listen(Calls::echo);
    }

    @AfterEach
    void close() {
        atA.close();
        atB.close();
        atC.close();
        members.close();
    }

    @Test
    void passesEverythingWhileNoFaultIsSet() throws Exception {
        assertThat(get(call(atA, b))).isEqualTo("x");
        for (Fault fault : Fault.values()) {
            assertThat(faults.fired(fault)).isZero();
        }
    }

    @Test
    void aBlackholeSwallowsRequestsUntilHealed() throws Exception {
        faults.cut(a, b, Cut.BLACKHOLE);
        assertThat(failureOf(call(atA, b, SHORT))).isInstanceOf(TimeoutException.class);
        assertThat(handledByB).hasValue(0);
        assertThat(faults.fired(a, b, Fault.REQUEST_CUT)).isEqualTo(1);
        faults.heal(a, b);
        assertThat(get(call(atA, b))).isEqualTo("x");
        assertThat(faults.fired(Fault.REQUEST_CUT)).isEqualTo(1);
    }

    @Test
    void aRefusedCutIsUnreachableAtOnce() {
        faults.cut(a, b, Cut.REFUSED);
        assertFailed(call(atA, b), TransportException.Kind.UNREACHABLE);
        assertThat(handledByB).hasValue(0);
        assertThat(faults.fired(a, b, Fault.REQUEST_CUT)).isEqualTo(1);
    }

    @Test
    void aOneWayCutLosesTheRepliesOfHandledCallsAndTheRequestsOfTheOther() throws Exception {
        faults.cut(b, a, Cut.BLACKHOLE);
        assertThat(failureOf(call(atA, b, SHORT))).isInstanceOf(TimeoutException.class);
        assertThat(handledByB).hasValue(1);
        assertThat(faults.fired(b, a, Fault.REPLY_CUT)).isEqualTo(1);
        assertThat(failureOf(call(atB, a, SHORT))).isInstanceOf(TimeoutException.class);
        assertThat(faults.fired(b, a, Fault.REQUEST_CUT)).isEqualTo(1);
        assertThat(get(call(atA, c))).isEqualTo("x");
    }

    @Test
    void aCutOfRepliesOnlyLetsTheRequestsOfThatSideThrough() throws Exception {
        faults.cutReplies(b, a, Cut.REFUSED);
        assertFailed(call(atA, b), TransportException.Kind.FAILED);
        assertThat(handledByB).hasValue(1);
        assertThat(faults.fired(b, a, Fault.REPLY_CUT)).isEqualTo(1);
        assertThat(get(call(atB, a))).isEqualTo("x");
        assertThat(faults.fired(Fault.REQUEST_CUT)).isZero();
    }

    @Test
    void aCutStrikesTheReplyOfACallAlreadyUnderWay() throws Exception {
        String d = members.newAddress();
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        AtomicInteger handled = new AtomicInteger();
        members.open(d).listen((method, request) -> {
            handled.incrementAndGet();
            return reply;
        });
        CompletableFuture<byte[]> call = call(atA, d, Duration.ofSeconds(1));
        await().until(() -> handled.get() == 1);
        faults.cut(d, a, Cut.BLACKHOLE);
        reply.complete(bytes("lost"));
        assertThat(failureOf(call)).isInstanceOf(TimeoutException.class);
        assertThat(faults.fired(d, a, Fault.REPLY_CUT)).isEqualTo(1);
    }

    @Test
    void anIsolatedMemberReachesNobodyAndIsReachedByNobody() throws Exception {
        faults.isolate(b, Cut.REFUSED);
        assertFailed(call(atA, b), TransportException.Kind.UNREACHABLE);
        assertFailed(call(atB, a), TransportException.Kind.UNREACHABLE);
        assertFailed(call(atB, c), TransportException.Kind.UNREACHABLE);
        assertThat(get(call(atA, c))).isEqualTo("x");
        assertThat(faults.fired(a, b, Fault.REQUEST_CUT)).isEqualTo(1);
        assertThat(faults.fired(b, c, Fault.REQUEST_CUT)).isEqualTo(1);
        faults.rejoin(b);
        assertThat(get(call(atB, a))).isEqualTo("x");
    }

    @Test
    void aPartitionSeparatesTheSidesUntilAllIsHealed() throws Exception {
        faults.partition(List.of(a), List.of(b, c), Cut.REFUSED);
        assertFailed(call(atA, b), TransportException.Kind.UNREACHABLE);
        assertFailed(call(atC, a), TransportException.Kind.UNREACHABLE);
        assertThat(get(call(atB, c))).isEqualTo("x");
        faults.healAll();
        assertThat(get(call(atA, b))).isEqualTo("x");
        assertThat(get(call(atC, a))).isEqualTo("x");
        assertThat(faults.fired(Fault.REQUEST_CUT)).isEqualTo(2);
    }

    @Test
    void aDelayOnEachDirectionAddsUp() throws Exception {
        faults.delay(a, b, Duration.ofMillis(100));
        faults.delay(b, a, Duration.ofMillis(80));
        long start = System.nanoTime();
        assertThat(get(call(atA, b))).isEqualTo("x");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(180));
        assertThat(faults.fired(a, b, Fault.REQUEST_DELAYED)).isEqualTo(1);
        assertThat(faults.fired(b, a, Fault.REPLY_DELAYED)).isEqualTo(1);
    }

    @Tag("alone")
    @Test
    void aDelayBeyondTheTimeoutTimesOutAndTheRequestIsHandledLate() {
        faults.delay(a, b, Duration.ofMillis(900));
        long start = System.nanoTime();
        assertThat(failureOf(call(atA, b, SHORT))).isInstanceOf(TimeoutException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(850));
        assertThat(faults.fired(a, b, Fault.REQUEST_DELAYED)).isEqualTo(1);
        await().until(() -> handledByB.get() == 1);
    }

    @Test
    void aRequestInTheAirWhenTheLinkIsCutIsLost() {
        faults.delay(a, b, Duration.ofMillis(200));
        CompletableFuture<byte[]> call = call(atA, b, Duration.ofMillis(600));
        faults.cut(a, b, Cut.BLACKHOLE);
        assertThat(failureOf(call)).isInstanceOf(TimeoutException.class);
        assertThat(handledByB).hasValue(0);
        assertThat(faults.fired(a, b, Fault.REQUEST_CUT)).isEqualTo(1);
    }

    @Test
    void randomDelaysStayWithinTheirRange() throws Exception {
        faults.delay(a, b, Duration.ofMillis(5), Duration.ofMillis(40));
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(call(atA, b));
        }
        for (CompletableFuture<byte[]> call : calls) {
            assertThat(get(call)).isEqualTo("x");
        }
        assertThat(faults.fired(a, b, Fault.REQUEST_DELAYED)).isEqualTo(50);
    }

    @Test
    void dropsTheShareItWasToldToAndTheSameOneInEachRun() {
        faults.drop(a, b, 0.3);
        List<CompletableFuture<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(call(atA, b, Duration.ofSeconds(1)));
        }
        List<Integer> lost = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            if (calls.get(i).handle((reply, failure) -> failure != null).join()) {
                lost.add(i);
            }
        }
        assertThat(lost).hasSizeBetween(40, 80);
        assertThat(faults.fired(a, b, Fault.REQUEST_DROPPED)).isEqualTo(lost.size());
        assertThat(handledByB).hasValue(200 - lost.size());
        LinkFaults again = new LinkFaults(faults.seed());
        again.drop(a, b, 0.3);
        List<Integer> lostAgain = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            if (again.judge(a, b, LinkVerdict.Leg.REQUEST).fate() == LinkVerdict.Fate.LOST) {
                lostAgain.add(i);
            }
        }
        assertThat(lostAgain).isEqualTo(lost);
    }

    @Test
    void dropsRepliesOfTheOtherDirection() {
        faults.drop(b, a, 1);
        assertThat(failureOf(call(atA, b, SHORT))).isInstanceOf(TimeoutException.class);
        assertThat(handledByB).hasValue(1);
        assertThat(faults.fired(b, a, Fault.REPLY_DROPPED)).isEqualTo(1);
    }

    @Test
    void aDuplicateIsHandledTwiceAndAnsweredOnce() throws Exception {
        faults.duplicate(a, b, 1);
        assertThat(get(call(atA, b))).isEqualTo("x");
        await().until(() -> handledByB.get() == 2);
        assertThat(faults.fired(a, b, Fault.DUPLICATED)).isEqualTo(1);
    }

    @Test
    void closingEndsCallsThatAFaultHolds() {
        faults.cut(a, b, Cut.BLACKHOLE);
        CompletableFuture<byte[]> held = call(atA, b, LONG);
        faults.delay(a, c, Duration.ofSeconds(10));
        CompletableFuture<byte[]> delayed = call(atA, c, LONG);
        atA.close();
        assertFailed(held, TransportException.Kind.FAILED);
        assertFailed(delayed, TransportException.Kind.FAILED);
    }

    @Test
    void scriptsFromOtherThreadsDisturbNoCall() throws Exception {
        Thread script = new Thread(() -> {
            for (int i = 0; i < 300; i++) {
                faults.delay(a, b, Duration.ZERO, Duration.ofMillis(2));
                faults.duplicate(a, b, 0.5);
                faults.cut(c, a, Cut.BLACKHOLE);
                faults.healAll();
            }
        });
        script.start();
        while (script.isAlive()) {
            assertThat(get(call(atA, b))).isEqualTo("x");
        }
        script.join();
    }

    private static CompletableFuture<byte[]> call(Transport from, String to) {
        return call(from, to, LONG);
    }

    private static CompletableFuture<byte[]> call(Transport from, String to, Duration timeout) {
        return from.call(to, Method.FORWARD, bytes("x"), timeout);
    }
}
