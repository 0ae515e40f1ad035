package io.metastore.raft.internal.transport;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link GrpcTransport}.
 *
 * @param bindHost interface to listen on; null: the host of the own address. {@code 0.0.0.0} listens on all
 * @param bindPort port to listen on; 0: the port of the own address
 * @param tls null: plaintext
 * @param plaintextBeyondLoopback whether listening without TLS on more than the loopback interface was asked for
 * @param messageBytesMax limit for one request or reply, 1 KiB to 1 GiB; the same on every member: more than the receiver takes ends the
 *     stream and fails the calls on it
 * @param queuedBytesMax limit for what waits for a slow peer, per peer and class of traffic; calls beyond it fail at once. One message is
 *     always let in. Too small: calls fail under load; too large: memory
 * @param handlingMax limit for requests of one stream that are being handled; the caller's next ones wait on its side
 * @param ioThreads threads for all connections, 1 to 64
 * @param threadNamePrefix threads are named {@code <prefix>-io-1} and so on
 * @param connectTimeout from the first call to an accepted stream; calls to a silent host fail as unreachable after it
 * @param reconnectMin pause after a first failed attempt to connect; calls in it fail at once. It doubles up to {@code reconnectMax}
 * @param reconnectMax longest pause; a peer that comes back is reached after at most this, at once if it calls first
 * @param silenceMax how long a connection with pending calls may carry no sign of life before it is given up and calls to the peer fail
 *     fast; too small: a peer whose threads stall is dropped for nothing
 */
public record GrpcOptions(
        @Nullable String bindHost,
        int bindPort,
        @Nullable TlsFiles tls,
        boolean plaintextBeyondLoopback,
        int messageBytesMax,
        long queuedBytesMax,
        int handlingMax,
        int ioThreads,
        String threadNamePrefix,
        Duration connectTimeout,
        Duration reconnectMin,
        Duration reconnectMax,
        Duration silenceMax) {

    public GrpcOptions {
        check(messageBytesMax >= 1 << 10 && messageBytesMax <= 1 << 30, "messageBytesMax", messageBytesMax);
        check(queuedBytesMax > 0, "queuedBytesMax", queuedBytesMax);
        check(handlingMax > 0, "handlingMax", handlingMax);
        check(ioThreads >= 1 && ioThreads <= 64, "ioThreads", ioThreads);
        check(isPositive(connectTimeout), "connectTimeout", connectTimeout);
        check(isPositive(reconnectMin), "reconnectMin", reconnectMin);
        check(reconnectMax.compareTo(reconnectMin) >= 0, "reconnectMax", reconnectMax);
        check(isPositive(silenceMax), "silenceMax", silenceMax);
    }

    /** Every default. */
    public static Builder builder() {
        return new Builder();
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void check(boolean valid, String name, Object value) {
        if (!valid) {
            throw new IllegalArgumentException("invalid setting: " + name + "=" + value);
        }
    }

    /** Collects settings; the fields hold the defaults. */
    public static final class Builder {
        private @Nullable String bindHost;
        private int bindPort;
        private @Nullable TlsFiles tls;
        private boolean plaintextBeyondLoopback;
        private int messageBytesMax = 64 << 20;
        private long queuedBytesMax = 64L << 20;
        private int handlingMax = 1024;
        private int ioThreads = 2;
        private String threadNamePrefix = "metastore";
        private Duration connectTimeout = Duration.ofSeconds(2);
        private Duration reconnectMin = Duration.ofMillis(50);
        private Duration reconnectMax = Duration.ofSeconds(1);
        private Duration silenceMax = Duration.ofSeconds(5);

        private Builder() {}

        public Builder bindHost(@Nullable String host) {
            bindHost = host;
            return this;
        }

        /**
         * Listens at this address instead of the own one.
         *
         * @param address {@code host:port}; null: the own one
         * @throws IllegalArgumentException the address is not of that form
         */
        public Builder bind(@Nullable String address) {
            HostPort parsed = address == null ? null : HostPort.parse(address);
            bindHost = parsed == null ? null : parsed.host();
            bindPort = parsed == null ? 0 : parsed.port();
            return this;
        }

        public Builder tls(@Nullable TlsFiles files) {
            tls = files;
            return this;
        }

        public Builder plaintextBeyondLoopback(boolean allowed) {
            plaintextBeyondLoopback = allowed;
            return this;
        }

        public Builder messageBytesMax(int bytes) {
            messageBytesMax = bytes;
            return this;
        }

        public Builder queuedBytesMax(long bytes) {
            queuedBytesMax = bytes;
            return this;
        }

        public Builder handlingMax(int requests) {
            handlingMax = requests;
            return this;
        }

        public Builder ioThreads(int threads) {
            ioThreads = threads;
            return this;
        }

        public Builder threadNamePrefix(String prefix) {
            threadNamePrefix = prefix;
            return this;
        }

        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        public Builder reconnect(Duration min, Duration max) {
            reconnectMin = min;
            reconnectMax = max;
            return this;
        }

        public Builder silenceMax(Duration silence) {
            silenceMax = silence;
            return this;
        }

        /**
         * The settings, checked.
         *
         * @throws IllegalArgumentException names the setting and its value
         */
        public GrpcOptions build() {
            return new GrpcOptions(
                    bindHost,
                    bindPort,
                    tls,
                    plaintextBeyondLoopback,
                    messageBytesMax,
                    queuedBytesMax,
                    handlingMax,
                    ioThreads,
                    threadNamePrefix,
                    connectTimeout,
                    reconnectMin,
                    reconnectMax,
                    silenceMax);
        }
    }
}
