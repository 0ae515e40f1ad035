package io.metastore.benchmarks.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftGroupService;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import io.metastore.benchmarks.ImagePlan;
import io.metastore.benchmarks.Member;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One running SOFAJRaft node with its own RPC server. */
final class JraftMember implements Closeable {
    private static final String GROUP = "benchmark";
    private static final String SNAPSHOTS = "snapshots";
    private static final Duration CLOSE_MAX = Duration.ofMinutes(1);
    private static final Duration SNAPSHOT_MAX = Duration.ofMinutes(5);

    private final RaftGroupService service;
    private final Node node;
    private final HashMapStateMachine records;
    private volatile boolean open = true;

    private JraftMember(RaftGroupService service, HashMapStateMachine records) {
        this.service = service;
        this.node = service.start();
        this.records = records;
    }

    static JraftMember open(Member member, List<Member> members, ImagePlan plan) {
        HashMapStateMachine records = new HashMapStateMachine();
        RaftOptions raft = new RaftOptions();
        raft.setSync(true); // The default, but everything depends on it.
        raft.setOpenStatistics(false); // RocksDB statistics, which nobody reads here.
        NodeOptions options = new NodeOptions();
        options.setRaftOptions(raft);
        options.setFsm(records);
        options.setInitialConf(
                new Configuration(members.stream().map(JraftMember::peer).toList()));
        options.setLogUri(member.directory().resolve("log").toString());
        options.setRaftMetaUri(member.directory().resolve("meta").toString());
        if (plan == ImagePlan.ON_REQUEST) {
            options.setSnapshotUri(member.directory().resolve(SNAPSHOTS).toString());
            options.setSnapshotIntervalSecs(0); // No timer.
        }
        return new JraftMember(new RaftGroupService(GROUP, peer(member), options), records);
    }

    /** Returns when the snapshot is saved; nothing happens when nothing was applied since the last one. */
    void snapshot() throws Exception {
        CompletableFuture<Status> saved = new CompletableFuture<>();
        node.snapshot(saved::complete);
        Status status = saved.get(SNAPSHOT_MAX.toSeconds(), TimeUnit.SECONDS);
        if (!status.isOk()) {
            throw new IOException("no snapshot was saved: node=" + node + " status=" + status);
        }
    }

    /** Bytes per snapshot that a member, which may be down, has on its disk, by the name of its folder, which is the index. */
    static Map<String, Long> snapshots(Member member) throws IOException {
        Path folder = member.directory().resolve(SNAPSHOTS);
        if (!Files.exists(folder)) {
            return Map.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .collect(Collectors.groupingBy(
                            file -> folder.relativize(file).getName(0).toString(),
                            Collectors.summingLong(file -> file.toFile().length())));
        }
    }

    Node node() {
        return node;
    }

    HashMapStateMachine records() {
        return records;
    }

    boolean isLeader() {
        return node.isLeader(false);
    }

    boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws IOException {
        open = false;
        service.shutdown();
        Thread joining = new Thread(this::join, "jraft-join");
        joining.setDaemon(true);
        joining.start();
        try {
            joining.join(CLOSE_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a node closed: node=" + node);
        }
        if (joining.isAlive()) {
            throw new IOException("node did not close: node=" + node + " max=" + CLOSE_MAX);
        }
    }

    /** Waits without a limit of its own, for good when a thread of the node has died. */
    private void join() {
        try {
            service.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static PeerId peer(Member member) {
        return new PeerId(Member.HOST, member.port());
    }
}
