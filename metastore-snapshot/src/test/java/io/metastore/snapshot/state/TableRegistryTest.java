package io.metastore.snapshot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult.Code;
import org.junit.jupiter.api.Test;

class TableRegistryTest {

    private final TableRegistry registry =
            TableRegistry.EMPTY.with(TableRegistry.EMPTY.resolve(definition("users", "utf8", "proto:User", 2)));

    private static TableRecord definition(String name, String keyCodec, String valueCodec, int version) {
        return new TableRecord(0, name, keyCodec, valueCodec, version);
    }

    @Test
    void numbersAreGivenInOrder() {
        TableRecord jobs = registry.resolve(definition("jobs", "long", "json", 1));
        assertThat(jobs.id()).isEqualTo(2);
        TableRegistry both = registry.with(jobs);
        assertThat(both.tables()).extracting(TableRecord::name).containsExactly("users", "jobs");
        assertThat(both.has(2)).isTrue();
        assertThat(both.has(3)).isFalse();
        assertThat(both.has(0)).isFalse();
        assertThat(registry.table("jobs")).isNull();
    }

    @Test
    void theSameDefinitionChangesNothing() {
        TableRecord same = registry.resolve(definition("users", "utf8", "proto:User", 2));
        assertThat(same).isSameAs(registry.table("users"));
    }

    @Test
    void aHigherVersionIsTakenOver() {
        assertThat(registry.resolve(definition("users", "utf8", "proto:User", 3)))
                .isEqualTo(new TableRecord(1, "users", "utf8", "proto:User", 3));
        assertThat(registry.resolve(definition("users", "utf8", "json", 3)))
                .isEqualTo(new TableRecord(1, "users", "utf8", "json", 3));
    }

    @Test
    void theKeyCodecNeverChanges() {
        assertRefused(definition("users", "long", "proto:User", 3), "key codec");
    }

    @Test
    void anotherValueCodecNeedsAHigherVersion() {
        assertRefused(definition("users", "utf8", "json", 2), "higher version");
    }

    @Test
    void aLowerVersionIsRefused() {
        assertRefused(definition("users", "utf8", "proto:User", 1), "lower than registered");
    }

    private void assertRefused(TableRecord definition, String why) {
        assertThatThrownBy(() -> registry.resolve(definition))
                .isInstanceOf(Rejection.class)
                .hasMessageContaining(why)
                .hasMessageContaining("registered=v2(utf8 -> proto:User)")
                .hasMessageContaining("defined=v" + definition.version())
                .extracting(e -> ((Rejection) e).result().code())
                .isEqualTo(Code.INCOMPATIBLE_TABLE);
    }
}
