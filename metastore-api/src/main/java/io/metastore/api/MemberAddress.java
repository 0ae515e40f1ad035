package io.metastore.api;

import java.util.Objects;

/**
 * A member as written in a bootstrap list: {@code fe1=10.0.0.1:9010}, with {@code /observer} behind it for one without a vote.
 *
 * @param name unique in the cluster; letters, digits, dot, dash, underscore; at most 64 characters
 * @param address host and port under which the other members reach it, IPv6 in brackets
 * @param observer whether it replicates without a vote
 */
public record MemberAddress(String name, String address, boolean observer) {

    public MemberAddress {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "member name must be 1 to 64 letters, digits, '.', '-', '_': name='" + name + "'");
        }
        if (!isAddress(address)) {
            throw new IllegalArgumentException(
                    "member address must be host:port: member=" + name + " address='" + address + "'");
        }
    }

    /** A member with a vote. */
    public static MemberAddress voter(String name, String address) {
        return new MemberAddress(name, address, false);
    }

    /** A member without a vote. */
    public static MemberAddress observer(String name, String address) {
        return new MemberAddress(name, address, true);
    }

    /** Reads {@code name=host:port} or {@code name=host:port/observer}. */
    public static MemberAddress parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(
                    "expected name=host:port, optionally followed by /observer: '" + text + "'");
        }
        String rest = text.substring(equals + 1);
        boolean observer = rest.endsWith("/observer");
        String address = observer ? rest.substring(0, rest.length() - "/observer".length()) : rest;
        return new MemberAddress(text.substring(0, equals).strip(), address.strip(), observer);
    }

    /** Whether it can be the address of a member; what is behind the name is not looked at. */
    static boolean isAddress(String text) {
        return !text.isBlank() && text.indexOf('=') < 0 && text.indexOf('/') < 0;
    }

    @Override
    public String toString() {
        return name + "=" + address + (observer ? "/observer" : "");
    }
}
