package io.metastore.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @Test
    void readsNamesAndLiterals() {
        assertThat(HostPort.parse("fe1.example:9010")).isEqualTo(new HostPort("fe1.example", 9010));
        assertThat(HostPort.parse("10.0.0.1:1")).isEqualTo(new HostPort("10.0.0.1", 1));
        assertThat(HostPort.parse("[::1]:9010"))
                .isEqualTo(new HostPort("::1", 9010))
                .hasToString("[::1]:9010");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fe1", ":9010", "fe1:", "fe1:x", "fe1:0", "fe1:65536", "::1:9010", "fe1:-1"})
    void refusesEverythingElseAndSaysHowToWriteIt(String address) {
        assertThatThrownBy(() -> HostPort.parse(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write");
    }
}
