package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Fault;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemoryFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member promised, a term and its vote in it, stays promised. */
class TermAndVoteTest {
    private static final Path DIRECTORY = Path.of("/data/current");
    private static final String SELF = "fe1@00000000-0000-4000-8000-000000000001";
    private static final String OTHER = "fe2@00000000-0000-4000-8000-000000000002";

    private final RecordingConsumer consumer = new RecordingConsumer();

    private TermAndVote at(FileLayer layer, Path directory) {
        return new TermAndVote(layer, directory, new EngineLife("a", consumer));
    }

    private static MemoryFileLayer begun() throws IOException {
        MemoryFileLayer layer = new MemoryFileLayer();
        layer.createDirectories(DIRECTORY);
        layer.writeNew(DIRECTORY.resolve("raft-meta"), WrittenVote.nobody(0).bytes());
        layer.forceDirectory(DIRECTORY);
        return layer.afterProcessCrash();
    }

    private static RaftStorageMetadata vote(long term, String votedFor) {
        return RaftStorageMetadata.valueOf(term, RaftPeerId.valueOf(votedFor));
    }

    @Test
    void nothingThatWasWrittenIsForgottenWhateverOperationGoesWrong() throws IOException {
        List<WrittenVote> promises = List.of(
                new WrittenVote(1, SELF), WrittenVote.nobody(2), new WrittenVote(2, OTHER), new WrittenVote(7, SELF));
        int found = 0;
        for (Fault fault : List.of(Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CRASH, Fault.tear(5))) {
            boolean fired = true;
            for (int operation = 1; fired; operation++) {
                MemoryFileLayer layer = begun().failAt(operation, fault);
                WrittenVote kept = WrittenVote.nobody(0);
                WrittenVote next = kept;
                try {
                    TermAndVote written = at(layer, DIRECTORY);
                    for (WrittenVote promise : promises) {
                        next = promise;
                        written.persist(vote(promise.term(), promise.votedFor()));
                        kept = promise;
                        assertThat(written.has(promise.term())).isTrue();
                    }
                    assertThat(written.getMetadata()).isEqualTo(vote(7, SELF));
                } catch (IOException | RuntimeException | Error e) {
                    assertThat(layer.fired()).as("%s", e).isNotNull();
                }
                fired = layer.fired() != null;
                for (MemoryFileLayer.Survivor survivor : layer.afterPowerLoss()) {
                    assertThat(at(survivor.layer(), DIRECTORY).read())
                            .as("%s %s %s", fault, layer.fired(), survivor.description())
                            .isIn(kept, next);
                    found++;
                }
            }
        }
        assertThat(found).isGreaterThan(50);
    }

    @Test
    void whoCannotWriteThemEnds() throws IOException {
        MemoryFileLayer layer = begun();
        TermAndVote written = at(layer, DIRECTORY);
        written.persist(vote(1, OTHER));
        layer.failAt(layer.trace().size() + 2, Fault.ERROR_BEFORE);
        assertThatThrownBy(() -> written.persist(vote(2, SELF))).isInstanceOf(IOException.class);
        assertThat(consumer.failures)
                .singleElement()
                .asString()
                .contains("term and vote could not be written", "term=2", SELF);
        assertThat(written.has(2)).isFalse();
    }

    /** An election goes on beside a vote that is given to another: whichever of the two writes comes later. */
    @Test
    void laterTermsAndFirstVotesStay() throws IOException {
        MemoryFileLayer layer = begun();
        TermAndVote written = at(layer, DIRECTORY);
        written.persist(vote(5, OTHER));
        for (RaftStorageMetadata overtaken : List.of(vote(4, SELF), vote(4, ""), vote(5, SELF), vote(5, ""))) {
            assertThatThrownBy(() -> written.persist(overtaken))
                    .as("%s", overtaken)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("overtaken");
            assertThat(at(layer.afterProcessCrash(), DIRECTORY).read()).isEqualTo(new WrittenVote(5, OTHER));
        }
        written.persist(vote(5, OTHER));
        written.ensure(5);
        assertThat(at(layer.afterProcessCrash(), DIRECTORY).read()).isEqualTo(new WrittenVote(5, OTHER));
        written.ensure(6); // Somebody is told of a term that its election has not written yet.
        written.persist(vote(6, SELF));
        assertThat(at(layer.afterProcessCrash(), DIRECTORY).read()).isEqualTo(new WrittenVote(6, SELF));
        assertThat(consumer.failures).isEmpty();
    }

    @Test
    void everyFlippedBitIsFoundOrOfNoConsequence() throws IOException {
        WrittenVote sound = new WrittenVote(12, OTHER);
        byte[] bytes = sound.bytes();
        assertThat(WrittenVote.parse(bytes)).isEqualTo(sound);
        int refused = 0;
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                assertThat(WrittenVote.parse(flipped)).as("bit %d", bit).isEqualTo(sound);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("damaged");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(4 * bytes.length);
    }

    /** Wherever it is cut off: the rest of a vote would be a vote for somebody else. */
    @Test
    void aBeginningOfTheFileIsRefusedOrSaysTheSame() throws IOException {
        WrittenVote sound = new WrittenVote(12, OTHER);
        byte[] bytes = sound.bytes();
        int refused = 0;
        for (int length = 0; length < bytes.length; length++) {
            try {
                assertThat(WrittenVote.parse(Arrays.copyOf(bytes, length)))
                        .as("the first %d of %d bytes", length, bytes.length)
                        .isEqualTo(sound);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("damaged");
                refused++;
            }
        }
        assertThat(refused).as("all but the one that lacks the whole checksum").isEqualTo(bytes.length - 1);
    }

    @Test
    void ratisReadsWhatWeWriteAndTellsUsWhatItWouldWrite(@TempDir Path root) throws IOException {
        Path group = root.resolve("group");
        RaftStorage first = storage(group);
        first.initialize();
        Path current = group.resolve("current");
        TermAndVote written = at(new DiskFileLayer(), current);
        written.takeOver(first);
        assertThat(first.getMetadataFile().getMetadata()).isEqualTo(RaftStorageMetadata.getDefault());
        first.getMetadataFile().persist(vote(3, OTHER));
        first.close();
        assertThat(WrittenVote.parse(Files.readAllBytes(current.resolve("raft-meta"))))
                .isEqualTo(new WrittenVote(3, OTHER));

        RaftStorage second = storage(group);
        second.initialize();
        assertThat(second.getMetadataFile().getMetadata()).as("by Ratis").isEqualTo(vote(3, OTHER));
        second.close();
    }

    private static RaftStorage storage(Path group) throws IOException {
        return RaftStorage.newBuilder()
                .setDirectory(group.toFile())
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setLogCorruptionPolicy(RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION)
                .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
                .build();
    }
}
