package io.metastore.examples;

import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.examples.SteadyWriter.Acknowledged;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Kills the leader while the two other members take writes.
 *
 * @param killed the former leader
 * @param successor who leads now
 * @param failed writes whose calls said that they were not made
 * @param writesPerSecond acknowledged by both members together before the kill, each writing one record after the other
 * @param untilAcknowledged from the kill to the first acknowledgement of a write that was submitted when the leader was gone
 * @param longestWrite the longest that any one call took
 */
record LeaderKill(
        String killed,
        String successor,
        List<Acknowledged> acknowledged,
        int failed,
        long writesPerSecond,
        Duration untilAcknowledged,
        Duration longestWrite) {

    /**
     * Plays it.
     *
     * @param writesAround how many writes each of the two members acknowledges before the kill, and after it
     */
    static LeaderKill play(Members members, int writesAround) throws InterruptedException {
        String leader = members.leaderName();
        List<SteadyWriter> writers = members.followerNames().stream()
                .map(name -> new SteadyWriter(members.get(name), "writer at " + name))
                .toList();
        try (Workers<List<Acknowledged>> workers =
                Workers.start("writer", List.<Callable<List<Acknowledged>>>copyOf(writers))) {
            for (SteadyWriter writer : writers) {
                writer.awaitMore(writesAround);
            }
            long killNanos = System.nanoTime();
            members.kill(leader);
            long goneNanos = System.nanoTime();
            for (SteadyWriter writer : writers) {
                writer.awaitMore(writesAround);
            }
            writers.forEach(SteadyWriter::stop);
            List<Acknowledged> acknowledged =
                    workers.results().stream().flatMap(List::stream).toList();
            return new LeaderKill(
                    leader,
                    members.leaderName(),
                    acknowledged,
                    writers.stream().mapToInt(SteadyWriter::failed).sum(),
                    rateBefore(killNanos, acknowledged),
                    Duration.ofNanos(firstAfter(goneNanos, acknowledged) - killNanos),
                    longest(acknowledged));
        }
    }

    /** How many of the acknowledged writes a member does not have: must be 0. */
    long missingAt(MetaStore store, ReadMode mode) {
        return SteadyWriter.missing(acknowledged, store, mode);
    }

    private static long rateBefore(long nanos, List<Acknowledged> acknowledged) {
        List<Acknowledged> before = acknowledged.stream()
                .filter(each -> each.returnedNanos() - nanos < 0)
                .toList();
        long first =
                before.stream().mapToLong(Acknowledged::submittedNanos).min().orElseThrow();
        return Report.perSecond(before.size(), Duration.ofNanos(nanos - first));
    }

    private static long firstAfter(long nanos, List<Acknowledged> acknowledged) {
        return acknowledged.stream()
                .filter(each -> each.submittedNanos() - nanos >= 0)
                .mapToLong(Acknowledged::returnedNanos)
                .min()
                .orElseThrow();
    }

    private static Duration longest(List<Acknowledged> acknowledged) {
        return acknowledged.stream()
                .map(each -> Duration.ofNanos(each.returnedNanos() - each.submittedNanos()))
                .max(Duration::compareTo)
                .orElseThrow();
    }
}
