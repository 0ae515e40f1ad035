package io.metastore.raft.internal.ratis.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WithoutMicrometerTest {
    /** What runs in a class loader without Micrometer. */
    public static final class Probe implements java.util.function.LongSupplier {
        @Override
        public long getAsLong() {
            var registry = org.apache.ratis.metrics.MetricRegistries.global()
                    .create(new org.apache.ratis.metrics.MetricRegistryInfo("m", "ratis", "c", "d"));
            registry.timer("t").time().stop();
            registry.counter("c").inc(5);
            registry.gauge("g", () -> () -> 1);
            MemberMetrics.forget("m");
            return registry.counter("c").getCount();
        }
    }

    @Test
    void countsWhenMicrometerIsNotOnTheClassPath() throws Exception {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("micrometer")) {
                path.add(new File(entry).toURI().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object probe = loader.loadClass(Probe.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(((java.util.function.LongSupplier) probe).getAsLong()).isEqualTo(5);
        }
    }
}
