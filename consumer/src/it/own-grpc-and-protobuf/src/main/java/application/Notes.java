package application;

import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The application's service, written as its code generator would. */
final class Notes {

    private static final TableDef<String, StringValue> NOTES =
            TableDef.of("notes", Codecs.utf8(), Codecs.protobuf(StringValue.class));

    private static final MethodDescriptor<StringValue, Empty> PUT =
            method("put", StringValue.getDefaultInstance(), Empty.getDefaultInstance());
    private static final MethodDescriptor<Empty, StringValue> GET =
            method("get", Empty.getDefaultInstance(), StringValue.getDefaultInstance());

    private final List<MetaStore> members;
    private final AtomicInteger requests = new AtomicInteger();

    Notes(List<MetaStore> members) {
        this.members = members;
    }

    static void put(Channel channel, StringValue note) {
        ClientCalls.blockingUnaryCall(channel, PUT, CallOptions.DEFAULT, note);
    }

    static StringValue get(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, Empty.getDefaultInstance());
    }

    ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("application.Notes")
                .addMethod(PUT, ServerCalls.asyncUnaryCall(this::put))
                .addMethod(GET, ServerCalls.asyncUnaryCall(this::get))
                .build();
    }

    private void put(StringValue note, StreamObserver<Empty> answer) {
        nextMember().table(NOTES).put("note", note);
        answer.onNext(Empty.getDefaultInstance());
        answer.onCompleted();
    }

    private void get(Empty request, StreamObserver<StringValue> answer) {
        answer.onNext(nextMember().table(NOTES).get("note").orElseThrow());
        answer.onCompleted();
    }

    private MetaStore nextMember() {
        return members.get(requests.getAndIncrement() % members.size());
    }

    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
            String name, Q request, A response) {
        return MethodDescriptor.<Q, A>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("application.Notes", name))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
    }
}
