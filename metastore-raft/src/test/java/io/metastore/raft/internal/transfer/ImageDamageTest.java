package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is damaged, or of somebody else, is never published, wherever it was damaged. */
class ImageDamageTest extends ImageFetching {

    @Test
    void damagedRepliesAreNeverTakenAndAnotherMemberIsAsked() throws Exception {
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.copyFrom(n1, 20);
        n3.leader = "n2";
        for (Damage damage : Damage.values()) {
            AtomicInteger struck = new AtomicInteger();
            n1.tampering = (method, request, chunk, reply) -> {
                if (method != Method.IMAGE_CHUNK) {
                    return CompletableFuture.completedFuture(reply);
                }
                struck.incrementAndGet();
                return damage.of(reply);
            };
            PersistedImage image = fetch(n3, 21);
            assertThat(struck.get()).as("struck by %s", damage).isPositive();
            assertThat(image.manifest().provenance().detail())
                    .as("after %s", damage)
                    .isEqualTo("n2");
            assertThat(image.manifest().files()).isEqualTo(sent.files());
            new DiskFileLayer().deleteTree(image.directory());
            n3.store.recheck();
        }
    }

    private enum Damage {
        FLIPPED_BIT,
        TRUNCATED,
        EMPTY,
        ERROR_PAGE,
        LONGER,
        FAILING,
        OF_ANOTHER_REQUEST;

        CompletableFuture<byte[]> of(byte[] reply) {
            byte[] damaged = reply.clone();
            switch (this) {
                case FLIPPED_BIT -> damaged[reply.length / 2] ^= 4;
                case TRUNCATED -> damaged = Arrays.copyOf(reply, reply.length - 1);
                case EMPTY -> damaged = new byte[0];
                case ERROR_PAGE ->
                    damaged = "<html><body>502 Bad Gateway</body></html>".getBytes(StandardCharsets.US_ASCII);
                case LONGER -> damaged = Arrays.copyOf(reply, reply.length + 1);
                case FAILING -> {
                    return CompletableFuture.failedFuture(new IOException("disk"));
                }
                case OF_ANOTHER_REQUEST ->
                    damaged = ImageReply.ok(new byte[8])
                            .encode(ImageRequest.list("n9").encode(Method.IMAGE_LIST));
            }
            return CompletableFuture.completedFuture(damaged);
        }
    }

    @Test
    void aFileThatIsDamagedOnTheSendersDiskIsNeverPublished() throws Exception {
        // given: the same image at two members, damaged at the one that is asked first
        ImageManifest sent = n1.make(20, IMAGE_BYTES);
        n2.copyFrom(n1, 20);
        Path largest = damageLargest(n1, sent);
        n3.leader = "n2";
        // when
        PersistedImage image = fetch(n3, 21);
        // then
        assertThat(image.manifest().provenance().detail()).isEqualTo("n2");
        String name = largest.getFileName().toString();
        assertThat(image.directory().resolve(name)).hasSameBinaryContentAs(n2.images.resolve("image.20/" + name));
        assertThat(n1.chunkBytes.get())
                .as("three times, not more")
                .isBetween(
                        2 * sent.file(name).bytes(),
                        sent.bytes() + 3 * sent.file(name).bytes());
    }

    @Test
    void whenEverySenderIsDamagedItGivesUpAndNamesThem() throws Exception {
        ImageManifest sent = n1.make(20, 60_000);
        damageLargest(n1, sent);
        n2.tampering = (method, request, chunk, reply) ->
                CompletableFuture.completedFuture(Arrays.copyOf(reply, reply.length + 1));
        cluster.open("n4").tampering = n2.tampering;
        assertThatThrownBy(() -> fetch(n3, 21))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("n1 (not asked again): a received file is not what the manifest says")
                .hasMessageContaining("n2 (not asked again): IMAGE_LIST to n2: a reply is damaged")
                .hasMessageContaining("n4 (not asked again)");
        assertThat(n3.store.images()).isEmpty();
    }

    private static Path damageLargest(ImageMember member, ImageManifest sent) throws IOException {
        ImageFile largest = largest(sent);
        Path path = member.images.resolve("image.20").resolve(largest.name());
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 2] ^= 1;
        Files.write(path, bytes);
        return path;
    }

    @Test
    void anImageOfAnotherClusterIsRefused() throws Exception {
        n2.make(10, 20_000);
        ImageMember stranger = n1;
        byte[] list = OfferedImage.encode(List.of(OfferedImage.of(RealImages.make(
                directory.resolve("elsewhere"), 20, 20_000, "n1", new Lineage(new UUID(9, 9), "main", 1)))));
        ImageManifest foreign =
                ManifestCodec.decode(directory, Files.readAllBytes(directory.resolve("elsewhere/image.20/MANIFEST")));
        stranger.tampering = (method, request, chunk, reply) -> CompletableFuture.completedFuture(
                switch (method) {
                    case IMAGE_LIST -> ImageReply.ok(list).encode(request.encode(method));
                    case IMAGE_MANIFEST ->
                        ImageReply.ok(ManifestCodec.encode(foreign)).encode(request.encode(method));
                    default -> reply;
                });
        assertThat(fetch(n3, 5).index()).isEqualTo(10);
        assertThat(stranger.chunks).hasValue(0);
    }

    @Test
    void anImageThatHoldsAnotherStateThanItPromisesIsNeverPublished() throws Exception {
        // given: every file as the manifest says, and the manifest wrong about the state
        ImageManifest sent = n1.make(20, 60_000);
        ImageManifest lie = new ImageManifest(
                sent.clusterId(),
                sent.store(),
                sent.epoch(),
                sent.position(),
                sent.revision(),
                "0".repeat(32),
                sent.membership(),
                sent.created(),
                sent.provenance(),
                sent.origin(),
                sent.files());
        Files.write(n1.images.resolve("image.20/" + ImageManifest.FILE), ManifestCodec.encode(lie));
        n1.store.recheck();
        // then
        assertThatThrownBy(() -> fetch(n3, 21))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("n1 (not asked again): image does not hold the state")
                .hasMessageContaining(sent.fingerprint());
        assertThat(names(n3.images)).isEmpty();
        assertThat(n3.store.images()).isEmpty();
    }
}
