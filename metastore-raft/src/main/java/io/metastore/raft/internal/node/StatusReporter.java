package io.metastore.raft.internal.node;

import io.metastore.api.Health;
import io.metastore.api.LogPosition;
import io.metastore.api.MemberStatus;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineStatus;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.images.PurgeLimit;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.members.Roster;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.MetaState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member can tell about itself and has heard of the others. */
final class StatusReporter {

    private static final String LISTED = "listed";
    private static final Duration SETTLED = Duration.ofSeconds(3);
    private static final Duration DESCRIBE_TIMEOUT = Duration.ofMillis(900);
    private static final Duration SILENCE_REPORTED = Duration.ofSeconds(5);

    /** One that has not answered for this long, some questions, is not counted as alive. */
    private static final Duration SILENCE_COUNTS = Duration.ofMillis(2_500);

    private static final Logger log = LoggerFactory.getLogger(StatusReporter.class);

    private final String clusterId;
    private final Members members;
    private final MetaState state;
    private final Condition condition;
    private final FingerprintMarks marks;
    private final Divergence divergence;
    private final Recollection recollection;
    private final AppliedHistory history = new AppliedHistory();
    private volatile Consumer<Divergence.Finding.Self> diverged = finding -> {};
    private volatile Runnable moved = () -> {};
    private volatile Consumer<String> removed = why -> {};
    private volatile Consumer<String> older = why -> {};

    /** Names of members that do not know this one. */
    private final Set<String> notListing = ConcurrentHashMap.newKeySet();

    private volatile Supplier<List<Health.Finding>> more = List::of;
    private volatile BooleanSupplier paused = () -> false;
    private final long openedNanos = System.nanoTime();
    private final Instant opened;

    /** Where else to look for the others, when they are not where this member knows them. */
    private final List<String> helpers;

    /** Null before the images are there. */
    private volatile @Nullable ImageReport images;

    private volatile String flushFailure = "";

    /** What a member last told, and when. */
    private record Heard(MemberFacts facts, long nanos) {}

    private final Map<String, Heard> heard = new ConcurrentHashMap<>();

