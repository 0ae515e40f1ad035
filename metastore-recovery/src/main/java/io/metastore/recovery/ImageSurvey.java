package io.metastore.recovery;

import io.metastore.recovery.internal.survey.Findings;
import io.metastore.recovery.internal.survey.ImageReader;
import io.metastore.recovery.internal.survey.MembershipReader;
import io.metastore.recovery.internal.survey.ReadingLayer;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.image.ImageManifest;
import java.util.List;
import java.util.Optional;

/** Reads an image that is alone, in its directory or exported. */
final class ImageSurvey {
    private ImageSurvey() {}

    static SurveyedCopy read(CopyOrigin origin, Depth depth) {
        Findings findings = new Findings();
        ImageReader reader = new ImageReader(new ReadingLayer(), depth, findings);
        ImageReader.Read read =
                origin.kind() == CopyOrigin.Kind.ARCHIVE ? reader.archive(origin.path()) : reader.one(origin.path());
        Optional<ImageManifest> manifest = Optional.ofNullable(read.manifest());
        CopyIdentity identity = new CopyIdentity(
                manifest.map(ImageManifest::clusterId),
                manifest.map(ImageManifest::store).orElse(""),
                manifest.map(ImageManifest::epoch),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
        List<KnownMembership> memberships = manifest.stream()
                .map(each -> MembershipReader.of(KnownMembership.Origin.IMAGE, each.membership()))
                .toList();
        return new SurveyedCopy(new CopyContents(
                origin,
                identity,
                JournalFacts.NONE.unbounded(),
                VoteFacts.UNKNOWN,
                Optional.empty(),
                List.of(read.image()),
                memberships,
                findings.list()));
    }
}
