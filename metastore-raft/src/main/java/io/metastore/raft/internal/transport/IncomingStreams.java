package io.metastore.raft.internal.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;

/** Where streams of other members arrive: shows strangers the door, gives the rest a {@link IncomingStream}. I/O threads only. */
final class IncomingStreams implements ServerCallHandler<StreamFrame, StreamFrame> {
    private final Transport.Handler handler;
    private final ClusterCredentials credentials;
    private final GrpcOptions options;
    private final Function<TrafficClass, ExecutorService> handlers;
    private final Consumer<String> heardOf;

    /**
     * @param handlers where handlers run that may block
     * @param heardOf told the address of each accepted caller
     */
    IncomingStreams(
            Transport.Handler handler,
            ClusterCredentials credentials,
            GrpcOptions options,
            Function<TrafficClass, ExecutorService> handlers,
            Consumer<String> heardOf) {
        this.handler = handler;
        this.credentials = credentials;
        this.options = options;
        this.handlers = handlers;
        this.heardOf = heardOf;
    }

    ServerServiceDefinition definition() {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(TrafficClass.SERVICE_NAME);
        for (TrafficClass trafficClass : TrafficClass.values()) {
            service.addMethod(trafficClass.stream(), this);
        }
        return service.build();
    }

    @Override
    public ServerCall.Listener<StreamFrame> startCall(ServerCall<StreamFrame, StreamFrame> call, Metadata headers) {
        Status refusal = credentials.refusalOf(headers);
        if (refusal != null) {
            call.close(refusal, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        heardOf.accept(ClusterCredentials.callerOf(headers));
        call.sendHeaders(new Metadata()); // The caller sends nothing before it has seen them.
        IncomingStream stream = new IncomingStream(this, call, ClusterCredentials.clusterOf(headers));
        stream.start();
        return stream;
    }

    /** Whether a caller that showed this cluster id may call the method now. */
    boolean permits(String callerCluster, Method method) {
        return credentials.permits(callerCluster, method);
    }

    String clusterId() {
        return credentials.clusterId();
    }

    Transport.Handler handler() {
        return handler;
    }

    GrpcOptions options() {
        return options;
    }

    ExecutorService handlers(Method method) {
        return handlers.apply(TrafficClass.of(method));
    }
}
