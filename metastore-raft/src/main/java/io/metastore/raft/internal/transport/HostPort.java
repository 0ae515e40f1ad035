package io.metastore.raft.internal.transport;

/** A host name or IP literal and a port, written {@code host:port}; IPv6 literals in brackets, {@code [::1]:9010}. */
record HostPort(String host, int port) {
    HostPort {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "invalid address: host=" + host + " port=" + port + "; write host:port, port 1 to 65535");
        }
    }

    /** @throws IllegalArgumentException not of this form */
    static HostPort parse(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "invalid address: " + address + "; write an IPv6 address in brackets, [::1]:9010");
        }
        try {
            return new HostPort(host, Integer.parseInt(address.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("invalid address: " + address + "; write host:port", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
