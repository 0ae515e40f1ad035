package io.metastore.recovery.survey;

import java.util.List;
import java.util.Optional;

/**
 * All that was found in one copy.
 *
 * @param origin where
 * @param identity whose it is
 * @param journal its entries
 * @param vote term and vote
 * @param state the live state; empty when there is none that can be read, which is a finding unless there is none to be expected
 * @param images newest first, the unsound ones last
 * @param memberships all that it knows of, by index
 * @param findings what is not as it should be
 */
public record CopyContents(
        CopyOrigin origin,
        CopyIdentity identity,
        JournalFacts journal,
        VoteFacts vote,
        Optional<StateFacts> state,
        List<SurveyedImage> images,
        List<KnownMembership> memberships,
        List<Finding> findings) {

    public CopyContents {
        images = List.copyOf(images);
        memberships = List.copyOf(memberships);
        findings = List.copyOf(findings);
    }
}
