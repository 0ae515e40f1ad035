package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProtobufCodecTest {

    /** Shaped like a generated message: this module does not depend on protobuf. Real messages are tested where protobuf is. */
    public static final class Message {

        private final int number;

        Message(int number) {
            this.number = number;
        }

        public byte[] toByteArray() {
            if (number < 0) {
                throw new IllegalStateException("required field missing");
            }
            return new byte[] {(byte) number};
        }

        public static Message parseFrom(byte[] bytes) throws IOException {
            if (bytes.length != 1) {
                throw new IOException("malformed"); // InvalidProtocolBufferException is one.
            }
            return new Message(bytes[0]);
        }
    }

    /** Lacks parseFrom. */
    public static final class WriteOnly {
        public byte[] toByteArray() {
            return new byte[0];
        }
    }

    @Test
    void writesAndParses() {
        Codec<Message> codec = Codecs.protobuf(Message.class);
        assertThat(codec.decode(codec.encode(new Message(7))).number).isEqualTo(7);
        assertThat(codec.id()).isEqualTo("protobuf(" + Message.class.getName() + ")");
    }

    @Test
    void failuresAreCodecExceptionsWithTheirCause() {
        Codec<Message> codec = Codecs.protobuf(Message.class);
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.decode(new byte[2]))
                .withCauseInstanceOf(IOException.class)
                .withMessageContaining(Message.class.getName())
                .withMessageContaining("length=2");
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(new Message(-1)))
                .withCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesAClassThatIsNoMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.protobuf(String.class))
                .withMessageContaining("not a generated protobuf message: class=java.lang.String");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.protobuf(WriteOnly.class))
                .withMessageContaining("static WriteOnly parseFrom(byte[])");
    }
}
