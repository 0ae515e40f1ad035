package io.metastore.recovery.internal.survey;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.recovery.internal.json.JsonRecord;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import io.metastore.recovery.journal.TermRun;
import io.metastore.recovery.survey.Beginning;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.MemberRole;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What was found in a copy as JSON and back. Functions; reading refuses by {@link IllegalArgumentException} whatever writing does not make. */
public final class ContentsCodec {
    private ContentsCodec() {}

    /** One copy. */
    public static JsonRecord write(CopyContents contents) {
        return new JsonRecord()
                .with("origin", origin(contents.origin()))
                .with("identity", identity(contents.identity()))
                .with("journal", journal(contents.journal()))
                .with(
                        "vote",
                        new JsonRecord()
                                .with("term", contents.vote().term())
                                .with("votedFor", contents.vote().votedFor()))
                .with("state", contents.state().stream().toList(), ContentsCodec::state)
                .with("images", contents.images(), ContentsCodec::image)
                .with("memberships", contents.memberships(), ContentsCodec::membership)
                .with("findings", contents.findings(), ContentsCodec::finding);
    }

    /** The inverse of {@link #write}. */
    public static CopyContents read(JsonRecord in) {
        return new CopyContents(
                in.record("origin", ContentsCodec::origin),
                in.record("identity", ContentsCodec::identity),
                in.record("journal", ContentsCodec::journal),
                in.record("vote", vote -> new VoteFacts(vote.number("term"), vote.text("votedFor"))),
                atMostOne(in.records("state", ContentsCodec::state)),
                in.records("images", ContentsCodec::image),
                in.records("memberships", ContentsCodec::membership),
                in.records("findings", ContentsCodec::finding));
    }

    private static <T> Optional<T> atMostOne(List<T> values) {
        if (values.size() > 1) {
            throw new IllegalArgumentException("expected: at most one found: " + values.size());
        }
        return values.stream().findFirst();
    }

    private static JsonRecord origin(CopyOrigin origin) {
        return new JsonRecord()
                .with("kind", origin.kind().name())
                .with("path", origin.path().toString())
                .with("label", origin.label())
                .with("address", origin.address(), Function.identity());
    }

    private static CopyOrigin origin(JsonRecord in) {
        return new CopyOrigin(
                in.parsed("kind", CopyOrigin.Kind::valueOf),
                in.parsed("path", Path::of),
                in.text("label"),
                in.optional("address", Function.identity()));
    }

    private static JsonRecord identity(CopyIdentity identity) {
        return new JsonRecord()
                .with("cluster", identity.clusterId(), UUID::toString)
                .with("store", identity.store())
                .with("epoch", identity.epoch(), String::valueOf)
                .with("member", identity.member(), Function.identity())
                .with("incarnation", identity.incarnation(), UUID::toString)
                .with("role", identity.role(), MemberRole::text)
                .with("address", identity.address(), Function.identity())
                .with("beginnings", identity.beginnings(), each -> new JsonRecord()
                        .with("epoch", each.epoch())
                        .with("recovery", each.recovery().toString()));
    }

    private static CopyIdentity identity(JsonRecord in) {
        return new CopyIdentity(
                in.optional("cluster", UUID::fromString),
                in.text("store"),
                in.optional("epoch", Long::valueOf),
                in.optional("member", Function.identity()),
                in.optional("incarnation", UUID::fromString),
                in.optional("role", MemberRole::of),
                in.optional("address", Function.identity()),
                in.records(
                        "beginnings",
                        each -> new Beginning(each.number("epoch"), each.parsed("recovery", UUID::fromString))));
    }

    private static JsonRecord journal(JournalFacts journal) {
        return new JsonRecord()
                .with("files", journal.files())
                .with("bytes", journal.bytes())
                .with("entries", journal.entries())
                .with("first", journal.first())
                .with("last", position(journal.last()))
                .with("lastIndexMax", journal.lastIndexMax())
                .with("terms", journal.terms(), run -> new JsonRecord()
                        .with("term", run.term())
                        .with("first", run.first()))
                .with("committed", journal.committed());
    }

