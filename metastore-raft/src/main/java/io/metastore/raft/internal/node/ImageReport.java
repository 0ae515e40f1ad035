package io.metastore.raft.internal.node;

import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.api.CheckpointStatus;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.Health;
import io.metastore.api.Image;
import io.metastore.raft.internal.images.MemberCheckpoints;
import io.metastore.raft.internal.transfer.ImageSender;
import io.metastore.snapshot.image.ImageStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a member can tell about its images. Callable from any thread, never blocks. */
final class ImageReport {

    private final MemberCheckpoints checkpoints;
    private final ImageStore images;
    private final ImageSender sender;
    private final Clock clock;

    ImageReport(MemberCheckpoints checkpoints, ImageStore images, ImageSender sender, Clock clock) {
        this.checkpoints = checkpoints;
        this.images = images;
        this.sender = sender;
        this.clock = clock;
    }

    /** As told to others. */
    MemberFacts describe(MemberFacts facts) {
        List<Image> there = checkpoints.list();
        if (there.isEmpty()) {
            return facts.with("image", -1).with("imageAge", -1);
        }
        Duration age = Duration.between(there.get(0).created(), clock.instant());
        return facts.with("image", there.get(0).position().index())
                .with("imageAge", Math.max(0, age.toMillis())); // Clocks of two members differ.
    }

    List<Health.Finding> findings() {
        List<Health.Finding> findings = new ArrayList<>();
        CheckpointStatus status = checkpoints.status();
        if (!status.lastFailure().isEmpty()) {
            findings.add(new Health.Finding(
                    "CHECKPOINT_FAILED",
                    status.lastFailure() + " failed=" + status.failed() + " retryIn="
                            + status.retryIn().toSeconds() + " s entriesSince=" + status.entriesSince(),
                    "mend the reason; it is tried again by itself, and the journal is kept until then"));
        }
        JournalHold hold = status.journalHeld();
        if (hold != null) {
            findings.add(new Health.Finding(
                    "JOURNAL_HELD",
                    "journal is kept for a member that is behind: member=" + hold.member() + " entries="
                            + hold.entries() + " bytes=" + hold.bytes(),
                    "none while it catches up; if the numbers stay, look at that member"));
        }
        images.unsound()
                .forEach(unsound -> findings.add(new Health.Finding(
                        "IMAGE_UNSOUND",
                        "an image cannot be used: image=" + unsound.directory() + " " + unsound.reason(),
                        "make a new one with checkpoints().create(), then delete this directory")));
        sender.sendings()
                .forEach(sending -> findings.add(new Health.Finding(
                        "SENDING_IMAGE",
                        "an image is being sent: to=" + sending.receiver() + " image=" + sending.index() + " sent="
                                + sending.sentBytes() + " of=" + sending.imageBytes(),
                        "none, it ends by itself")));
        addAudit(findings);
        return findings;
    }

    private void addAudit(List<Health.Finding> findings) {
        Audited last = checkpoints.lastAudit();
        if (last != null && !last.agrees()) {
            findings.add(new Health.Finding(
                    "AUDIT_DISAGREES",
                    "replaying the journal leads to another state than the live one: position=" + last.position() + " "
                            + last.difference(),
                    "compare the fingerprints of the members; let the one that differs start anew from the others"));
        }
        if (!checkpoints.auditFailure().isEmpty()) {
            findings.add(new Health.Finding(
                    "AUDIT_FAILED", checkpoints.auditFailure(), "it is tried again by itself; mend what it names"));
        }
    }
}
