package io.metastore.raft.violation;

import com.dynatrace.hash4j.hashing.Hasher128;
import com.google.gson.JsonElement;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.apache.ratis.server.RaftServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assertions;
import org.rocksdb.RocksDB;

/** Classes each of which breaks one rule. Their package has no annotation, which breaks another. */
public final class Violations {

    private Violations() {}

    public static final class UsesRatis {
        Class<?> used = RaftServer.class;
    }

    public static final class UsesRocksDb {
        Class<?> used = RocksDB.class;
    }

    public static final class UsesGrpc {
        Class<?> used = Channel.class;
    }

    public static final class UsesProtobuf {
        Class<?> used = ByteString.class;
    }

    public static final class UsesGson {
        Class<?> used = JsonElement.class;
    }

    public static final class UsesHash4j {
        Class<?> used = Hasher128.class;
    }

    public static final class UsesMicrometer {
        Class<?> used = MeterRegistry.class;
    }

    public static final class UsesJunit {
        Class<?> used = Assertions.class;
    }

    public static final class UsesAwaitility {
        Class<?> used = Awaitility.class;
    }

    public abstract static class ShowsThirdParty {
        protected abstract java.util.List<org.slf4j.Logger[]> loggers();
    }

    public static final class Sleeps {
        void sleep() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    public static final class SleepsInUnits {
        void sleep() throws InterruptedException {
            TimeUnit.SECONDS.sleep(1);
        }
    }

    public static final class WritesFiles {
        void write() throws IOException {
            Files.write(Path.of("x"), new byte[0]);
        }
    }

    public static final class OpensFiles {
        void open() throws IOException {
            FileChannel.open(Path.of("x")).close();
        }
    }

    public static final class Parks {
        void park() {
            LockSupport.parkNanos(1);
        }
    }

    public static final class Exits {
        void exit() {
            System.exit(1);
        }
    }

    public static final class Halts {
        void exit() {
            Runtime.getRuntime().halt(1);
        }
    }

    public static final class UsesJavaLogging {
        Class<?> used = Logger.class;
    }

    public static final class Prints {
        void print() {
            System.out.println();
        }
    }
}
