package io.metastore.snapshot.internal.wire;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The .proto files as the build described them. */
public final class SchemaFiles {

    private SchemaFiles() {}

    /** One of them.
     *
     * @param name such as {@code journal.proto} */
    public static FileDescriptor describe(String name) {
        try {
            byte[] described = Files.readAllBytes(Path.of("target", "schemas.descriptor"));
            for (FileDescriptorProto file :
                    FileDescriptorSet.parseFrom(described).getFileList()) {
                if (file.getName().equals(name)) {
                    return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
                }
            }
        } catch (Exception e) {
            throw new AssertionError(name + " was not described by the build", e);
        }
        throw new AssertionError(name + " was not described by the build");
    }

    /** Fails when there is a field anywhere that the schema does not name. */
    public static void checkKnown(Message message) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            throw new AssertionError("fields that the schema does not name: " + message.getUnknownFields());
        }
        for (Object value : message.getAllFields().values()) {
            List<?> values = value instanceof List<?> list ? list : List.of(value);
            values.stream().filter(Message.class::isInstance).forEach(inner -> checkKnown((Message) inner));
        }
    }
}
