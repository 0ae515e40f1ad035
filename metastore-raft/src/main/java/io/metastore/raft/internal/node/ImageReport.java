package io.metastore.raft.internal.node;

import io.metastore.api.CheckpointStatus;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.Health;
import io.metastore.api.Image;
import io.metastore.raft.internal.images.MemberCheckpoints;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.transfer.ImageFetcher;
import io.metastore.raft.internal.transfer.ImageSender;
import io.metastore.snapshot.image.ImageStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** What a member can tell about its images. Callable from any thread, never blocks. */
final class ImageReport {

    /** Among the facts that are told to others: why this member does not get the image it needs. */
    static final String LACKS_IMAGE = "lacksImage";

    /** Among the facts that are told to others: index of the image that this member is taking in place of its state. */
    static final String TAKING_IMAGE = "takingImage";

    private final MemberCheckpoints checkpoints;
    private final ImageStore images;
    private final ImageSender sender;
    private final ImageFetcher fetcher;
    private final LongSupplier applied;
    private final Clock clock;

    /** @param applied index of the last entry that was applied */
    ImageReport(
            MemberCheckpoints checkpoints,
            ImageStore images,
            ImageSender sender,
            ImageFetcher fetcher,
            LongSupplier applied,
            Clock clock) {
        this.checkpoints = checkpoints;
        this.images = images;
        this.sender = sender;
        this.fetcher = fetcher;
        this.applied = applied;
        this.clock = clock;
    }

    /** As told to others. */
    MemberFacts describe(MemberFacts facts) {
        String lacking = lacking();
        if (!lacking.isEmpty()) {
            facts.with(LACKS_IMAGE, lacking);
        }
        if (fetcher.taking() > applied.getAsLong()) {
            facts.with(TAKING_IMAGE, fetcher.taking());
        }
        List<Image> there = checkpoints.list();
        if (there.isEmpty()) {
            return facts.with("image", -1).with("imageAge", -1);
        }
        Duration age = Duration.between(there.get(0).created(), clock.instant());
        return facts.with("image", there.get(0).position().index())
                .with("imageAge", Math.max(0, age.toMillis())); // Clocks of two members differ.
    }

    /** Why this member has not got the image that it needs; empty when it needs none or nothing went wrong. */
    private String lacking() {
        ImageFetcher.Failure failure = fetcher.failure();
        return failure == null || applied.getAsLong() >= failure.needed() - 1 ? "" : failure.reason();
    }

    List<Health.Finding> findings() {
        List<Health.Finding> findings = new ArrayList<>();
        String lacking = lacking();
        if (!lacking.isEmpty()) {
            findings.add(new Health.Finding(
                    "IMAGE_NOT_RECEIVED",
                    "the journals of the others begin too late for this member, and it could not get an image: "
                            + lacking,
                    "mend what it names; it is tried again by itself"));
        }
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
                    "journal is kept for a member that is behind, or for an image that is read or sent: member="
                            + hold.member() + " entries="
                            + hold.entries() + " bytes=" + hold.bytes(),
                    "none while it catches up, or the image is in use; if the numbers stay, look at that member"));
        }
        images.unsound()
                .forEach(
                        unsound -> findings.add(
                                new Health.Finding(
                                        "IMAGE_UNSOUND",
                                        "an image cannot be used: image=" + unsound.directory() + " "
                                                + unsound.reason(),
                                        "call checkpoints().create() twice: it is deleted when two newer images are there; what is not this store's stays, move it away")));
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
                    "AUDIT_FAILED",
                    checkpoints.auditFailure(),
                    "mend what it names; it is tried again by itself while the member runs"));
        }
    }
}
