package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.LogPosition;
import io.metastore.api.MemberAddress;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.snapshot.files.Acknowledgements;
import io.metastore.snapshot.files.Acknowledgements.Mark;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecollectionTest {

    private static final MemberAddress SELF = MemberAddress.voter("fe1", "10.0.0.1:9010");
    private static final List<MemberAddress> LISTED = List.of(SELF, MemberAddress.voter("fe2", "10.0.0.2:9010"));
    private static final String OTHER = "fe2@00000000-0000-4000-8000-000000000002";

    private final ScriptedEngine engine = new ScriptedEngine();
    private Path path;
    private MemberDirectory directory;
    private Members members;
    private String self;

    @BeforeEach
    void open(@TempDir Path temporary) {
        path = temporary.resolve("fe1");
        Identity identity = Identity.member(
                ClusterIds.clusterIdOf(LISTED, ClusterIds.NO_TOKEN), ClusterIds.NO_TOKEN, Instant.EPOCH, SELF);
        directory = MemberDirectory.open(
                new DiskFileLayer(), path, Expectation.bootstrap(SELF, LISTED, ClusterIds.NO_TOKEN));
        Membership membership = Membership.bootstrap(LISTED, identity);
        directory.initialize(identity, membership);
        self = new MemberId("fe1", identity.incarnation()).text();
        members = new Members(new Peers("fe1", membership.members()), null);
        members.id(self);
        members.engine(engine);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private void lead(long term) {
        engine.term = term;
        engine.leader = true;
        engine.ready = true;
    }

    private static FollowerProgress follower(long match) {
        return new FollowerProgress(OTHER, match, match + 1, Duration.ZERO, false);
    }

    @Test
    void leaderNamesNothingButWhatIsOnDisks() {
        lead(7);
        engine.commit = 100;
        engine.durable = 97; // Two others have made a majority.
        engine.followers = List.of(follower(98));
        Recollection recollection = new Recollection(members, directory);
        recollection.rememberAll();
        assertThat(directory.acknowledged().marks())
                .containsExactly(new Mark(self, 7, 97, 97), new Mark(OTHER, 7, 98, 98));

        engine.followers = List.of(follower(120)); // Acknowledged, and not committed yet.
        recollection.rememberAll();
        assertThat(directory.acknowledged().marks()).contains(new Mark(OTHER, 7, 120, 100));
    }

    @Test
    void whatWasFoundWhileLeadershipWasLostCountsForNothing() {
        lead(7);
        engine.followers = List.of(follower(98));
        engine.duringFollowers = () -> {
            engine.term = 8;
            engine.leader = false;
        };
        Recollection recollection = new Recollection(members, directory);
        recollection.rememberAll();
        assertThat(directory.acknowledged()).isEqualTo(Acknowledgements.NONE);
        assertThat(recollection.tell(MemberFacts.of()).facts()).doesNotContainKey("acked." + OTHER);
    }

    @Test
    void followersWriteDownWhatTheyAreToldOfTheirEpochAndNothingElse() {
        Recollection recollection = new Recollection(members, directory);
        recollection.learn(MemberFacts.of().with("epoch", 2).with("acked." + OTHER, "7:98:97"));
        recollection.learn(MemberFacts.of().with("acked." + OTHER, "7:98:97"));
        recollection.learn(MemberFacts.of()
                .with("epoch", 1)
                .with("acked.no id", "7:98:97")
                .with("acked.fe3@x", "7:98:97")
                .with("acked." + self, "7:-98:97"));
        recollection.rememberAll();
        assertThat(directory.acknowledged()).isEqualTo(Acknowledgements.NONE);

        recollection.learn(MemberFacts.of().with("epoch", 1).with("acked." + OTHER, "7:98:97"));
        recollection.rememberAll();
        assertThat(directory.acknowledged().marks()).containsExactly(new Mark(OTHER, 7, 98, 97));
        assertThat(new Recollection(members, directory).tell(MemberFacts.of()).text("acked." + OTHER))
                .as("after a restart")
                .isEqualTo("7:98:97");
    }

    @Test
    void writesNothingWhenNothingIsNew() throws IOException {
        lead(7);
        engine.commit = 10;
        engine.durable = 10;
        Recollection recollection = new Recollection(members, directory);
        recollection.rememberAll();
        Path file = path.resolve("stores/main/epoch-000001/acknowledged");
        FileTime old = FileTime.fromMillis(1);
        Files.setLastModifiedTime(file, old);
        recollection.rememberAll();
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
        engine.commit = 11;
        engine.durable = 11;
        recollection.remember();
        assertThat(Files.getLastModifiedTime(file))
                .as("not again within a second")
                .isEqualTo(old);
        recollection.rememberAll();
        assertThat(Files.getLastModifiedTime(file)).isNotEqualTo(old);
    }

    /** Of a member with the mark 5:100:90. */
    @ParameterizedTest
    @CsvSource({
        "5, 1, 100, false",
        "5, 1, 99, true",
        "6, 1, 95, false", // A later leader cut it off.
        "6, 1, 89, true",
        "6, 90, 89, false", // No entries: an image is being installed, or it ends.
        "6, -1, 89, false", // Not open.
        "0, 1, 89, false",
    })
    void onlyAJournalWithEntriesIsFoundOlder(long term, long first, long last, boolean older) {
        directory.updateAcknowledged(Acknowledgements.of(List.of(new Mark(self, 5, 100, 90))));
        engine.term = term;
        engine.first = first;
        engine.last = new LogPosition(term, last);
        Recollection recollection = new Recollection(members, directory);
        assertThat(recollection.forgotten() != null).isEqualTo(older);
        if (older) {
            assertThatThrownBy(() -> recollection.check(engine))
                    .isInstanceOf(DirectoryMismatchException.class)
                    .hasMessage(recollection.forgotten())
                    .hasMessageContaining(
                            "term=" + term + " last=" + last + " acknowledged: term=5 index=100 committed=90");
        }
    }

    /** It may be ended while it is compared, because its epoch is over: it is closed then, and not older. */
    @Test
    void anEngineThatWasEndedMeanwhileIsNotFoundOlder() {
        directory.updateAcknowledged(Acknowledgements.of(List.of(new Mark(self, 5, 100, 90))));
        engine.term = 5;
        engine.last = LogPosition.NONE;
        Recollection recollection = new Recollection(members, directory);
        assertThatThrownBy(() -> recollection.check(engine))
                .as("an empty journal is")
                .isInstanceOf(DirectoryMismatchException.class);
        engine.stopped = true;
        recollection.check(engine);
    }

    @ParameterizedTest
    @CsvSource({"4, 99, false", "5, 90, false", "7, 89, true"})
    void anObserverOnlyHasToHaveWhatWasCommitted(long term, long last, boolean older) {
        directory.updateAcknowledged(Acknowledgements.of(List.of(new Mark(self, 5, 100, 90))));
        members.peers(new Peers("fe1", List.of()));
        engine.term = term;
        engine.first = 1;
        engine.last = new LogPosition(term, last);
        assertThat(new Recollection(members, directory).forgotten() != null).isEqualTo(older);
    }

    @Test
    void damagedNotesStopNobodyAreAFindingAndAreWrittenAnew() throws IOException {
        Path file = path.resolve("stores/main/epoch-000001/acknowledged");
        Files.writeString(file, "nothing that anybody wrote");
        directory.close();
        directory = MemberDirectory.open(
                new DiskFileLayer(), path, Expectation.bootstrap(SELF, LISTED, ClusterIds.NO_TOKEN));
        Recollection recollection = new Recollection(members, directory);
        recollection.remember();
        assertThat(Files.readString(file))
                .startsWith("format=metastore-acknowledged/1")
                .contains("members=0");
        assertThat(recollection.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo("ACKNOWLEDGEMENTS_LOST");
            assertThat(finding.text()).contains(file.toString(), "expected: ");
        });
    }

    @Test
    void saysWhatCannotBeWrittenUntilItCan() throws IOException {
        Recollection recollection = new Recollection(members, directory);
        recollection.learn(MemberFacts.of().with("epoch", 1).with("acked." + OTHER, "7:98:97"));
        Path blocking = path.resolve("stores/main/epoch-000001/acknowledged.tmp");
        Files.createDirectories(blocking.resolve("in the way"));
        recollection.rememberAll();
        assertThat(recollection.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.code()).isEqualTo("ACKNOWLEDGEMENTS_NOT_WRITTEN"))
                .satisfies(finding -> assertThat(finding.text()).contains("acknowledged"));
        Files.delete(blocking.resolve("in the way"));
        recollection.rememberAll();
        assertThat(recollection.findings()).isEmpty();
        assertThat(directory.acknowledged().marks()).hasSize(1);
    }
}
