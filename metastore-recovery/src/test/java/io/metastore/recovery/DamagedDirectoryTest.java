package io.metastore.recovery;

import static io.metastore.recovery.RealMembers.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each file of a real member's directory in turn is removed, emptied, cannot be opened, or has a byte flipped: the survey answers, names it, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedDirectoryTest {
    /** Nothing of these is needed, or they are only known to be there while somebody has them open. */
    private static final Set<String> NOT_DATA = Set.of("LOCK", "in_use.lock", "IDENTITY", "LOG", "METASTORE-FLUSHED");

    @TempDir
    static Path temporary;

    private Path directory;
    private SurveyedCopy sound;

    private enum Damage {
        REMOVED,
        EMPTIED,
        FLIPPED,
        /** A link to itself: nobody opens it, root neither. */
        UNREADABLE
    }

    @BeforeAll
    void writeTwoRuns() {
        directory = temporary.resolve("meta");
        for (int run = 0; run < 2; run++) {
            MetaStore store = MetaStore.open(directory);
            Table<String, String> names = store.table(NAMES);
            for (int i = 0; i < 40; i++) {
                names.put("key" + i, "value" + run);
            }
            if (run > 0) {
                store.checkpoints().create();
            }
            names.put("last", "of run " + run);
            SimulatedNetwork.kill(store);
        }
        sound = survey(Depth.FULL);
        assertThat(sound.findings())
                .filteredOn(each -> each.kind() != Finding.Kind.TORN_TAIL)
                .isEmpty();
        assertThat(sound.complete()).isTrue();
    }

    private SurveyedCopy survey(Depth depth) {
        return Recovery.of(Source.directory(directory)).survey(depth).copies().get(0);
    }

    @Test
    void isNamed() throws IOException {
        Map<Path, String> good = TreePhoto.of(directory);
        List<String> unnamed = new ArrayList<>();
        Map<Finding.Kind, Integer> named = new EnumMap<>(Finding.Kind.class);
        for (Path file : TreePhoto.files(directory)) {
            byte[] bytes = Files.readAllBytes(file);
            FileTime time = Files.getLastModifiedTime(file);
            FileTime parentTime = Files.getLastModifiedTime(file.getParent());
            for (Damage damage : Damage.values()) {
                if (bytes.length == 0 && (damage == Damage.EMPTIED || damage == Damage.FLIPPED)) {
                    continue;
                }
                damage(file, bytes, damage);
                Map<Path, String> before = TreePhoto.of(directory);
                SurveyedCopy found = survey(damage == Damage.FLIPPED ? Depth.FULL : Depth.QUICK);
                assertThat(TreePhoto.of(directory)).as("%s %s", damage, file).isEqualTo(before);
                check(file, damage, found, named, unnamed);
                Files.deleteIfExists(file);
                Files.write(file, bytes);
                Files.setLastModifiedTime(file, time);
                Files.setLastModifiedTime(file.getParent(), parentTime);
            }
        }
        assertThat(TreePhoto.of(directory)).isEqualTo(good);
        assertThat(unnamed).isEmpty();
        assertThat(named)
                .containsOnlyKeys(
                        Finding.Kind.IDENTITY,
                        Finding.Kind.JOURNAL,
                        Finding.Kind.VOTE,
                        Finding.Kind.MEMBERSHIP,
                        Finding.Kind.STATE,
                        Finding.Kind.IMAGE);
    }

    private static void damage(Path file, byte[] bytes, Damage damage) throws IOException {
        switch (damage) {
            case REMOVED -> Files.delete(file);
            case EMPTIED -> Files.write(file, new byte[0]);
            case UNREADABLE -> {
                Files.delete(file);
                Files.createSymbolicLink(file, file);
            }
            case FLIPPED -> {
                byte[] bad = bytes.clone();
                bad[flipAt(file, bytes)] ^= 1;
                Files.write(file, bad);
            }
        }
    }

    /** In the middle; of the file that is being written in its first entries, of the vote in the term. */
    private static int flipAt(Path file, byte[] bytes) {
        String name = String.valueOf(file.getFileName());
        if (name.equals("raft-meta")) {
            return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("term=") + "term".length();
        }
        return name.startsWith("log_inprogress") ? 40 : bytes.length / 2;
    }

    private void check(
            Path file, Damage damage, SurveyedCopy found, Map<Finding.Kind, Integer> named, List<String> unnamed) {
        List<Finding> other = new ArrayList<>(found.findings());
        other.removeAll(sound.findings());
        other.forEach(each -> named.merge(each.kind(), 1, Integer::sum));
        String name = String.valueOf(file.getFileName());
        boolean inImage = directory.relativize(file).toString().contains("image/");
        boolean data = inImage
                || (!NOT_DATA.contains(name)
                        && !name.startsWith("OPTIONS-")
                        && !name.endsWith(".log")
                        && !name.startsWith("LOG.old"));
        if (data && other.isEmpty()) {
            unnamed.add(damage + " " + directory.relativize(file));
        }
        boolean ofMember = name.startsWith("log_")
                || Set.of("VERSION", "ROLE", "CURRENT", "raft-meta").contains(name);
        if (ofMember && !inImage && !file.toString().contains("/state") && !other.isEmpty()) {
            assertThat(found.complete()).as("%s %s %s", damage, file, other).isFalse();
        }
        if (!name.startsWith("log_")) {
            assertThat(found.journal().entries())
                    .as("%s %s", damage, file)
                    .isEqualTo(sound.journal().entries());
        }
        assertThat(found.toCopy().committed()).isLessThanOrEqualTo(sound.last().index());
        assertThat(found.last().index()).isLessThanOrEqualTo(sound.last().index());
        assertThat(found.toCopy().lastIndexMax())
                .as("%s %s", damage, file)
                .isGreaterThanOrEqualTo(sound.last().index());
    }
}
