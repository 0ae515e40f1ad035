package io.metastore.raft.internal.cluster;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.cluster.ClusterTable.VersionedJob;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.images.Jobs;
import io.metastore.raft.internal.members.StoredJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of this member, and of all others as the cluster has recorded them. Jobs never wait for their records: these are written by {@link #look}, when somebody
 * leads, at the beginning, at the end, and in between now and then.
 *
 * <p>Thread-safe. {@link #look} and {@link #cancel} wait for the journal, nothing else does.
 */
public final class MemberJobs implements Jobs {

    private static final Logger log = LoggerFactory.getLogger(MemberJobs.class);

    private static final Duration RECORD_MAX = Duration.ofSeconds(2);
    private static final long RECORDED_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    /** What is begun beyond so many is done and not shown. */
    private static final int LISTED_MAX = 200;

    /** So many that are over and not recorded are kept. */
    private static final int KEPT = 20;

    /**
     * Where it works.
     *
     * @param process drawn when this member was opened
     * @param recorded false for a member that has nobody to record anything for
     * @param silence after which a job of a member that does not answer is taken for ended with it
     * @param news has {@link #look} called soon; never blocks
     */
    public record Place(String process, boolean recorded, Duration silence, Runnable news) {}

    private final Ground ground;
    private final ClusterTable table;
    private final Place place;
    private final AtomicLong numbers = new AtomicLong();

    /** By the number it has here, oldest first. Guarded by itself. */
    private final Map<Long, RunningJob> here = new LinkedHashMap<>();

    /** Since when members with open jobs do not answer, by the record's number. Of whoever {@link #looking} is set by. */
    private final Map<Long, Long> silentNanos = new HashMap<>();

    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean wanted = new AtomicBoolean();

    public MemberJobs(Ground ground, ClusterTable table, Place place) {
        this.ground = ground;
        this.table = table;
        this.place = place;
    }

    @Override
    public Job begin(OperationType type) {
        RunningJob job = listed(type, ground.now(), isCancellable(type));
        changed(job);
        return job;
    }

    @Override
    public void failedByItself(OperationType type, Instant started, String error) {
        listed(type, started, false).failedByItself(error);
    }

    private RunningJob listed(OperationType type, Instant started, boolean cancellable) {
        RunningJob job = new RunningJob(begun(type, started), cancellable, ground::now, this::changed);
        synchronized (here) {
            if (here.size() < LISTED_MAX) {
                here.put(job.here(), job);
            }
        }
        return job;
    }

    private Operation begun(OperationType type, Instant started) {
        return new Operation(
                -numbers.incrementAndGet(),
                type,
                ground.self(),
                ground.self(),
                OperationState.PENDING,
                "waiting for its turn",
                started,
                null,
                null,
                0,
                -1);
    }

    private void changed(RunningJob job) {
        if (job.now().isOver()) {
            forgetTooMany();
        }
        if (place.recorded()) {
            place.news().run();
        }
    }

    private void forgetTooMany() {
        synchronized (here) {
            // One that is recorded stays until its end is, so that no record is left open.
            List<RunningJob> over = here.values().stream()
                    .filter(job -> job.recorded() == 0 && job.now().isOver())
                    .toList();
            over.stream().limit(Math.max(0, over.size() - KEPT)).forEach(job -> here.remove(job.here()));
        }
    }

    private static boolean isCancellable(OperationType type) {
        return type.isJob() && type != OperationType.CHECKPOINT && type != OperationType.REPLACE_IMAGE;
    }

    private List<RunningJob> here() {
        synchronized (here) {
            return List.copyOf(here.values());
        }
    }

    /** Those of this member as they are, those of others as recorded; newest first. */
    List<Operation> list() {
        List<Operation> found = new ArrayList<>();
        Map<Long, RunningJob> recorded = new HashMap<>();
        for (RunningJob job : here()) {
            if (job.recorded() == 0) {
                found.add(job.now());
            } else {
                recorded.put(job.recorded(), job);
            }
        }
        found.sort(Comparator.comparing(Operation::id)); // They count downwards.
        for (VersionedJob each : table.jobs()) {
            RunningJob job = recorded.get(each.job().info().id());
            found.add(job == null || each.job().info().isOver() ? each.job().info() : job.now());
        }
        return found;
    }

    /** Null when there is no such job. */
    @Nullable
    Operation find(long id) {
        return list().stream().filter(job -> job.id() == id).findFirst().orElse(null);
    }

    /** Ends a job that somebody does not want any more, wherever it runs; returns when it has ended or the time is over. */
    void cancel(Operation job, Duration timeout) {
        if (job.isOver() || !isCancellable(job.type())) {
            throw new MembershipRefusedException(
                    Reason.CANNOT_CANCEL,
                    "the job cannot be cancelled: id=" + job.id() + " " + Operations.describe(job)
                            + (job.isOver() ? "" : "; others may wait for what it makes"));
        }
        for (RunningJob running : here()) {
            if (running.now().id() == job.id()) {
                running.unwanted();
                ground.await(() -> running.now().isOver(), timeout);
                return;
            }
        }
        VersionedJob recorded = table.job(job.id());
        while (recorded != null
                && !recorded.job().info().isOver()
                && !recorded.job().unwanted()) {
            if (table.updateJob(recorded, recorded.job().asUnwanted(), timeout)) {
                break;
            }
            recorded = table.job(job.id());
        }
        ground.await(
                () -> {
                    VersionedJob now = table.job(job.id());
                    return now == null || now.job().info().isOver();
                },
                timeout);
    }

    /**
     * Records what is to be recorded, finds what was cancelled, ends what nobody else can end. Called about once a second, and when there is news. While another
     * thread does that, which may wait for the journal, it leaves it to that one to look once more.
     */
    public void look() {
        wanted.set(true);
        while (wanted.get() && looking.compareAndSet(false, true)) {
            try {
                wanted.set(false);
                lookAlone();
            } finally {
                looking.set(false);
            }
        }
    }

    private void lookAlone() {
        if (!place.recorded() || !isLed()) {
            return;
        }
        try {
            for (RunningJob job : here()) {
                record(job);
            }
            endOrphans();
        } catch (MetastoreException e) {
            log.info("jobs are not recorded yet: member={} reason={}", ground.self(), e.getMessage());
        }
    }

    /** Whether somebody leads who could record anything, and this member is one of the cluster's. */
    private boolean isLed() {
        Engine engine = ground.engine();
        return engine != null
                && (engine.following() != null || engine.leaderReady())
                && engine.configuration().withName(ground.self()) != null;
    }

    private void record(RunningJob job) {
        long id = job.recorded();
        if (id == 0) {
            if (job.number() == 0) {
                job.number(table.nextId(RECORD_MAX)); // Once, so that it is recorded once, whatever becomes of a try.
            }
            Operation now = job.now();
            table.addJob(new StoredJob(StoredJob.numbered(now, job.number()), place.process(), false), RECORD_MAX);
            job.isRecorded(now, System.nanoTime());
            forgetIfOver(job, now);
            return;
        }
        VersionedJob recorded = table.job(id);
        if (recorded == null || recorded.job().info().isOver()) {
            forget(job); // Whoever ended it there took this member for dead, and so it was told to everybody. The work
            // goes on.
            return;
        }
        if (recorded.job().unwanted()) {
            job.unwanted();
        }
        Operation now = job.now();
        boolean due = now.isOver()
                || (System.nanoTime() - job.recordedNanos() > RECORDED_EVERY_NANOS
                        && !now.equals(recorded.job().info()));
        if (due && table.updateJob(recorded, recorded.job().now(now), RECORD_MAX)) {
            job.isRecorded(now, System.nanoTime());
            forgetIfOver(job, now);
        }
    }

    private void forgetIfOver(RunningJob job, Operation recorded) {
        if (recorded.isOver()) {
            forget(job);
        }
    }

    private void forget(RunningJob job) {
        synchronized (here) {
            here.remove(job.here());
        }
    }

    /** Jobs of an earlier process of this member; as leader, those of members that are out of the cluster or do not answer. */
    private void endOrphans() {
        Engine engine = ground.engine();
        boolean leads = engine != null && engine.leaderReady();
        List<VersionedJob> open = table.jobs().stream()
                .filter(each -> !each.job().info().isOver())
                .toList();
        silentNanos
                .keySet()
                .retainAll(open.stream().map(each -> each.job().info().id()).toList());
        for (VersionedJob each : open) {
            boolean own = each.job().info().target().equals(ground.self());
            String why = own ? whyLost(each.job()) : leads ? whyGone(each.job().info()) : "";
            if (!why.isEmpty() && table.updateJob(each, each.job().failed(ground.now(), why), RECORD_MAX)) {
                log.info(
                        "job ended with its member: id={} type={} member={} reason={}",
                        each.job().info().id(),
                        each.job().info().type(),
                        each.job().info().target(),
                        why);
            }
        }
    }

    /** Empty when it is there. */
    private String whyLost(StoredJob job) {
        if (!job.process().equals(place.process())) {
            return "member restarted";
        }
        boolean known =
                here().stream().anyMatch(each -> each.number() == job.info().id());
        return known ? "" : "its end was not recorded, as too many were to be";
    }

    /** Empty when it is not. */
    private String whyGone(Operation job) {
        if (ground.roster().configuration().withName(job.target()) == null) {
            return "member left the cluster";
        }
        if (ground.roster().seen().containsKey(job.target())) {
            silentNanos.remove(job.id());
            return "";
        }
        long since = silentNanos.computeIfAbsent(job.id(), id -> System.nanoTime());
        return System.nanoTime() - since < place.silence().toNanos()
                ? ""
                : "member died or cannot be reached, where it may go on: it has not answered for "
                        + place.silence().toSeconds() + " s";
    }
}
