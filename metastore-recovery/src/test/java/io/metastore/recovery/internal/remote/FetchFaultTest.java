package io.metastore.recovery.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.Source;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.MemberJournal;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each file operation of a fetch fails, and ends the process, in turn; then the power is lost as well. */
class FetchFaultTest extends FetchGround {

    FetchFaultTest() {
        super(24);
    }

    @Test
    void directoryIsWhollyOldOrWhollyNewWhateverOperationGoesWrong() throws IOException {
        Map<String, Integer> asItWas = Trees.photo(far);
        Path untouched = prepare(before);
        assertThat(apply(new DiskFileLayer(), untouched)).isTrue();
        made = Trees.photo(untouched.resolve(NEW));
        assertThat(made).containsKey("state/CURRENT");

        int opened = enumerate("fetch", before, this::apply, this::checkFetched);

        assertThat(opened).isGreaterThan(10);
        assertThat(Trees.photo(far)).as("the member it was fetched from").isEqualTo(asItWas);
    }

    /** The other one has purged what comes next here. */
    @Test
    void directoryIsWhollyOldOrWhollyNewWhenAnImageIsFetchedToo() throws IOException {
        LogPosition image = Recovery.of(Source.directory(far))
                .survey()
                .copies()
                .get(0)
                .images()
                .get(0)
                .contents()
                .orElseThrow()
                .position();
        for (SegmentScan segment : there.segments()) {
            if (!segment.open() && segment.last() < image.index()) {
                Files.delete(segment.path());
            }
        }
        wanted = new MemberFetch("far:1", "far", image, true, there.last());
        Path untouched = prepare(before);
        assertThat(apply(new DiskFileLayer(), untouched)).isFalse();
        made = Trees.photo(untouched.resolve(NEW));
        assertThat(made).containsKey("image/image." + image.index() + "/MANIFEST");

        int opened = enumerate("fetch with an image", before, this::apply, this::checkFetched);

        assertThat(opened).isGreaterThan(10);
        // a damaged one is found before anything is sealed
        Path file;
        try (var names = Files.walk(far.resolve(OLD).resolve("image"))) {
            file = names.filter(path -> path.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Path base = prepare(before);
        refused(Reason.UNUSABLE_COPY, base, new Far());
        checkOld(base);
    }

    /** What is sealed needs nobody any more who has the journal: all of it is here. */
    private void checkFetched(Path base, String what, Map<String, Integer> expected) throws IOException {
        boolean sealed;
        try (EpochSuccession succession = EpochSuccession.open(new DiskFileLayer(), base)) {
            sealed = succession.epoch() == 1 && succession.seal().isPresent();
        }
        if (sealed) {
            Far silent = new Far() {
                @Override
                public MemberJournal journal(MemberFetch fetch, ResetOrder about) {
                    throw new AssertionError("is fetched again behind the seal: " + what);
                }
            };
            new DirectoryReset(new DiskFileLayer(), CLOCK, step -> {}, silent).resume(base);
        }
        checkApplied(base, what, expected);
        assertThat(base.resolve(FETCHED)).as(what).doesNotExist();
    }
}
