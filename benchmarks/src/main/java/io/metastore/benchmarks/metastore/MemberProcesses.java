package io.metastore.benchmarks.metastore;

import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Images;
import io.metastore.benchmarks.Member;
import io.metastore.benchmarks.Trees;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every member in a JVM of its own, over gRPC on loopback. The first is in this one, leads, and serves the callers; should another come to lead at the
 * start, then all others are started again. A member that comes back is started by the words of the system property {@value #BACK_BEFORE}, separated by commas, which
 * may give it a processor of its own.
 */
final class MemberProcesses implements Cluster {
    private static final Duration START_MAX = Duration.ofMinutes(10);
    private static final int ATTEMPTS_MAX = 5;
    private static final String BACK_BEFORE = "metastore.back.before";
    private static final long CLOSE_BEHIND_NANOS = 250_000_000;

    private final List<Member> members;
    private final ImagePlan plan;
    private final List<MemberAddress> bootstrap;
    private final List<ChildMember> children = new ArrayList<>();
    private @Nullable Member stopped;
    private long stoppedAt;
    private @Nullable MetaStore store;
    private @Nullable OpenMember own;

    private MemberProcesses(List<Member> members, ImagePlan plan) {
        this.members = members;
        this.plan = plan;
        this.bootstrap = members.stream()
                .map(member -> MemberAddress.voter(member.name(), member.address()))
                .toList();
    }

    static MemberProcesses open(List<Member> members, ImagePlan plan) throws IOException, InterruptedException {
        MemberProcesses cluster = new MemberProcesses(members, plan);
        try {
            cluster.open();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void open() throws IOException, InterruptedException {
        startChildren();
        Member first = members.get(0);
        MetaStore opened = MetaStore.builder(metaDirectory(first))
                .member(first.name(), first.address())
                .checkpoints(MetastoreImages.policy(plan))
                .bootstrap(bootstrap)
                .open();
        store = opened;
        for (int attempt = 1; !leads(opened); attempt++) {
            if (attempt > ATTEMPTS_MAX) {
                throw new IllegalStateException("the first member does not come to lead: attempts=" + ATTEMPTS_MAX);
            }
            if (attempt > 1) {
                endChildren();
                startChildren();
            }
            awaitWhileAlive("a leader", () -> leads(opened) || anyChildLeads());
        }
        own = OpenMember.of(opened);
        long revision = MemberProbe.of(opened).revision();
        for (ChildMember child : children) {
            awaitWhileAlive("all members level", () -> child.standing().revision() >= revision);
        }
    }

    /** Gives up when a process has ended. */
    private void awaitWhileAlive(String what, Await.Condition condition) throws InterruptedException {
        Await.until(what, START_MAX, () -> !allAlive() || condition.holds());
        if (!allAlive()) {
            throw new IllegalStateException("the process of a member has ended, its log says why: waitedFor=" + what);
        }
    }

    private boolean allAlive() {
        return children.stream().allMatch(ChildMember::alive);
    }

    private static boolean leads(MetaStore store) {
        return MemberProbe.of(store).leads();
    }

    private boolean anyChildLeads() throws IOException {
        for (ChildMember child : children) {
            if (child.standing().leads()) {
                return true;
            }
        }
        return false;
    }

    private void startChildren() throws IOException {
        for (Member member : members.subList(1, members.size())) {
            children.add(ChildMember.start(member, opening(member), List.of()));
        }
    }

    private MemberProcess.Opening opening(Member member) {
        List<String> all = bootstrap.stream().map(MemberAddress::toString).toList();
        return new MemberProcess.Opening(metaDirectory(member), member.name(), member.address(), plan, false, all);
    }

    private static Path metaDirectory(Member member) {
        return member.directory().resolve("meta");
    }

    private void endChildren() throws IOException {
        List<ChildMember> ending = List.copyOf(children);
        children.clear();
        for (ChildMember child : ending) {
            child.beginEnd(); // All at once, then one waits for each.
        }
        for (ChildMember child : ending) {
            child.close();
        }
    }

    private OpenMember own() {
        OpenMember open = own;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return open;
    }

    @Override
    public void put(String key, byte[] value) {
        own().put(key, value);
    }

    @Override
    public byte @Nullable [] readStrong(String key) {
        return own().readStrong(key);
    }

    @Override
    public byte @Nullable [] readLocal(String key) {
        return own().readLocal(key);
    }

    @Override
    public void transact(List<String> reads, List<String> writes, byte[] value) {
        own().transact(reads, writes, value);
    }

    @Override
    public void stopFollower() throws IOException, InterruptedException {
        ChildMember victim = children.remove(0);
        stopped = victim.member();
        stoppedAt = victim.standing().index();
        victim.kill();
    }

    @Override
    public void restartStopped() throws IOException, InterruptedException {
        comeBack(opening(stoppedMember()));
    }

    /** It is another member of the same name, which takes the place of the one that is lost. */
    @Override
    public void restartStoppedEmpty() throws IOException, InterruptedException {
        Member member = stoppedMember();
        Trees.delete(metaDirectory(member));
        List<String> others = members.stream()
                .filter(each -> !each.equals(member))
                .map(Member::address)
                .toList();
        comeBack(new MemberProcess.Opening(metaDirectory(member), member.name(), member.address(), plan, true, others));
        awaitWhileAlive("the member a voter again", () -> store().cluster().members().stream()
                .anyMatch(each -> each.name().equals(member.name()) && MetastoreCluster.VOTING.contains(each.role())));
    }

    private Member stoppedMember() {
        Member member = stopped;
        if (member == null) {
            throw new IllegalStateException("no member is stopped");
        }
        return member;
    }

    /** Level for good, also while others write: what the leader has now it has within a moment. */
    private void comeBack(MemberProcess.Opening opening) throws IOException, InterruptedException {
        ChildMember back = ChildMember.start(stoppedMember(), opening, before());
        children.add(back);
        awaitWhileAlive("a member close behind the others", () -> {
            long revision = MemberProbe.of(store()).revision();
            long begin = System.nanoTime();
            awaitWhileAlive("a revision", () -> back.standing().revision() >= revision);
            return System.nanoTime() - begin < CLOSE_BEHIND_NANOS;
        });
    }

    private static List<String> before() {
        String words = System.getProperty(BACK_BEFORE, "");
        return words.isEmpty() ? List.of() : List.of(words.split(",", -1));
    }

    private MetaStore store() {
        MetaStore open = store;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        return open;
    }

    @Override
    public Images images() {
        return new ProcessImages(store(), children, stoppedAt);
    }

    @Override
    public List<ProcessHandle> otherProcesses() {
        return children.stream().map(ChildMember::handle).toList();
    }

    @Override
    public void close() throws IOException {
        MetaStore open = store;
        store = null;
        try {
            endChildren();
        } finally {
            if (open != null) {
                open.close();
            }
        }
    }
}
