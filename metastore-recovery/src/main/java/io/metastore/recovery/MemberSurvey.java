package io.metastore.recovery;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.raft.remote.Reply;
import io.metastore.recovery.internal.remote.SurveyQuestion;
import io.metastore.recovery.internal.survey.SurveyText;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.VoteFacts;
import java.util.List;
import java.util.Optional;

/** Asks a member of another process what it has. */
final class MemberSurvey {
    private MemberSurvey() {}

    /** What it says; when it says nothing, why, as the one finding. */
    static CopyContents read(Source.Member source, Depth depth) {
        Reply reply;
        try (RemoteMember member = Remotes.at(source.address(), source.access(), "")) {
            reply = member.survey(SurveyQuestion.encode(depth));
        }
        if (reply.kind() != Reply.Kind.ANSWERED) {
            return nothing(source.origin(), reply.why());
        }
        try {
            List<CopyContents> copies = SurveyText.read(reply.bytes());
            return copies.size() == 1
                    ? found(source.origin(), copies.get(0))
                    : nothing(source.origin(), "answers with so many copies: " + copies.size());
        } catch (IllegalArgumentException | DirectoryMismatchException e) {
            return nothing(source.origin(), "answers what this build cannot read: " + e.getMessage());
        }
    }

    private static CopyContents found(CopyOrigin asked, CopyContents said) {
        return new CopyContents(
                new CopyOrigin(asked.kind(), said.origin().path(), asked.label(), asked.address()),
                said.identity(),
                said.journal(),
                said.vote(),
                said.state(),
                said.images(),
                said.memberships(),
                said.findings());
    }

    private static CopyContents nothing(CopyOrigin asked, String why) {
        return new CopyContents(
                asked,
                new CopyIdentity(
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of()),
                JournalFacts.NONE.unbounded(),
                VoteFacts.UNKNOWN,
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(new Finding(Finding.Kind.SILENT, asked.path(), why)));
    }
}