    private static JournalFacts journal(JsonRecord in) {
        return new JournalFacts(
                Math.toIntExact(in.number("files")),
                in.number("bytes"),
                in.number("entries"),
                in.number("first"),
                in.record("last", ContentsCodec::position),
                in.number("lastIndexMax"),
                in.records("terms", run -> new TermRun(run.number("term"), run.number("first"))),
                in.number("committed"));
    }

    private static JsonRecord position(LogPosition position) {
        return new JsonRecord().with("term", position.term()).with("index", position.index());
    }

    private static LogPosition position(JsonRecord in) {
        return new LogPosition(in.number("term"), in.number("index"));
    }

    private static JsonRecord revision(Revision revision) {
        return new JsonRecord()
                .with("epoch", revision.epoch())
                .with("number", revision.number())
                .with("position", position(revision.position()));
    }

    private static Revision revision(JsonRecord in) {
        return new Revision(in.number("epoch"), in.number("number"), in.record("position", ContentsCodec::position));
    }

    private static JsonRecord state(StateFacts state) {
        return new JsonRecord()
                .with("directory", state.directory().toString())
                .with("position", position(state.position()))
                .with("revision", revision(state.revision()))
                .with("fingerprint", state.fingerprint())
                .with("verified", state.verified());
    }

    private static StateFacts state(JsonRecord in) {
        return new StateFacts(
                in.parsed("directory", Path::of),
                in.record("position", ContentsCodec::position),
                in.record("revision", ContentsCodec::revision),
                in.text("fingerprint"),
                in.truth("verified"));
    }

    private static JsonRecord image(SurveyedImage image) {
        return new JsonRecord()
                .with("path", image.path().toString())
                .with("contents", image.contents().stream().toList(), contents -> new JsonRecord()
                        .with("position", position(contents.position()))
                        .with("revision", revision(contents.revision()))
                        .with("fingerprint", contents.fingerprint())
                        .with("bytes", contents.bytes()))
                .with("flaw", image.flaw(), Function.identity())
                .with("verified", image.verified());
    }

    private static SurveyedImage image(JsonRecord in) {
        return new SurveyedImage(
                in.parsed("path", Path::of),
                atMostOne(in.records(
                        "contents",
                        contents -> new SurveyedImage.Contents(
                                contents.record("position", ContentsCodec::position),
                                contents.record("revision", ContentsCodec::revision),
                                contents.text("fingerprint"),
                                contents.number("bytes")))),
                in.optional("flaw", Function.identity()),
                in.truth("verified"));
    }

    private static JsonRecord membership(KnownMembership known) {
        LoggedMembership members = known.members();
        return new JsonRecord()
                .with("origin", known.origin().name())
                .with("position", position(members.position()))
                .with("voters", members.voters(), ContentsCodec::peer)
                .with("observers", members.observers(), ContentsCodec::peer)
                .with("oldVoters", members.oldVoters(), ContentsCodec::peer)
                .with("oldObservers", members.oldObservers(), ContentsCodec::peer);
    }

    private static KnownMembership membership(JsonRecord in) {
        KnownMembership.Origin origin = in.parsed("origin", KnownMembership.Origin::valueOf);
        return new KnownMembership(
                origin,
                new LoggedMembership(
                        in.record("position", ContentsCodec::position),
                        in.records("voters", ContentsCodec::peer),
                        in.records("observers", ContentsCodec::peer),
                        in.records("oldVoters", ContentsCodec::peer),
                        in.records("oldObservers", ContentsCodec::peer)));
    }

    private static JsonRecord peer(Peer peer) {
        return new JsonRecord().with("id", peer.id()).with("address", peer.address());
    }

    private static Peer peer(JsonRecord in) {
        return new Peer(in.text("id"), in.text("address"));
    }

    private static JsonRecord finding(Finding finding) {
        return new JsonRecord()
                .with("kind", finding.kind().name())
                .with("path", finding.path().toString())
                .with("what", finding.what());
    }

    private static Finding finding(JsonRecord in) {
        return new Finding(in.parsed("kind", Finding.Kind::valueOf), in.parsed("path", Path::of), in.text("what"));
    }
}
