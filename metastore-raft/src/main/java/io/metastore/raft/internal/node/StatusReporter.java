package io.metastore.raft.internal.node;

import io.metastore.api.KeptBranch;
import io.metastore.api.StoreStatus;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.images.PurgeLimit;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.RecentEntries;
import io.metastore.raft.internal.members.Roster;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.offline.BranchListing.Found;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.MetaState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member can tell about itself and has heard of the others. */
final class StatusReporter {

    private static final String LISTED = "listed";
    private static final Duration SETTLED = Duration.ofSeconds(3);
    private static final Duration DESCRIBE_TIMEOUT = Duration.ofMillis(900);

    private static final Logger log = LoggerFactory.getLogger(StatusReporter.class);

    private final String clusterId;
    private final Members members;
    private final MetaState state;
    private final Condition condition;
    private final Divergence divergence;
    private final Recollection recollection;
    private final AppliedHistory history = new AppliedHistory();
    private final Hearsay hearsay;
    private final HealthReport health;
    private final StatusRows rows;
    private final OwnFacts own;
    private final FailureTolerance tolerance;
    private volatile Consumer<Divergence.Finding.Self> diverged = finding -> {};
    private volatile Runnable moved = () -> {};
    private volatile Supplier<Found> leftBehind = () -> Found.NONE;
    private volatile Consumer<String> removed = why -> {};
    private volatile Consumer<String> older = why -> {};

    /** Names of members that do not know this one. */
    private final Set<String> notListing = ConcurrentHashMap.newKeySet();

    /** Where else to look for the others, when they are not where this member knows them. */
    private final List<String> helpers;

    private final EpochWatch epochs;

    StatusReporter(
            String clusterId,
            Members members,
            Recollection recollection,
            MetaState state,
            Condition condition,
            FingerprintMarks marks,
            RecentEntries recent,
            List<String> helpers,
            EpochWatch epochs,
            Clock clock) {
        this.clusterId = clusterId;
        this.helpers = helpers;
        this.epochs = epochs;
        this.members = members;
        this.state = state;
        this.condition = condition;
        this.divergence = new Divergence(marks);
        this.recollection = recollection;
        this.hearsay = new Hearsay(members, clock);
        this.health = new HealthReport(members, state, condition, hearsay, divergence, recollection);
        this.own = new OwnFacts(members, state, condition, marks, recent, recollection, epochs, clock);
        this.rows = new StatusRows(members, hearsay, history);
        this.tolerance = new FailureTolerance(members);
    }

    /** Told each time the state here is found to be another than that of the others. Set while opening. */
    void onDivergence(Consumer<Divergence.Finding.Self> action) {
        diverged = action;
    }

    /** Told why this member must not go on, when others remember more of it than it has. Set while opening. */
    void onOlderCopy(Consumer<String> action) {
        older = action;
    }

    /** Told when the others have removed this member. Set while opening. */
    void onRemoval(Consumer<String> action) {
        removed = action;
    }

    /** Told each time a member is found to listen elsewhere. Set while opening. */
    void onMove(Runnable action) {
        moved = action;
    }

    void images(ImageReport report) {
        own.images(report);
        health.images(report);
    }

    /** Set while opening. */
    void leftBehind(LeftBehind read) {
        leftBehind = read::found;
        own.leftBehind(read);
    }

    /** What this member keeps of what recoveries left behind, and what the others told last of theirs. Never blocks. */
    List<KeptBranch> branches() {
        Map<String, MemberFacts> told = new TreeMap<>();
        hearsay.all().forEach((name, heard) -> told.put(name, heard.facts()));
        return leftBehind(told).branches();
    }

    private Found leftBehind(Map<String, MemberFacts> told) {
        Found here = leftBehind.get();
        List<KeptBranch> branches = new ArrayList<>(here.branches());
        List<String> undecided = new ArrayList<>(here.undecided());
        told.forEach((name, facts) -> {
            if (!name.equals(members.self())) {
                Found there = BranchFacts.heard(name, facts);
                branches.addAll(there.branches());
                undecided.addAll(there.undecided());
            }
        });
        return new Found(branches, undecided);
    }

    HealthReport health() {
        return health;
    }

