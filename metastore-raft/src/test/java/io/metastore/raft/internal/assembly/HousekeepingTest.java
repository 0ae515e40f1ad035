package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.Health;
import io.metastore.api.MetaStore;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.TableDef;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A duty of the housekeeping thread that throws: the member says so instead of going on without it. */
class HousekeepingTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDutyThatThrowsFailsTheMember(boolean error, @TempDir Path temporary) {
        AtomicInteger thrown = new AtomicInteger();
        try (MetaStore store = MetaStore.builder(temporary.resolve("fe1"))
                .member("fe1", "fe1:9010")
                .bootstrap("fe1=fe1:9010", "fe2=fe2:9010", "fe3=fe3:9010")
                .with(new ThrowingNetwork(error, thrown))
                .open()) {
            // when the others are asked how they are, once a second
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> store.health().findings().stream()
                    .anyMatch(finding -> finding.code().equals(StoreState.FAILED.name())));
            // then
            assertThat(thrown).hasPositiveValue();
            Health health = store.health();
            assertThat(health.live()).isFalse();
            assertThat(health.findings().get(0).text())
                    .contains("housekeeping failed")
                    .contains("as planned");
            assertThatThrownBy(() -> store.table(NOTES))
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("as planned");
        }
    }

    /** Throws where it must not, when a member asks another one how it is; nobody can be reached otherwise. */
    private record ThrowingNetwork(boolean error, AtomicInteger thrown) implements TransportAddon, Transport {

        @Override
        public String name() {
            return "throwing-network";
        }

        @Override
        public Transport open(String address) {
            return this;
        }

        @Override
        public void listen(Handler handler) {}

        @Override
        public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
            if (method != Method.DESCRIBE) {
                return CompletableFuture.failedFuture(new IOException("nobody there"));
            }
            thrown.incrementAndGet();
            if (error) {
                throw new AssertionError("as planned");
            }
            throw new IllegalStateException("as planned");
        }

        @Override
        public void close() {}
    }
}
