package io.metastore.recovery.internal.remote;

import io.metastore.raft.remote.RecoveryAtMember;
import io.metastore.recovery.internal.survey.DirectorySurvey;
import io.metastore.recovery.internal.survey.SurveyText;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyOrigin;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Answers recoveries that are carried out elsewhere. Without state; callable from any thread. */
public final class MemberRecovery implements RecoveryAtMember {

    /** For {@link java.util.ServiceLoader}. */
    public MemberRecovery() {}

    @Override
    public byte[] survey(Path directory, byte[] request, BooleanSupplier ended) {
        CopyOrigin origin = new CopyOrigin(CopyOrigin.Kind.STORE, directory, directory.toString());
        CopyContents found = DirectorySurvey.read(origin, SurveyQuestion.decode(request), ended);
        return SurveyText.write(List.of(found));
    }
}