    StatusReporter(
            String clusterId,
            Members members,
            Recollection recollection,
            MetaState state,
            Condition condition,
            FingerprintMarks marks,
            List<String> helpers,
            Instant opened) {
        this.clusterId = clusterId;
        this.helpers = helpers;
        this.opened = opened;
        this.members = members;
        this.state = state;
        this.condition = condition;
        this.marks = marks;
        this.divergence = new Divergence(marks);
        this.recollection = recollection;
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

    /** Whether elections are paused, as the cluster has recorded. Set while opening. */
    void onPause(BooleanSupplier question) {
        paused = question;
    }

    /** What else is not as it should be. Set while opening. */
    void more(Supplier<List<Health.Finding>> findings) {
        more = findings;
    }

    /** How the last flush of the state ended: empty, or why it failed. */
    void flushed(String failure) {
        flushFailure = failure;
    }

    void images(ImageReport report) {
        images = report;
    }

    /** Tells another member how this one is, and learns from the question who asks and where that one listens. */
    MemberFacts answer(byte[] question) {
        MemberFacts asking = MemberFacts.decode(question);
        String asker = asking.text("id");
        String knownAt = asker.isEmpty() ? "" : addressOf(asker);
        learn(asking);
        recollection.learn(asking);
        lookBack(); // Before the asker takes part, if it is about to.
        MemberFacts answer = describe();
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

    /** One that is removed while it is away may never hear of it from the leader. It is so when a majority of the voters it knows does not list it. */
    private void noteListed(String name, MemberFacts facts) {
        // A member that has just started has its journal to replay first; the others can tell it later.
        boolean settled = System.nanoTime() - openedNanos > SETTLED.toNanos();
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

    /** Who this member is, where it listens and what it remembers; goes with every question. */
    private byte[] introduction() {
        return recollection
                .tell(MemberFacts.of().with("id", members.id()).with("address", members.address()))
                .encode();
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

    /** This member, as told to others. */
    MemberFacts describe() {
        AppliedState applied = state.current();
        Engine engine = members.engine();
        EngineStatus status = engine == null ? null : engine.status();
        MemberFacts facts = MemberFacts.of()
                .with("name", members.self())
                .with("id", members.id())
                .with(TwinCheck.PROCESS, members.process())
                .with("address", members.address())
                .with("opened", opened)
                .with("last", engine == null ? -1 : engine.lastEntry().index())
                .with("error", condition.state() == StoreState.SERVING ? "" : condition.reason())
                .with("role", role(status).name().toLowerCase(Locale.ROOT))
                .with("term", status == null ? -1 : status.term())
                .with("applied", applied.position().index())
                .with("revision", applied.revision().number())
                .with("commit", status == null ? -1 : status.commitIndex())
                .with("journal", status == null ? -1 : status.journalBytes())
                .with("version", version())
                .with("state", condition.state())
                .with("fingerprint", applied.fingerprint());
        FingerprintMarks.Mark mark = marks.last();
        if (mark != null) {
            facts.with("mark", mark);
        }
        ImageReport report = images;
        recollection.tell(facts);
        return report == null ? facts : report.describe(facts);
    }

    /**
     * Asks the others, before this member takes part, whether they remember more of it than it has, and whether another process is it; tells them what it
     * remembers of them. Waits up to a second for those that do not answer, and as long again for a process that may be it.
     *
     * @throws io.metastore.api.DirectoryMismatchException so it is
     */
    void checkIdentity(Engine engine, Path directory) {
        // Without an address: they are to go on looking for this member where they do until it takes part.
        byte[] question =
                recollection.tell(MemberFacts.of().with("id", members.id())).encode();
        List<String> knownAt = new ArrayList<>();
        ask(question).forEach((name, answer) -> {
            MemberFacts facts = MemberFacts.decode(
                    answer.exceptionally(error -> new byte[0]).join());
            if (!facts.facts().isEmpty()) {
                note(name, facts);
                knownAt.add(facts.text(TwinCheck.KNOWN_AT));
            }
        });
        recollection.check(engine);
        new TwinCheck(members, directory).check(knownAt);
    }

    private MemberStatus.Role role(@Nullable EngineStatus status) {
        return switch (condition.state()) {
            case FAILED -> MemberStatus.Role.FAILED;
            case HALTED -> MemberStatus.Role.HALTED;
            case CLOSED -> MemberStatus.Role.CLOSED;
            case REMOVED -> MemberStatus.Role.REMOVED;
            case JOINING -> MemberStatus.Role.JOINING;
            case FORMING, STARTING, SERVING, NO_QUORUM ->
                status == null ? MemberStatus.Role.STARTING : role(status.role());
        };
    }

    private static MemberStatus.Role role(EngineStatus.Role role) {
        return switch (role) {
            case LEADER -> MemberStatus.Role.LEADER;
            case FOLLOWER -> MemberStatus.Role.FOLLOWER;
            case CANDIDATE -> MemberStatus.Role.CANDIDATE;
            case OBSERVER -> MemberStatus.Role.OBSERVER;
            case STARTING -> MemberStatus.Role.STARTING;
            case STOPPED -> MemberStatus.Role.STOPPED;
        };
    }

    /** As another member told it, of another build perhaps. */
    private static MemberStatus.Role role(String told) {
        for (MemberStatus.Role role : MemberStatus.Role.values()) {
            if (role.name().equalsIgnoreCase(told)) {
                return role;
            }
        }
        return MemberStatus.Role.UNKNOWN;
    }

    StoreStatus status() {
        Map<String, MemberFacts> answers = answers();
        long highest = answers.values().stream()
                .mapToLong(facts -> facts.number("applied"))
                .max()
                .orElse(-1);
        List<MemberStatus> rows = new ArrayList<>();
        for (Membership.Member member : sorted()) {
            rows.add(row(member, answers.get(member.name()), highest));
        }
        Set<String> answering = answers.entrySet().stream()
                .filter(answer -> isItself(answer.getKey(), answer.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        return new StoreStatus(
                clusterId,
                members.self(),
                condition.state(),
                condition.reason(),
                state.current().revision(),
                tolerance(answering),
                rows);
    }

    /** Whether the member answered in the life the group knows it in: a new incarnation has no vote of the old one's. */
    private boolean isItself(String name, MemberFacts facts) {
        String id = facts.text("id");
        Engine engine = members.engine();
        GroupMember member = engine == null ? null : engine.configuration().withName(name);
        return member == null || id.isEmpty() || id.equals(member.id());
    }

    /** Of the voters before and after a change that is under way the smaller number. */
    private int tolerance(Set<String> answering) {
        Engine engine = members.engine();
        GroupConfiguration group = engine == null ? GroupConfiguration.unknown() : engine.configuration();
        if (group.members().isEmpty()) {
            List<String> voters = members.peers().members().stream()
                    .filter(member -> member.role() == MemberRole.VOTER)
                    .map(Membership.Member::name)
                    .toList();
            return tolerance(voters, answering);
        }
        List<String> now = group.voters().stream().map(GroupMember::name).toList();
        int after = tolerance(now, answering);
        if (group.stable()) {
            return after;
        }
        List<String> before = Stream.concat(group.members().stream(), group.leaving().stream())
                .filter(GroupMember::voter)
                .map(GroupMember::name)
                .distinct()
                .toList();
        return Math.min(after, tolerance(before, answering));
    }

    private static int tolerance(List<String> voters, Set<String> answering) {
        int alive = (int) voters.stream().filter(answering::contains).count();
        return Math.max(0, alive - (voters.size() / 2 + 1));
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
        answers.put(members.self(), describe());
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
        return roster(name -> {
            Heard last = heard.get(name);
            return last != null && System.nanoTime() - last.nanos() < SILENCE_COUNTS.toNanos();
        });
    }

    private Roster roster(Predicate<String> isAlive) {
        Engine engine = members.engine();
        GroupConfiguration group = engine == null ? GroupConfiguration.unknown() : engine.configuration();
        Map<String, Roster.Seen> seen = new LinkedHashMap<>();
        long last = engine == null ? -1 : engine.lastEntry().index();
        seen.put(members.self(), new Roster.Seen(members.id(), last));
        for (Map.Entry<String, Heard> each : heard.entrySet()) {
            if (isAlive.test(each.getKey())) {
                MemberFacts facts = each.getValue().facts();
                seen.put(each.getKey(), new Roster.Seen(facts.text("id"), facts.number("last")));
                last = Math.max(last, facts.number("last"));
            }
        }
        return new Roster(group, condition.leader(), last, seen, members.moved(group));
    }

    private List<Membership.Member> sorted() {
        Peers peers = members.peers();
        Stream<Membership.Member> all = peers.find(members.self()).isPresent()
                ? peers.members().stream()
                : Stream.concat(peers.members().stream(), Stream.of(members.asMember()));
        return all.sorted(Comparator.comparing(Membership.Member::role).thenComparing(Membership.Member::name))
                .toList();
    }

    /** Asks the others; called now and then so that silence is noticed. */
    Map<String, CompletableFuture<byte[]>> ask() {
        return ask(introduction());
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
        if (transport != null && silent().findAny().isPresent()) {
            byte[] introduction = introduction();
            for (String helper : helpers) {
                transport
                        .call(helper, Method.DESCRIBE, introduction, DESCRIBE_TIMEOUT)
                        .thenAccept(bytes -> learn(MemberFacts.decode(bytes)));
            }
        }
    }

    /** Null when somebody else answered. */
    private @Nullable MemberFacts note(String name, MemberFacts facts) {
        if (!facts.text("name").isEmpty() && !facts.text("name").equals(name)) {
            return null; // Somebody else listens there now.
        }
        learn(facts);
        recollection.learn(facts);
        lookBack();
        noteListed(name, facts);
        heard.put(name, new Heard(facts, System.nanoTime()));
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
        List<PurgeLimit.Other> alive = new ArrayList<>();
        for (Membership.Member other : members.peers().others()) {
            Heard last = heard.get(other.name());
            long since = last == null ? openedNanos : last.nanos();
            if (System.nanoTime() - since < SILENCE_REPORTED.toNanos()) {
                // One that had no time to answer yet may need everything.
                alive.add(new PurgeLimit.Other(
                        other.name(), last == null ? -1 : last.facts().number("applied")));
            }
        }
        return alive;
    }

    /** Highest position at which another member was seen to have the same state; -1 when there is none. */
    long agreed() {
        return divergence.agreed();
    }

    private MemberStatus row(Membership.Member member, @Nullable MemberFacts answer, long highest) {
        Heard before = heard.get(member.name());
        MemberFacts facts = answer != null ? answer : before != null ? before.facts() : MemberFacts.of();
        long applied = facts.number("applied");
        return new MemberStatus(
                member.name(),
                answer != null ? role(member, role(facts.text("role"))) : roleOfSilent(member),
                members.peers().find(member.name()).isPresent(),
                answer != null,
                answer != null ? Duration.ZERO : silence(before),
                facts.number("term"),
                applied,
                applied < 0 || highest < 0 ? -1 : highest - applied,
                lagTime(applied, highest),
                facts.number("revision"),
                facts.number("image"),
                imageAge(facts, answer != null ? Duration.ZERO : silence(before)),
                facts.number("journal"),
                member.address(),
                facts.text("version").isEmpty() ? "-" : facts.text("version"),
                facts.text("fingerprint"),
                member.incarnation().map(MemberId::brief).orElse(""),
                facts.has("opened") ? Instant.parse(facts.text("opened")) : null,
                facts.text("error"));
    }

    /** How long ago this member had applied as little as the other one has now; null when that is not known. */
    private @Nullable Duration lagTime(long applied, long highest) {
        if (applied < 0 || highest < 0) {
            return null;
        }
        return applied >= highest ? Duration.ZERO : history.ago(applied, System.nanoTime());
    }

    /** Whether it has a vote is what the membership says, which the member itself may not have heard yet. */
    private static MemberStatus.Role role(Membership.Member member, MemberStatus.Role told) {
        return switch (told) {
            case OBSERVER, FOLLOWER, CANDIDATE ->
                (told == MemberStatus.Role.OBSERVER) == (member.role() == MemberRole.OBSERVER)
                        ? told
                        : roleOfSilent(member);
            default -> told;
        };
    }

    private static MemberStatus.Role roleOfSilent(Membership.Member member) {
        return member.role() == MemberRole.OBSERVER ? MemberStatus.Role.OBSERVER : MemberStatus.Role.VOTER;
    }

    /** As it was told, and as much older as that is ago. */
    private static @Nullable Duration imageAge(MemberFacts facts, @Nullable Duration silence) {
        long millis = facts.number("imageAge");
        return millis < 0 || silence == null ? null : Duration.ofMillis(millis).plus(silence);
    }

    private static @Nullable Duration silence(@Nullable Heard before) {
        return before == null ? null : Duration.ofNanos(System.nanoTime() - before.nanos());
    }

    Health health() {
        List<Health.Finding> findings = new ArrayList<>();
        StoreState now = condition.state();
        Engine engine = members.engine();
        boolean stopped = now == StoreState.FAILED
                || now == StoreState.HALTED
                || now == StoreState.REMOVED
                || now == StoreState.CLOSED;
        if (now != StoreState.SERVING) {
            findings.add(new Health.Finding(now.name(), condition.reason(), remedy(now)));
        } else if (condition.leader() == null) {
            findings.add(new Health.Finding(
                    "NO_LEADER",
                    "no leader for " + condition.leaderless().toMillis() + " ms",
                    "wait for the election to end"));
        }
        if (engine != null && !stopped) {
            LogPosition applied = state.current().position();
            long behind = engine.commitIndex() - applied.index();
            if (behind > 10_000) {
                findings.add(new Health.Finding(
                        "APPLY_BEHIND",
                        behind + " committed entries are not applied: applied=" + applied.index() + " committed="
                                + engine.commitIndex(),
                        "wait while it catches up; if the number grows, look for slow commands or a slow disk"));
            }
        }
        if (!stopped && paused.getAsBoolean()) {
            findings.add(new Health.Finding(
                    "ELECTIONS_PAUSED",
                    condition.leader() == null
                            ? "nobody leads and nobody may stand for election"
                            : "when the leader is lost nobody takes over: leader=" + condition.leader(),
                    "call cluster().elections().resume() on a voter that is up"));
        }
        if (!flushFailure.isEmpty() && !stopped) {
            findings.add(new Health.Finding(
                    "STATE_NOT_FLUSHED",
                    "the state is not on the disk, so a restart replays all that was applied since: " + flushFailure,
                    "mend the reason; it is tried again by itself, and the journal has everything"));
        }
        int voters = members.peers().voters();
        if (voters % 2 == 0 && voters > 0 && !stopped) {
            findings.add(new Health.Finding(
                    "EVEN_VOTERS",
                    voters + " voters tolerate the loss of " + (voters / 2 - 1) + ", as " + (voters - 1) + " would",
                    "add a voter, or demote one to an observer"));
        }
        addSilent(findings);
        addLacking(findings);
        findings.addAll(recollection.findings());
        divergence.findings().values().forEach(finding -> findings.add(Divergence.describe(finding)));
        findings.addAll(more.get());
        ImageReport report = images;
        if (report != null && now != StoreState.CLOSED) {
            findings.addAll(report.findings());
        }
        boolean ready = now == StoreState.SERVING && condition.leader() != null && engine != null;
        return new Health(!stopped, ready, findings);
    }

    private Duration silentFor(Membership.Member other) {
        Heard last = heard.get(other.name());
        return Duration.ofNanos(System.nanoTime() - (last == null ? openedNanos : last.nanos()));
    }

    private Stream<Membership.Member> silent() {
        return members.peers().others().stream()
                .filter(other -> silentFor(other).compareTo(SILENCE_COUNTS) > 0);
    }

    private void addSilent(List<Health.Finding> findings) {
        for (Membership.Member other : members.peers().others()) {
            Duration silent = silentFor(other);
            if (silent.compareTo(SILENCE_REPORTED) > 0) {
                findings.add(new Health.Finding(
                        "MEMBER_SILENT",
                        "member has not answered for " + silent.toSeconds() + " s: member=" + other.name() + " address="
                                + other.address(),
                        "check that it runs and that its address can be reached from here"));
            }
        }
    }

    /** A member that cannot be helped holds the journal of the others, or is without their entries for longer and longer. */
    private void addLacking(List<Health.Finding> findings) {
        for (Membership.Member other : members.peers().others()) {
            Heard last = heard.get(other.name());
            String reason = last == null ? "" : last.facts().text(ImageReport.LACKS_IMAGE);
            if (!reason.isEmpty()) {
                findings.add(new Health.Finding(
                        "MEMBER_LACKS_IMAGE",
                        "a member is behind all journals and does not get an image: member=" + other.name() + " reason="
                                + reason,
                        "mend what it names at that member; it tries again by itself"));
            }
        }
    }

    private static String remedy(StoreState state) {
        return switch (state) {
            case FORMING -> "start every member of the bootstrap list";
            case STARTING -> "wait; if it lasts, check that a majority of the voters is up";
            case NO_QUORUM -> "start or reconnect voters until a majority is up; it comes back by itself";
            case HALTED -> "start a build that knows what the journal holds; nothing is lost";
            case JOINING -> "wait; the reason says what is missing";
            case REMOVED -> "close the store; to come back, delete its directory and join again";
            case FAILED -> "read the reason, mend its cause, open the store again";
            case CLOSED, SERVING -> "";
        };
    }

    private static String version() {
        String version = StatusReporter.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
