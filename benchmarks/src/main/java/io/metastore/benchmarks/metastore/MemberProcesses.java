package io.metastore.benchmarks.metastore;

import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Cluster;
import io.metastore.benchmarks.Member;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every member in a JVM of its own, over gRPC on loopback. The first is in this one, leads, and serves the callers; should another come to lead at the
 * start, then all others are started again.
 */
final class MemberProcesses implements Cluster {
    private static final Duration START_MAX = Duration.ofMinutes(10);
    private static final int ATTEMPTS_MAX = 5;

    private final List<Member> members;
    private final List<MemberAddress> bootstrap;
    private final List<ChildMember> children = new ArrayList<>();
    private @Nullable MetaStore store;
    private @Nullable OpenMember own;

    private MemberProcesses(List<Member> members) {
        this.members = members;
        this.bootstrap = members.stream()
                .map(member -> MemberAddress.voter(member.name(), member.address()))
                .toList();
    }

    static MemberProcesses open(List<Member> members) throws IOException, InterruptedException {
        MemberProcesses cluster = new MemberProcesses(members);
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
        MetaStore opened = MetaStore.builder(first.directory().resolve("meta"))
                .member(first.name(), first.address())
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
            children.add(ChildMember.start(member, bootstrap));
        }
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
