package io.metastore.raft.internal.transport;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;

/** Frames to bytes and back, without a copy of the payload on the way out. Stateless. */
final class FrameMarshaller implements MethodDescriptor.Marshaller<StreamFrame> {

    @Override
    public InputStream stream(StreamFrame frame) {
        ByteBuffer header = ByteBuffer.allocate(StreamFrame.HEADER_BYTES);
        header.put(frame.kind()).put((byte) frame.method()).putLong(frame.callId());
        return new FrameStream(header.array(), frame.bytes());
    }

    @Override
    public StreamFrame parse(InputStream stream) {
        try {
            byte[] headerBytes = new byte[StreamFrame.HEADER_BYTES];
            if (stream.readNBytes(headerBytes, 0, headerBytes.length) < headerBytes.length) {
                return StreamFrame.signal(StreamFrame.MALFORMED);
            }
            ByteBuffer header = ByteBuffer.wrap(headerBytes);
            byte kind = header.get();
            int method = Byte.toUnsignedInt(header.get());
            long callId = header.getLong();
            if (kind < StreamFrame.REQUEST || kind > StreamFrame.PONG) {
                return StreamFrame.signal(StreamFrame.MALFORMED);
            }
            return new StreamFrame(kind, method, callId, new StreamFrame.Payload(rest(stream)));
        } catch (IOException e) {
            return StreamFrame.signal(
                    StreamFrame.MALFORMED); // The stream is over memory; only a length that lies gets here.
        }
    }

    /** The stream knows how much is left of it, so this is one array and one copy. */
    private static byte[] rest(InputStream stream) throws IOException {
        byte[] bytes = new byte[stream.available()];
        if (stream.readNBytes(bytes, 0, bytes.length) < bytes.length || stream.read() != -1) {
            throw new IOException("message length differs from what was announced");
        }
        return bytes;
    }

    /** Header, then payload, of known length; gRPC drains it straight into its buffers. */
    private static final class FrameStream extends SequenceInputStream implements KnownLength, Drainable {
        private final byte[] header;
        private final byte[] payload;
        private int left;

        FrameStream(byte[] header, byte[] payload) {
            super(new ByteArrayInputStream(header), new ByteArrayInputStream(payload));
            this.header = header;
            this.payload = payload;
            this.left = header.length + payload.length;
        }

        @Override
        public int available() {
            return left;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            left -= read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            if (left != header.length + payload.length) {
                return (int) transferTo(target); // Partly read before; gRPC does not do that.
            }
            target.write(header);
            target.write(payload);
            int drained = left;
            left = 0;
            return drained;
        }
    }
}