    /** Tells another member how this one is, and learns from the question who asks and where that one listens. */
    MemberFacts answer(byte[] question) {
        MemberFacts asking = MemberFacts.decode(question);
        if (!epochs.isOfThisEpoch(asking)) {
            return own.describe();
        }
        String asker = asking.text("id");
        String knownAt = asker.isEmpty() ? "" : addressOf(asker);
        learn(asking);
        recollection.learn(asking);
        lookBack(); // Before the asker takes part, if it is about to.
        MemberFacts answer = own.describe();
        if (!knownAt.isEmpty()) {
            answer.with(TwinCheck.KNOWN_AT, knownAt);
        }
        Engine engine = members.engine();
        GroupConfiguration group = engine == null ? GroupConfiguration.unknown() : engine.configuration();
        if (group.stable() && !group.members().isEmpty()) {
            answer.with(LISTED, group.withId(asking.text("id")) != null);
        }
        return answer;
    }

    /** The same of a member that is sealed: it takes no part, and learns nothing but that others have gone on. */
    MemberFacts answerSealed(byte[] question) {
        epochs.isOfThisEpoch(MemberFacts.decode(question)); // Whoever waits for it hears of those that are ahead.
        return own.describe();
    }

    /** One that is removed while it is away may never hear of it from the leader. It is so when a majority of the voters it knows does not list it. */
    private void noteListed(String name, MemberFacts facts) {
        // A member that has just started has its journal to replay first; the others can tell it later.
        boolean settled = hearsay.open().compareTo(SETTLED) > 0;
        boolean takesPart = members.engine() != null && !condition.isJoining() && settled;
        if (!facts.has(LISTED) || facts.flag(LISTED) || !takesPart) {
            notListing.remove(name);
            return;
        }
        notListing.add(name);
        Peers peers = members.peers();
        long voters = peers.otherVoters().stream()
                .filter(voter -> notListing.contains(voter.name()))
                .count();
        if (peers.voters() > 1 && voters >= peers.majority()) {
            removed.accept("a majority of the voters does not list it: voters=" + notListing);
        }
    }

    /** Ends this member when others remember more of it than it has; false then. */
    boolean lookBack() {
        String why = recollection.forgotten();
        if (why != null) {
            older.accept(why);
        }
        return why == null;
    }

    /** Where this member would look for another; empty for one that is not in the group. */
    private String addressOf(String id) {
        Engine engine = members.engine();
        GroupMember known = engine == null ? null : engine.configuration().withId(id);
        return known == null ? "" : members.addresses().of(id, known.address());
    }

    private void learn(MemberFacts facts) {
        String id = facts.text("id");
        String address = facts.text("address");
        if (id.isEmpty() || address.isEmpty() || id.equals(members.id())) {
            return;
        }
        Engine engine = members.engine();
        GroupMember known = engine == null ? null : engine.configuration().withId(id);
        if (known != null && !members.addresses().of(id, known.address()).equals(address)) {
            members.addresses().told(id, address);
            log.info("member listens elsewhere: member={} id={} address={}", members.self(), id, address);
            moved.run();
        }
    }

    /**
     * Asks the others, before this member takes part, whether they remember more of it than it has, and whether another process is it; tells them what it
     * remembers of them. Waits up to a second for those that do not answer, and as long again for a process that may be it.
     *
     * @throws io.metastore.api.DirectoryMismatchException so it is
     */
    void checkIdentity(Engine engine, Path directory) {
        // Without an address: they are to go on looking for this member where they do until it takes part.
        byte[] question = epochs.tell(recollection.tell(MemberFacts.of().with("id", members.id())))
                .encode();
        List<String> knownAt = new ArrayList<>();
        ask(question).forEach((name, answer) -> {
            MemberFacts facts = MemberFacts.decode(
                    answer.exceptionally(error -> new byte[0]).join());
            if (!facts.facts().isEmpty()) {
                note(name, facts);
                knownAt.add(facts.text(TwinCheck.KNOWN_AT));
            }
        });
        // First, as the directory of the other one may be newer by now.
        new TwinCheck(members, directory).check(knownAt);
        recollection.check(engine);
    }

    StoreStatus status() {
        Map<String, MemberFacts> answers = answers();
        long nearFrom = Line.of(answers, condition.leader()).nearFrom();
        Set<String> answering = answers.entrySet().stream()
                .filter(answer -> tolerance.isItself(answer.getKey(), answer.getValue()))
                .filter(answer -> answer.getValue().number(OwnFacts.LAST) >= nearFrom)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        Found branches = leftBehind(answers);
        return new StoreStatus(
                clusterId,
                members.self(),
                condition.state(),
                condition.reason(),
                state.current().revision(),
                tolerance.of(answering),
                rows.of(answers),
                branches.branches(),
                branches.undecided());
    }

    /** As {@link #roster} after asking everybody. */
    Roster freshRoster() {
        Set<String> answering = answers().keySet();
        return roster(answering::contains);
    }

