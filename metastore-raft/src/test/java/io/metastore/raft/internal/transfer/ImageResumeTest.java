package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.StoreClosedException;
import io.metastore.raft.internal.transfer.ImageMember.Tampering;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What was received is not lost when the sender or the receiver goes. */
class ImageResumeTest extends ImageFetching {

    @Test
    void goesOnWithAnotherMemberWhenTheSenderDiesAndItHasTheSameBytes() throws Exception {
        // given: n2 has received the image of n1
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.copyFrom(n1, 20);
        n3.leader = "n2"; // n1 is asked first.
        AtomicLong killedAt = killAtHalf(n1, sent);
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(killedAt.get()).as("the sender was killed").isPositive();
        assertThat(image.manifest().provenance().detail()).isEqualTo("n2");
        assertThat(n1.chunkBytes.get() + n2.chunkBytes.get())
                .as("bytes asked for, those twice that were under way")
                .isBetween(sent.bytes(), sent.bytes() + WINDOW * CHUNK);
    }

    @Test
    void beginsAnewWithAnotherMemberWhenTheSenderDiesAndItHasOtherBytes() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        ImageManifest other = n2.make(20, IMAGE_BYTES);
        assertThat(other.fingerprint()).isEqualTo(sent.fingerprint());
        assertThat(other.files()).isNotEqualTo(sent.files());
        n3.leader = "n2";
        AtomicLong killedAt = killAtHalf(n1, sent);
        PersistedImage image = fetch(n3, 21);
        assertThat(killedAt.get()).as("the sender was killed").isPositive();
        assertThat(image.manifest().files()).isEqualTo(other.files());
        assertThat(n2.chunkBytes.get()).isEqualTo(other.bytes());
    }

    private static AtomicLong killAtHalf(ImageMember member, ImageManifest sent) {
        AtomicLong killedAt = new AtomicLong();
        member.tampering = (method, request, chunk, reply) -> {
            if (member.chunkBytes.get() > sent.bytes() / 2 && killedAt.compareAndSet(0, chunk)) {
                member.kill();
            }
            return CompletableFuture.completedFuture(reply);
        };
        return killedAt;
    }

    @Test
    void aReceiverThatWasEndedGoesOnWhereItStopped() throws Exception {
        // given
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        AtomicInteger ends = new AtomicInteger();
        n1.tampering = (method, request, chunk, reply) -> {
            if (chunk == 15 || chunk == 40) {
                ends.incrementAndGet();
                n3.goOn.set(false);
            }
            return CompletableFuture.completedFuture(reply);
        };
        AtomicInteger renewals = new AtomicInteger();
        n1.renewal = () -> {
            renewals.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        };
        // when: twice, each time in a store of images that is opened anew
        for (int end = 1; end <= 2; end++) {
            n3.goOn.set(true);
            assertThatThrownBy(() -> fetch(n3, 21)).isInstanceOf(StoreClosedException.class);
            assertThat(ends).hasValue(end);
            assertThat(names(n3.images)).containsExactly("image.receiving");
            n3.close();
            n3 = cluster.open("n3");
        }
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.index()).isEqualTo(20);
        long again = n1.chunkBytes.get() - sent.bytes();
        System.out.println("fetched again after two ends: bytes=" + again + " of=" + sent.bytes());
        assertThat(again).isBetween(0L, 2L * WINDOW * CHUNK);
        assertThat(renewals).as("what is half here is not begun anew").hasValue(1);
    }

    @Test
    void aFileWhoseEndWasLostWithThePowerIsFetchedAgain() throws Exception {
        // given: half of it, the last bytes zeroed
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        ImageFile largest = largest(sent);
        n1.tampering = (method, request, chunk, reply) -> {
            if (request.file().equals(largest.name()) && request.offset() > largest.bytes() / 2) {
                n3.goOn.set(false);
            }
            return CompletableFuture.completedFuture(reply);
        };
        assertThatThrownBy(() -> fetch(n3, 21)).isInstanceOf(StoreClosedException.class);
        n1.tampering = Tampering.NONE;
        n3.goOn.set(true);
        Path part = n3.images.resolve("image.receiving").resolve(largest.name() + ".part");
        byte[] bytes = Files.readAllBytes(part);
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
        Files.write(part, bytes);
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.index()).isEqualTo(20);
        assertThat(n1.chunkBytes.get() - sent.bytes())
                .isBetween((long) bytes.length, largest.bytes() + 2 * WINDOW * CHUNK);
    }
}
