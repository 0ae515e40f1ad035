package application;

import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.metastore.api.MetaStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A service over gRPC that keeps protobuf messages in a store of three members, which talk over gRPC too: all on the application's own versions of
 * both. Arguments: a directory, the version of gRPC, the version of protobuf.
 */
public final class Main {

    private static final List<String> NAMES = List.of("m1", "m2", "m3");

    private Main() {}

    public static void main(String[] args) throws Exception {
        requireLoadedFrom(MethodDescriptor.class, "grpc-api-" + args[1]);
        requireLoadedFrom(NettyServerBuilder.class, "grpc-netty-shaded-" + args[1]);
        requireLoadedFrom(Message.class, "protobuf-java-" + args[2]);

        List<String> addresses = freeAddresses();
        serve(Path.of(args[0]), addresses, "written first");
        serve(Path.of(args[0]), addresses, "written after a restart of all members");
        System.out.println("done: members=" + NAMES.size());
    }

    private static void serve(Path directory, List<String> addresses, String text) throws Exception {
        List<MetaStore> members = new ArrayList<>();
        try {
            for (String name : NAMES) {
                members.add(open(directory, addresses, name));
            }
            askOverGrpc(members, text);
        } finally {
            members.parallelStream().forEach(MetaStore::close);
        }
    }

    private static MetaStore open(Path directory, List<String> addresses, String name) {
        return MetaStore.builder(directory.resolve(name))
                .member(name, addresses.get(NAMES.indexOf(name)))
                .bootstrap(NAMES.stream()
                        .map(each -> each + "=" + addresses.get(NAMES.indexOf(each)))
                        .toArray(String[]::new))
                .open();
    }

    /** Each request is served by another member: what one has written, the next one reads. */
    private static void askOverGrpc(List<MetaStore> members, String text) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        Server server = NettyServerBuilder.forAddress(anyPort)
                .addService(new Notes(members).service())
                .build()
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        anyPort.getAddress().getHostAddress(), server.getPort())
                .usePlaintext()
                .build();
        try {
            Notes.put(channel, StringValue.of(text));
            for (MetaStore ignored : members) {
                String answer = Notes.get(channel).getValue();
                require(answer.equals(text), "expected '" + text + "', got '" + answer + "'");
            }
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
            server.awaitTermination();
        }
    }

    private static List<String> freeAddresses() throws Exception {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < NAMES.size(); i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream()
                    .map(each -> each.getInetAddress().getHostAddress() + ":" + each.getLocalPort())
                    .toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void requireLoadedFrom(Class<?> type, String jar) {
        String location =
                type.getProtectionDomain().getCodeSource().getLocation().toString();
        require(
                location.endsWith("/" + jar + ".jar"),
                "expected " + type + " from " + jar + ", it is from " + location);
        System.out.println("uses " + jar);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
