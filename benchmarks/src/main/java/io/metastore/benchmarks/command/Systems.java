package io.metastore.benchmarks.command;

import io.metastore.benchmarks.Driver;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The drivers on the class path, by name. */
final class Systems {
    private Systems() {}

    static List<String> names() {
        return List.copyOf(all().keySet());
    }

    static Driver byName(String name) {
        Driver driver = all().get(name);
        if (driver == null) {
            throw new IllegalArgumentException("no such system: name=" + name + " known=" + names());
        }
        return driver;
    }

    private static Map<String, Driver> all() {
        Map<String, Driver> drivers = new TreeMap<>();
        for (Driver driver : ServiceLoader.load(Driver.class)) {
            if (drivers.put(driver.name(), driver) != null) {
                throw new IllegalStateException("two drivers have the same name: name=" + driver.name());
            }
        }
        return drivers;
    }
}
