package io.metastore.examples;

import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.OperationType;
import io.metastore.examples.SteadyWriter.Acknowledged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What is done to the members of a cluster in use, while somebody writes: a disk is replaced, a member moves, leadership is handed over. */
final class Upkeep {

    private final Hosts hosts;
    private final Report report;
    private final List<Acknowledged> acknowledged = new ArrayList<>();

    Upkeep(Hosts hosts, Report report) {
        this.hosts = hosts;
        this.report = report;
    }

    /** All writes of these acts: whatever happens later, they must be there. */
    List<Acknowledged> acknowledged() {
        return List.copyOf(acknowledged);
    }

    void replaceDisk() throws Exception {
        String lost = hosts.followers().get(0);
        report.act("The disk of " + lost + " is lost; its replacement takes the old place by itself");
        String before = row(lost).incarnation();
        writing("writer while a disk is replaced", () -> {
            hosts.kill(lost);
            hosts.wipe(lost);
            startInOldPlace(lost);
            OperationSteps.follow(hosts.leader(), OperationType.REPLACE, lost, report);
        });
        MemberStatus after = row(lost);
        report.expect(
                after.role() == MemberStatus.Role.FOLLOWER
                        && !after.incarnation().equals(before),
                "%s has its vote again, as incarnation %s; %s can never vote any more",
                lost,
                after.incarnation(),
                before);
        report.lines(hosts.leader().status().toTable());
    }

    /** The others refuse it until they have noticed that the former one does not answer. */
    private void startInOldPlace(String name) throws IOException {
        long start = System.nanoTime();
        Patience.until(name + " may take the old place", () -> {
            try {
                hosts.start(name, MetaStore.Builder::autoReplace);
                return true;
            } catch (MembershipRefusedException e) {
                if (e.reason() != Reason.MEMBER_ALIVE) {
                    throw e;
                }
                return false;
            }
        });
        report.line(
                "%s started with an empty directory %s after it was lost", name, Report.seconds(Report.since(start)));
    }

    void move() throws Exception {
        String moving = hosts.followers().get(1);
        String before = hosts.address(moving);
        String next = hosts.spareAddress();
        report.act(moving + " moves from " + before + " to " + next + " without a restart");
        writing("writer while a member moves", () -> {
            long start = System.nanoTime();
            hosts.get(moving).cluster().changeAddress(next);
            hosts.moved(moving, next);
            Patience.until("all know where " + moving + " is", () -> hosts.all().stream()
                    .allMatch(store -> seenAt(store, moving, next)));
            report.line("all members reach it there after %s", Report.seconds(Report.since(start)));
        });
        report.lines(hosts.leader().status().toTable());
    }

    private static boolean seenAt(MetaStore store, String name, String address) {
        return store.cluster().members().stream()
                .anyMatch(each -> each.name().equals(name) && each.address().equals(address) && each.alive());
    }

    void handOver() throws Exception {
        String from = hosts.leaderName();
        List<String> followers = hosts.followers();
        String to = followers.get(0);
        report.act(from + " hands leadership to " + to);
        WriteLoad load = WriteLoad.during(hosts.get(followers.get(1)), "writer while leadership changes hands", () -> {
            hosts.get(from).cluster().transferLeadership(to).await(Patience.LIMIT);
        });
        keep(load);
        report.expect(hosts.leaderName().equals(to), "%s leads", to);
        report.lines(hosts.leader().status().toTable());
    }

    private void writing(String writer, WriteLoad.Change change) throws Exception {
        keep(WriteLoad.during(hosts.leader(), writer, change));
    }

    private void keep(WriteLoad load) {
        load.print(report);
        acknowledged.addAll(load.acknowledged());
    }

    private MemberStatus row(String name) {
        return hosts.leader().cluster().members().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
