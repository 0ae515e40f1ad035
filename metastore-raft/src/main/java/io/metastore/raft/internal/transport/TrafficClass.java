package io.metastore.raft.internal.transport;

import io.grpc.MethodDescriptor;

/**
 * Traffic that shares a connection. Each class has a connection of its own to each peer, so that a heartbeat or a read never waits behind the
 * bytes of a forwarded batch.
 */
enum TrafficClass {
    /** Raft's messages, the two small calls a linearizable read waits for, and the one that asks whether the leader lives. */
    RAFT,
    /** Everything else that is short. */
    SERVICE,
    /** Images: as much as fits through, for as long as it takes. */
    BULK;

    static final String SERVICE_NAME = "metastore.Member";

    @SuppressWarnings("Immutable") // It is, but gRPC does not say so in a way the checker reads.
    private final MethodDescriptor<StreamFrame, StreamFrame> stream =
            MethodDescriptor.<StreamFrame, StreamFrame>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE_NAME, name()))
                    .setRequestMarshaller(new FrameMarshaller())
                    .setResponseMarshaller(new FrameMarshaller())
                    .build();

    MethodDescriptor<StreamFrame, StreamFrame> stream() {
        return stream;
    }

    static TrafficClass of(Method method) {
        return switch (method) {
            case RAFT_APPEND,
                    RAFT_VOTE,
                    RAFT_SNAPSHOT,
                    RAFT_START_ELECTION,
                    RAFT_READ_INDEX,
                    READ_INDEX,
                    CONFIRM_TERM,
                    LEADER_OPINION -> RAFT;
            case FORWARD, DESCRIBE, HELLO, JOIN, SURVEY, RECOVERY -> SERVICE;
            case IMAGE_LIST, IMAGE_RENEW, IMAGE_MANIFEST, IMAGE_CHUNK -> BULK;
        };
    }

    /**
     * Whether the handler runs on the I/O thread that received the request, which saves a hand-over on the path of every write and read and
     * keeps the order of arrival. Such a handler must not block: other members' traffic waits. The rest may force files, and runs elsewhere.
     */
    static boolean handledOnIoThread(Method method) {
        return switch (method) {
            case RAFT_APPEND, RAFT_READ_INDEX, READ_INDEX, CONFIRM_TERM, LEADER_OPINION, FORWARD -> true;
            case RAFT_VOTE,
                    RAFT_SNAPSHOT,
                    RAFT_START_ELECTION,
                    DESCRIBE,
                    HELLO,
                    JOIN,
                    SURVEY,
                    RECOVERY,
                    IMAGE_LIST,
                    IMAGE_RENEW,
                    IMAGE_MANIFEST,
                    IMAGE_CHUNK -> false;
        };
    }
}
