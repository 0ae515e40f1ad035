package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.Health;
import io.metastore.api.MetastoreException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.members.Acknowledged;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.snapshot.files.Acknowledgements;
import io.metastore.snapshot.files.Acknowledgements.Mark;
import io.metastore.snapshot.files.MemberDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every incarnation is known to have acknowledged. The leader knows it first hand, members tell each other, and each of them writes it down, at most once a
 * second and when it closes. A member whose directory has less than the others remember of it is an older copy of itself, and must not vote or acknowledge as
 * what it was.
 *
 * <p>A mark is a lower bound, and names nothing but what was forced to the member's disk: so whoever has forgotten nothing is never refused. Refused is
 * <ul>
 *   <li>a directory that lacks what a mark names, when a member that has the mark is up, also when all of them were down meanwhile: by the opening when the other
 *       one was up first, else as soon as that one starts, before it takes part;
 *   <li>one that lacks what its own file names: a journal that was put back without the rest.
 * </ul>
 *
 * <p>Not noticed is
 * <ul>
 *   <li>a copy that is older than what was acknowledged last and not older than the last mark: one to two seconds of acknowledgements after a crash of all that
 *       remember, none after an orderly end. Those entries are in the journals of a majority all the same, and whoever of them is up wins the election against the
 *       older copy; they are lost only when the older copy and members that never had them are up alone;
 *   <li>older copies of a majority, taken at about one time: no member is left that remembers;
 *   <li>a copy while nobody who remembers is up, or can be asked within a second; it is stopped when somebody can.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class Recollection {

    private static final Logger log = LoggerFactory.getLogger(Recollection.class);

    private static final String FACT = "acked.";

    /** Called once a second, so a little less. */
    private static final long WRITTEN_EVERY_NANOS = 900_000_000;

    /** Positions of one epoch say nothing of another. */
    private static final String EPOCH = "epoch";

    private final Members members;
    private final MemberDirectory directory;
    private final String epoch;
    private final String damage;
    private final Map<String, Acknowledged> known = new ConcurrentHashMap<>();

    private final ReentrantLock writing = new ReentrantLock();

    /** As on disk. Guarded by the lock. */
    private List<Mark> written;

    /** Guarded by the lock. */
    private long writtenNanos = System.nanoTime() - WRITTEN_EVERY_NANOS;

    private volatile String failure = "";

    /** Begins with what the directory has; that is initialised. */
    Recollection(Members members, MemberDirectory directory) {
        this.members = members;
        this.directory = directory;
        this.epoch = Long.toString(directory.membership().epoch());
        Acknowledgements found = directory.acknowledged();
        this.damage = found.damage();
        this.written = found.marks();
        for (Mark mark : found.marks()) {
            note(mark.member(), new Acknowledged(mark.term(), mark.index(), mark.committed()));
        }
    }

    /** Adds all that is known to what is told to others. */
    MemberFacts tell(MemberFacts facts) {
        lookAtFollowers();
        facts.with(EPOCH, epoch);
        known.forEach((id, acknowledged) -> facts.with(FACT + id, acknowledged.text()));
        return facts;
    }

    /** Learns what another member knows. */
    void learn(MemberFacts facts) {
        if (!facts.text(EPOCH).equals(epoch)) {
            return;
        }
        facts.facts().forEach((key, value) -> {
            Acknowledged told = key.startsWith(FACT) ? Acknowledged.parse(value) : null;
            String id = told == null ? "" : key.substring(FACT.length());
            if (told != null && told.isPossible() && MemberId.isOne(id)) {
                note(id, told);
            }
        });
    }

    /**
     * As leader. All of it is of one leadership: were the term another at the end, an acknowledgement could be taken for one of a term that its member has never
     * heard of.
     */
    private void lookAtFollowers() {
        Engine engine = members.engine();
        long term = engine == null ? 0 : engine.currentTerm();
        if (engine == null || !engine.leaderReady() || !engine.leads(term)) {
            return;
        }
        long commit = engine.commitIndex();
        long own =
                Math.min(commit, engine.durableIndex()); // The others may have committed what is not on this disk yet.
        List<FollowerProgress> followers = engine.followers();
        if (!engine.leads(term)) {
            return;
        }
        for (FollowerProgress follower : followers) {
            long index = follower.matchIndex();
            if (index >= 0) {
                note(follower.id(), new Acknowledged(term, index, Math.min(index, commit)));
            }
        }
        if (own >= 0) {
            note(members.id(), new Acknowledged(term, own, own));
        }
    }

    private void note(String id, Acknowledged acknowledged) {
        known.merge(id, acknowledged, (before, now) -> now.and(before));
    }

    /**
     * Compares the journal of this member with what the others have told and what its own directory says. Nothing may have reached the engine yet.
     *
     * @throws DirectoryMismatchException it lacks what this member has acknowledged
     */
    void check(Engine engine) {
        Acknowledged mark = known.get(members.id());
        long last = engine.lastEntry().index();
        long term = engine.currentTerm();
        if (mark == null || !isForgotten(mark, term, last)) {
            return;
        }
        if (engine.status().role() == EngineStatus.Role.STOPPED) {
            return; // It was ended meanwhile, as when the others tell that the epoch is over: a closed journal has no
            // entries to go by, and takes no part.
        }
        throw new DirectoryMismatchException(older(mark, term, last));
    }

    /**
     * The same of a member that takes part: what it lacks it has lacked since it was opened.
     *
     * @return why it must not go on; null when it may
     */
    @Nullable
    String forgotten() {
        Engine engine = members.engine();
        Acknowledged mark = known.get(members.id());
        if (engine == null || mark == null) {
            return null;
        }
        // In this order: whoever cuts off entries is in a later term by then. While an image is installed, and when the
        // engine ends, there are no
        // entries to go by.
        long last = engine.lastEntry().index();
        long first = engine.firstIndex();
        long term = engine.currentTerm();
        boolean entries = first >= 0 && last >= first && term > 0;
        return entries && isForgotten(mark, term, last) ? older(mark, term, last) : null;
    }

    /** Without a vote no majority counts on what was not committed, nor on the term. */
    private boolean isForgotten(Acknowledged mark, long term, long last) {
        return members.peers().votes() ? mark.isForgottenBy(term, last) : last < mark.committed();
    }

    private String older(Acknowledged mark, long term, long last) {
        return "the directory is older than what this member has acknowledged: member="
                + members.id() + " directory=" + directory.root() + " term=" + term + " last=" + last
                + " acknowledged: term=" + mark.term() + " index=" + mark.index() + " committed=" + mark.committed()
                + "; it was restored from a copy or lost writes. Bring the newest directory back, or delete this one and"
                + " join again with replace(\"" + members.self() + "\")";
    }

    /**
     * Writes down what is known and new, unless another thread does or something was written less than about a second ago. Waits for the disk; what cannot be written shows in {@link #findings}, and is tried again with
     * the next call.
     */
    void remember() {
        if (writing.tryLock()) {
            try {
                if (System.nanoTime() - writtenNanos >= WRITTEN_EVERY_NANOS) {
                    write();
                }
            } finally {
                writing.unlock();
            }
        }
    }

    /** The same for the last time: what is known now. */
    void rememberAll() {
        writing.lock();
        try {
            write();
        } finally {
            writing.unlock();
        }
    }

    private void write() {
        if (members.peers().members().size() < 2) {
            return; // Nobody to remember, and nobody who would.
        }
        lookAtFollowers();
        List<Mark> marks = marks();
        if (marks.equals(written) && directory.acknowledged().damage().isEmpty()) {
            return;
        }
        try {
            directory.updateAcknowledged(Acknowledgements.of(marks));
            written = marks;
            writtenNanos = System.nanoTime();
            failure = "";
        } catch (MetastoreException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(failure)) {
                log.warn("acknowledgements were not written down: member={} reason={}", members.self(), reason);
            }
            failure = reason;
        }
    }

    /** Of those that are in the group: who is out of it is not let in again. */
    private List<Mark> marks() {
        Engine engine = members.engine();
        GroupConfiguration group = engine == null ? GroupConfiguration.unknown() : engine.configuration();
        boolean all = group.members().isEmpty() || !group.stable();
        List<Mark> marks = new ArrayList<>();
        known.forEach((id, mark) -> {
            if (all || group.withId(id) != null || id.equals(members.id())) {
                marks.add(new Mark(id, mark.term(), mark.index(), mark.committed()));
            }
        });
        return Acknowledgements.of(marks).marks();
    }

    List<Health.Finding> findings() {
        List<Health.Finding> findings = new ArrayList<>();
        if (!failure.isEmpty()) {
            findings.add(new Health.Finding(
                    "ACKNOWLEDGEMENTS_NOT_WRITTEN",
                    "what the members have acknowledged is remembered in memory only, so older copies of their directories may not be"
                            + " recognised after a restart of all: " + failure,
                    "mend the reason; it is tried again every second, and nothing that was written depends on it"));
        }
        if (!damage.isEmpty()) {
            findings.add(new Health.Finding(
                    "ACKNOWLEDGEMENTS_LOST",
                    "what this member had written down of the others' acknowledgements was not understood: " + damage,
                    "nothing to do for this file, which is written anew; it is damaged because the disk or somebody changed it, so look"
                            + " for more, with checkpoints().verify(..) and audit()"));
        }
        return findings;
    }
}