    /** What everybody tells who answers now, this member among them. */
    private Map<String, MemberFacts> answers() {
        Map<String, CompletableFuture<byte[]>> asked = ask();
        Map<String, MemberFacts> answers = new LinkedHashMap<>();
        answers.put(members.self(), own.describe());
        asked.forEach((name, answer) -> {
            byte[] bytes = answer.exceptionally(error -> new byte[0]).join();
            MemberFacts facts = bytes.length == 0 ? null : note(name, MemberFacts.decode(bytes));
            if (facts != null) {
                answers.put(name, facts);
            }
        });
        return answers;
    }

    /** The group as this member sees it: who answered lately, in which life, how far each journal reaches. */
    Roster roster() {
        return roster(hearsay::isAlive);
    }

    private Roster roster(Predicate<String> isAlive) {
        Engine engine = members.engine();
        GroupConfiguration group = engine == null ? GroupConfiguration.unknown() : engine.configuration();
        Map<String, Roster.Seen> seen = new LinkedHashMap<>();
        Map<String, MemberFacts> told = new LinkedHashMap<>();
        told.put(members.self(), own.journal());
        hearsay.all().forEach((name, heard) -> {
            if (isAlive.test(name)) {
                told.put(name, heard.facts());
            }
        });
        told.forEach((name, facts) -> seen.put(name, new Roster.Seen(facts.text("id"), facts.number(OwnFacts.LAST))));
        Line line = Line.of(told, condition.leader());
        return new Roster(group, condition.leader(), line.last(), line.nearFrom(), seen, members.moved(group));
    }

    /** Asks the others; called now and then so that silence is noticed. */
    Map<String, CompletableFuture<byte[]>> ask() {
        return ask(own.introduction());
    }

    private Map<String, CompletableFuture<byte[]>> ask(byte[] introduction) {
        Map<String, CompletableFuture<byte[]>> asked = new LinkedHashMap<>();
        Transport transport = members.transport();
        if (transport != null) {
            for (Membership.Member other : members.peers().others()) {
                CompletableFuture<byte[]> answer =
                        transport.call(other.address(), Method.DESCRIBE, introduction, DESCRIBE_TIMEOUT);
                asked.put(other.name(), answer);
            }
        }
        return asked;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // No answer is an answer: the member stays silent.
    void listen() {
        history.note(state.current().position().index(), System.nanoTime());
        ask().forEach((name, answer) -> answer.thenAccept(bytes -> note(name, MemberFacts.decode(bytes))));
        Transport transport = members.transport();
        tellFormer(transport);
        if (transport != null && hearsay.isAnySilent()) {
            byte[] introduction = own.introduction();
            for (String helper : helpers) {
                transport
                        .call(helper, Method.DESCRIBE, introduction, DESCRIBE_TIMEOUT)
                        .thenAccept(bytes -> learn(MemberFacts.decode(bytes)));
            }
        }
    }

    /** They may not know that their epoch has ended, and do not ask this member when they have another address of it. */
    @SuppressWarnings("FutureReturnValueIgnored") // Whether they hear it is all that counts.
    private void tellFormer(@Nullable Transport transport) {
        if (transport == null) {
            return;
        }
        for (Membership.Member former : epochs.former()) {
            boolean again = members.peers().members().stream()
                    .anyMatch(member -> member.address().equals(former.address()));
            if (!again) {
                transport
                        .call(former.address(), Method.DESCRIBE, own.introduction(), DESCRIBE_TIMEOUT)
                        .thenAccept(bytes -> epochs.isOfThisEpoch(MemberFacts.decode(bytes)));
            }
        }
    }

    /** Null when somebody else answered. */
    private @Nullable MemberFacts note(String name, MemberFacts facts) {
        if (!facts.text("name").isEmpty() && !facts.text("name").equals(name)) {
            return null; // Somebody else listens there now.
        }
        if (!epochs.isOfThisEpoch(facts)) {
            return null;
        }
        learn(facts);
        recollection.learn(facts);
        lookBack();
        noteListed(name, facts);
        hearsay.note(name, facts);
        FingerprintMarks.Mark mark = FingerprintMarks.Mark.parse(facts.text("mark"));
        if (mark != null) {
            Divergence.Finding finding =
                    divergence.heard(name, mark, members.peers().members().size());
            if (finding instanceof Divergence.Finding.Self self) {
                diverged.accept(self);
            }
        }
        return facts;
    }

    /** The other members that answered lately, or could not have answered yet, for how much of the journal they still need. */
    List<PurgeLimit.Other> alive() {
        return hearsay.alive();
    }

    /** Highest position at which another member was seen to have the same state; -1 when there is none. */
    long agreed() {
        return divergence.agreed();
    }
}
