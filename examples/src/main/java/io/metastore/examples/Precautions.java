package io.metastore.examples;

import io.metastore.api.Health;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.UnavailableException;
import io.metastore.examples.Catalog.Note;
import java.util.List;

/** A change that would end the quorum, and elections that are paused while somebody works on the network. */
final class Precautions {

    private final Hosts hosts;
    private final Report report;

    Precautions(Hosts hosts, Report report) {
        this.hosts = hosts;
        this.report = report;
    }

    void refused() {
        report.act("Ask for what would end the quorum");
        List<String> followers = hosts.followers();
        String down = followers.get(0);
        String asked = followers.get(1);
        MetaStore leader = hosts.leader();
        hosts.kill(down);
        Patience.until(down + " is missed", () -> finds(leader, "MEMBER_SILENT"));
        report.line("%s is down; remove(\"%s\"):", down, asked);
        try {
            leader.cluster().remove(asked);
            report.expect(false, "it is refused");
        } catch (MembershipRefusedException e) {
            report.lines(String.valueOf(e.getMessage()));
            report.expect(e.reason() == Reason.QUORUM_WOULD_BE_LOST, "it is refused, and nothing was changed");
        }
        report.lines(leader.status().toTable());
        restart(down);
    }

    void elections() {
        report.act("Pause elections, lose the leader, resume");
        List<String> followers = hosts.followers();
        String lost = followers.get(0);
        MetaStore left = hosts.get(followers.get(1));
        pause();
        left.cluster().transferLeadership(lost).await(Patience.LIMIT);
        report.expect(hosts.leaderName().equals(lost), "leadership can still be handed over: %s leads", lost);
        hosts.kill(lost);
        long start = System.nanoTime();
        try {
            note(left, "while nobody leads");
            report.expect(false, "nobody takes over");
        } catch (UnavailableException e) {
            report.expect(
                    true,
                    "nobody takes over from %s: a write is refused after %s",
                    lost,
                    Report.seconds(Report.since(start)));
        }
        report.expect(finds(left, "ELECTIONS_PAUSED"), "its health says why");
        report.lines(left.status().toTable());

        long resumed = System.nanoTime();
        left.withTimeout(Patience.LIMIT).cluster().elections().resume();
        note(left.withTimeout(Patience.LIMIT), "after elections were resumed");
        report.expect(
                !left.cluster().elections().isPaused(),
                "resumed: %s leads, and a write is acknowledged after %s",
                hosts.leaderName(),
                Report.seconds(Report.since(resumed)));
        restart(lost);
        report.lines(left.status().toTable());
    }

    private void pause() {
        hosts.leader().cluster().elections().pause();
        Patience.until("all members have paused", () -> hosts.all().stream()
                .allMatch(store -> store.cluster().elections().isPaused()));
    }

    private static boolean finds(MetaStore store, String code) {
        return store.health().findings().stream().map(Health.Finding::code).anyMatch(code::equals);
    }

    private void restart(String name) {
        hosts.start(name).awaitRevision(hosts.leader().revision(), Patience.LIMIT);
        Patience.until(name + " is back", () -> hosts.leader().cluster().failureTolerance() == 1);
        report.line("%s is back", name);
    }

    private static void note(MetaStore store, String text) {
        store.table(Catalog.NOTES).put("note 1", new Note(List.of(text)));
    }
}
