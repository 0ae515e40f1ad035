package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.examples.Quickstart.Database;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

    @Test
    void leavesTheRenamedDatabaseOnDisk(@TempDir Path directory) {
        Quickstart.main(new String[] {directory.toString()});

        try (MetaStore store = MetaStore.open(directory)) {
            assertThat(store.table(Quickstart.DATABASES).scan(Range.all()))
                    .extracting(Entry::key, Entry::value)
                    .containsExactly(
                            tuple("sales_v2", new Database(1, "sales_v2", "ann")),
                            tuple("staff", new Database(2, "staff", "bob")));
        }
    }
}
